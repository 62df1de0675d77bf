package remote

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

func TestMonitoringIsSuspendedOnceAndResumedOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 12, Seed: 1})
	configured := 0
	for _, d := range servers.Servers() {
		to := target(d)
		suspend := func(ctx context.Context) (Monitoring, error) { return f.SuspendMonitoring(ctx, to, "CHG-1", time.Hour) }
		first := insist(t, suspend)
		if !first.Configured {
			continue
		}
		configured++
		if again := insist(t, suspend); !again.Already {
			t.Errorf("suspended twice: %+v", again)
		}
		back := insist(t, func(ctx context.Context) (Monitoring, error) { return f.ResumeMonitoring(ctx, to, "CHG-1") })
		if back.Already || back.Output != "monitoring: resume" {
			t.Errorf("%+v", back)
		}
	}
	if configured == 0 || configured == len(servers.Servers()) {
		t.Errorf("%d servers have a monitoring script", configured)
	}
}

const monitoringText = `{"configured":true,"path":"C:\\x.ps1","action":"suspend","exit_code":0,"output":"","already":false,"time":"2026-11-10T20:00:01Z"}`

func TestAMonitoringScriptThatFailsSaysWhy(t *testing.T) {
	f, s, parameters := answering(t, "monitoring", strings.Replace(monitoringText, `0,"output":""`, `7,"output":"no such server\u001b[2J"`, 1))
	_, err := f.SuspendMonitoring(t.Context(), s.target, "CHG-1", 90*time.Second)
	failure := failed(t, err, rollout.ClassConfig, "PD-MONITORING")
	if failure.Words != "the monitoring script of the server ended with 7: no such server" || (*parameters)["minutes"] != 2.0 {
		t.Errorf("%q %v", failure.Words, *parameters)
	}
}

// The change stands on the command line of the server's script.
func TestAChangeThatIsNoNameIsNeverSent(t *testing.T) {
	f, s, parameters := answering(t, "monitoring", monitoringText)
	for _, change := range []string{"", "CHG 1", "CHG-1;x", `CHG-1"`, "-File", strings.Repeat("a", 41)} {
		_, err := f.SuspendMonitoring(t.Context(), s.target, change, time.Hour)
		failed(t, err, rollout.ClassConfig, "PD-CHANGE")
	}
	if len(*parameters) != 0 {
		t.Errorf("sent: %v", *parameters)
	}
}

func TestUnbelievableMonitoringIsRefused(t *testing.T) {
	for _, c := range [][2]string{{`"suspend"`, `"resume"`}, {`"configured":true,`, ``}, {`"configured":true`, `"configured":false,"already":true,"x":0`}, {`"exit_code":0`, `"exit_code":99999999999`}, {"2026-11-10T", ""}} {
		var r monitoringResult
		text := strings.Replace(monitoringText, c[0], c[1], 1)
		if strings.Contains(text, `"x":0`) {
			text = strings.Replace(text, `"already":false,`, ``, 1)
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if m, err := r.believe("suspend"); err == nil {
			t.Errorf("with %s: %+v", c[1], m)
		}
	}
}
