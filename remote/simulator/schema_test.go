package simulator

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
)

var resultLine = regexp.MustCompile(`(?m)^    Result: (.*)$`)

// Whatever a simulated server answers has the fields that the real script announces, no more and no fewer.
func TestAnswersHaveTheFieldsThatTheScriptsAnnounce(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[2]
	runJob(b, h, "scan-1", "scan")
	for name, parameters := range map[string]any{
		"facts": struct{}{}, "health": struct{}{},
		"fsmo-move": map[string]any{"move": "m-1"}, "fsmo-return": struct{}{},
		"monitoring":    map[string]any{"action": "suspend", "minutes": 30, "change": "CHG-1"},
		"baseline":      map[string]any{"baseline": "2026-11", "date": testEpoch},
		"clean-up":      map[string]any{"days": 30},
		"cluster-state": struct{}{}, "cluster-suspend": map[string]any{"suspend": "c-1"}, "cluster-resume": struct{}{},
		"removable":  map[string]any{"removals": []any{}},
		"verify":     map[string]any{"updates": []string{}, "services": []string{}},
		"job-poll":   map[string]any{"job": "scan-1", "most": 1},
		"job-cancel": map[string]any{"job": "scan-1"},
		"job-remove": map[string]any{"job": "scan-1"},
		"restart":    map[string]any{"restart": "r-1", "boot_time": testEpoch.Add(-time.Hour)},
	} {
		script, ok := assets.Script(name)
		if !ok {
			t.Fatalf("no script %s", name)
		}
		announced := strings.Split(resultLine.FindStringSubmatch(script.Text)[1], ", ")
		slices.Sort(announced)
		answered := slices.Sorted(maps.Keys(ask[map[string]json.RawMessage](b, h, name, parameters)))
		if !slices.Equal(answered, announced) {
			t.Errorf("%s answers %v\nannounced are %v", name, answered, announced)
		}
	}
}
