package remote

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
)

// resultTypes says into what the result of each script is read. A type may leave fields out that nobody needs here.
var resultTypes = map[string]struct {
	result any
	unread []string
}{
	"facts":  {factsResult{}, []string{"update_policy"}},
	"verify": {verifyResult{}, nil}, "restart": {restartResult{}, nil},
	"job-start": {jobResult{}, nil}, "job-poll": {jobResult{}, []string{"lines"}}, "job-cancel": {jobResult{}, nil},
	"job-scan": {outcomeResult{}, nil}, "job-stage": {outcomeResult{}, nil}, "job-install": {outcomeResult{}, nil}, "job-uninstall": {outcomeResult{}, nil},
	"fsmo-move": {rolesResult{}, nil}, "fsmo-return": {rolesResult{}, nil},
	"monitoring": {monitoringResult{}, nil},
	"baseline":   {stampResult{}, nil}, "clean-up": {orphanResult{}, nil},
	"health":        {healthResult{}, nil},
	"removable":     {removableResult{}, nil},
	"cluster-state": {clusterResult{}, nil}, "cluster-suspend": {clusterResult{}, nil}, "cluster-resume": {clusterResult{}, nil},
}

var resultLine = regexp.MustCompile(`(?m)^    Result: (.*)$`)

func TestResultTypesHaveTheFieldsThatTheScriptsAnnounce(t *testing.T) {
	for name, read := range resultTypes {
		script, ok := assets.Script(name)
		if !ok {
			t.Errorf("there is no script %s", name)
			continue
		}
		announced := strings.Split(resultLine.FindStringSubmatch(script.Text)[1], ", ")
		fields := append(fieldsOf(reflect.TypeOf(read.result)), read.unread...)
		slices.Sort(announced)
		slices.Sort(fields)
		if !slices.Equal(fields, announced) {
			t.Errorf("%s is read as %v\nannounced are %v", name, fields, announced)
		}
	}
}

func fieldsOf(result reflect.Type) (names []string) {
	for i := range result.NumField() {
		field := result.Field(i)
		if field.Anonymous {
			names = append(names, fieldsOf(field.Type)...)
			continue
		}
		names = append(names, field.Tag.Get("json"))
	}
	return names
}

// FuzzResults: whatever JSON a server gives as a result, reading it ends in a value or an error.
func FuzzResults(f *testing.F) {
	for _, text := range []string{healthText, clusterText, rolesText, monitoringText,
		uninstallText(`{"result":"failed","code":"0x800F0825","updates":[{"kb":"KB5999022","result":4,"code":"0x800F0825"}]}`),
		`{"orphans":[{"job":"scan-1","last":""}],"time":"2026-11-10T20:00:01Z"}`, `{"name":"2026-11","date":"2026-11-10T20:00:01Z"}`, `{}`, `{"outcome":{}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var health healthResult
		if json.Unmarshal(text, &health) == nil {
			if h, err := health.believe(time.Time{}, time.Time{}); err == nil {
				h.Obstacles(1)
			}
		}
		var cluster clusterResult
		if json.Unmarshal(text, &cluster) == nil {
			if c, err := cluster.believe(); err == nil && c.Drained() && c.Why != "" {
				t.Error("drained, and no cluster")
			}
		}
		var roles rolesResult
		if json.Unmarshal(text, &roles) == nil {
			roles.believe()
		}
		var monitoring monitoringResult
		if json.Unmarshal(text, &monitoring) == nil {
			monitoring.believe("suspend")
		}
		var uninstall uninstallResult
		if json.Unmarshal(text, &uninstall) == nil {
			if job, err := uninstall.believe(installOrder.ID); err == nil && job.Outcome == nil && job.Results != nil {
				t.Error("results without an outcome")
			}
		}
		var orphans orphanResult
		if json.Unmarshal(text, &orphans) == nil {
			orphans.believe([]string{"live-1"}, false)
		}
		var baseline *stamp
		if json.Unmarshal(text, &baseline) == nil {
			baseline.believe()
		}
	})
}
