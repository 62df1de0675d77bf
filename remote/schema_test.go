package remote

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patchdeck/assets"
)

// resultTypes says into what the result of each script is read. A type may leave fields out that nobody needs here.
var resultTypes = map[string]struct {
	result any
	unread []string
}{
	"facts":  {factsResult{}, []string{"update_policy", "baseline"}},
	"verify": {verifyResult{}, nil}, "restart": {restartResult{}, nil},
	"job-start": {jobResult{}, nil}, "job-poll": {jobResult{}, []string{"lines"}}, "job-cancel": {jobResult{}, nil},
	"job-scan": {outcomeResult{}, nil}, "job-stage": {outcomeResult{}, nil}, "job-install": {outcomeResult{}, nil}, "job-uninstall": {outcomeResult{}, nil},
	"fsmo-move": {rolesResult{}, nil}, "fsmo-return": {rolesResult{}, nil},
	"monitoring": {monitoringResult{}, nil},
	"baseline":   {stampResult{}, nil}, "clean-up": {orphanResult{}, nil},
	"health":        {healthResult{}, nil},
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
