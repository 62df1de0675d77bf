package remote

import (
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

const (
	oneRoleText   = `{"applicable":true,"why":"","roles":[{"role":"PDCEmulator","from":"dc1","to":"dc2","result":"moved","code":"0x00000000","words":""}],"time":"2026-11-10T20:00:01Z"}`
	alarmsText    = `{"configured":true,"path":"C:\\m.ps1","action":"suspend","exit_code":0,"output":"","already":false,"time":"2026-11-10T20:00:01Z"}`
	noClusterText = `{"applicable":false,"why":"no_cluster","cluster":"","node":"A","state":"","drain":"","ours":false,"waiting":"","nodes":[],"groups":[],"storage_jobs":[],"time":"2026-11-10T20:00:01Z"}`
)

// Handbook 8, monitoring, roles and nodes: what an answer means for a duty. Waiting is asked again, a failure is no handing over, and what
// there is not needs none.
func TestWhatAnAnswerMeansForADuty(t *testing.T) {
	for name, c := range map[string]struct {
		script, text string
		give         bool
		duty         rollout.Duty
		words        string // of the evidence, of what is waited for, or of the failure
		waits, fails bool
	}{
		"alarms down":         {"monitoring", alarmsText, false, rollout.Monitoring, "suspended", false, false},
		"no monitoring":       {"monitoring", strings.Replace(alarmsText, `"configured":true`, `"configured":false`, 1), false, rollout.Monitoring, "no script", false, false},
		"alarms script fails": {"monitoring", strings.Replace(alarmsText, `"exit_code":0`, `"exit_code":3`, 1), false, rollout.Monitoring, "ended with 3", false, true},
		"roles moved":         {"fsmo-move", oneRoleText, false, rollout.MasterRoles, "PDCEmulator -> dc2", false, false},
		"role elsewhere":      {"fsmo-return", strings.Replace(oneRoleText, `"moved"`, `"elsewhere"`, 1), true, rollout.MasterRoles, "PDCEmulator elsewhere", false, false},
		"role refused":        {"fsmo-move", strings.Replace(strings.Replace(oneRoleText, `"moved"`, `"failed"`, 1), "0x00000000", "0x80070005", 1), false, rollout.MasterRoles, "PDCEmulator", false, true},
		"node drained":        {"cluster-suspend", clusterText, false, rollout.ClusterPlace, "drained and suspended in CL1", false, false},
		"node drains":         {"cluster-suspend", strings.Replace(strings.Replace(clusterText, "Completed", "InProgress", 1), `"waiting":""`, `"waiting":"drain"`, 1), false, rollout.ClusterPlace, "groups to move", true, false},
		"drain failed":        {"cluster-suspend", strings.Replace(clusterText, "Completed", "Failed", 1), false, rollout.ClusterPlace, "drain Failed", false, true},
		"still owns a group":  {"cluster-suspend", strings.Replace(clusterText, `"owner":"B"`, `"owner":"A"`, 1), false, rollout.ClusterPlace, "owns 1 group", false, true},
		"paused by others":    {"cluster-suspend", strings.Replace(clusterText, `"ours":true`, `"ours":false`, 1), false, rollout.ClusterPlace, "somebody else", false, false},
		"no cluster":          {"cluster-suspend", noClusterText, false, rollout.ClusterPlace, "no failover cluster", false, false},
		"service is stopped":  {"cluster-suspend", strings.Replace(noClusterText, "no_cluster", "service_stopped", 1), false, rollout.ClusterPlace, "down already", false, false},
		"service not yet up":  {"cluster-resume", strings.Replace(noClusterText, "no_cluster", "service_stopped", 1), true, rollout.ClusterPlace, "to start", true, false},
		"no commands":         {"cluster-suspend", strings.Replace(noClusterText, "no_cluster", "no_module", 1), false, rollout.ClusterPlace, "missing", false, true},
		"storage is repaired": {"cluster-resume", strings.Replace(clusterText, `"waiting":""`, `"waiting":"storage"`, 1), true, rollout.ClusterPlace, "repairs", true, false},
		"node is back":        {"cluster-resume", strings.ReplaceAll(clusterText, `"state":"Paused"`, `"state":"Up"`), true, rollout.ClusterPlace, "resumed in CL1", false, false},
		"unknown duty":        {"cluster-resume", clusterText, true, "coffee", "no duty", false, true},
	} {
		f, s, _ := answering(t, c.script, c.text)
		order := engine.DutyOrder{ID: "r3-abcdef-s00001-drain-1", Duty: c.duty, Change: "CHG-1"}
		ask := f.TakeDuty
		if c.give {
			ask = f.GiveDuty
		}
		handed, err := ask(t.Context(), s.target, order)
		said := handed.Words + handed.Waiting
		if err != nil {
			said = err.Error()
		}
		if (err != nil) != c.fails || (handed.Waiting != "") != c.waits || !strings.Contains(said, c.words) {
			t.Errorf("%s: %+v, %v; want %q, waiting %v, failing %v", name, handed, err, c.words, c.waits, c.fails)
		}
	}
}
