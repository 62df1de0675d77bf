package main

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/engine/report"
)

// run runs the real binary and gives its exit code and streams.
func run(t *testing.T, binary string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	p := exec.Command(binary, args...)
	var out, complaints bytes.Buffer
	p.Stdout, p.Stderr = &out, &complaints
	err := p.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode(), out.String(), complaints.String()
}

func TestAHeadlessNightEndsAsItsFaultsSay(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes half a minute")
	}
	patchdeck := binary(t)
	cases := []struct {
		faults  string
		servers string
		code    int
	}{
		{"none", "40", 0},
		{"harsh", "120", 3},
	}
	for _, c := range cases {
		t.Run(c.faults, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "night")
			code, out, complaints := run(t, patchdeck, "demo", "--headless", "--json", "--servers", c.servers, "--faults", c.faults, "--speed", "1200", "--data", data)
			if code != c.code {
				t.Fatalf("exit code %d, want %d: %s", code, c.code, complaints)
			}
			var s report.Summary
			if err := json.Unmarshal([]byte(out), &s); err != nil {
				t.Fatalf("%v: with --json, stdout holds the summary alone: %q", err, out)
			}
			if n := s.Succeeded + s.Failed + s.Unreachable + s.WindowMissed + s.NotStarted; n != s.Targeted || s.Targeted+s.Excluded+s.NotApplicable != s.Servers {
				t.Errorf("the account does not add up: %+v", s)
			}
			if c.faults == "none" && s.Succeeded != s.Targeted {
				t.Errorf("%d of %d succeeded without faults", s.Succeeded, s.Targeted)
			}
			if s.Halted != (c.code == 3) {
				t.Errorf("halted %v", s.Halted)
			}
			saysWhy(t, s, filepath.Join(data, "report.json"))
			holdAgainstLedger(t, filepath.Join(data, "report.json"), filepath.Join(data, "ledger.jsonl"))
			if code, out, complaints := run(t, patchdeck, "audit", "verify", "--data", data); code != 0 {
				t.Errorf("audit verify: %d %s %s", code, out, complaints)
			}
			code, again, _ := run(t, patchdeck, "demo", "--headless", "--json", "--data", data)
			if code != c.code || !strings.Contains(again, s.AuditHead) {
				t.Errorf("a second run on a night that is over: exit %d, %s", code, again)
			}
		})
	}
}

// saysWhy holds that the report names the rule that stopped a rollout, on the page as in the JSON.
func saysWhy(t *testing.T, s report.Summary, jsonFile string) {
	t.Helper()
	var night struct {
		Stops []struct{ By, Rule, Reason string }
	}
	text, err := os.ReadFile(jsonFile)
	if err == nil {
		err = json.Unmarshal(text, &night)
	}
	page, pageErr := os.ReadFile(s.Report)
	if err != nil || pageErr != nil {
		t.Fatal(err, pageErr)
	}
	reason := ""
	for _, stop := range night.Stops {
		if stop.By == "engine" {
			reason = stop.Reason
		}
	}
	if s.Halted != (reason != "") {
		t.Errorf("halted %v, the report's reason is %q", s.Halted, reason)
	}
	if s.Halted && !strings.Contains(strings.ToLower(string(page)), strings.ToLower(html.EscapeString(reason))) {
		t.Errorf("the page does not say %q", reason)
	}
}

func TestANightWhoseFleetIsGoneIsNotPlayedOn(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(nightFile(data), []byte(`{"ready":{"ready":true,"epoch":"2026-11-10T20:00:00Z","started":"2026-11-22T15:00:00Z","speed":900},"in_process":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, complaints := run(t, binary(t), "demo", "--headless", "--data", data)
	if code != 1 || out != "" || !strings.Contains(complaints, "--fleet") || strings.Count(complaints, "\n") != 1 {
		t.Errorf("exit %d, stdout %q, stderr %q: want one line that asks for --fleet", code, out, complaints)
	}
}
