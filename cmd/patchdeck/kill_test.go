package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/report"
)

var (
	killSeed    = flag.Uint64("kill.seed", 1, "seed of the fleet and of the moments at which the console is killed")
	killServers = flag.Int("kill.servers", 60, "servers of the kill campaign; CI plays 200")
	killCount   = flag.Int("kill.count", 10, "how often the console is killed; CI kills it 20 times")
	killSpeed   = flag.Float64("kill.speed", 1100, "simulated seconds a second in the kill campaign")
)

// binary builds patchdeck once for the tests that need a process of its own.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "patchdeck")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// fleetProcess runs a simulated fleet in a process of its own, which outlives every kill of the console.
func fleetProcess(t *testing.T, binary, folder string, args ...string) (fleet, ledger string) {
	t.Helper()
	fleet, ledger = filepath.Join(folder, "fleet.jsonl"), filepath.Join(folder, "ledger.jsonl")
	p := exec.Command(binary, append([]string{"simulate", "--json", "--ledger", ledger}, args...)...)
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	var text bytes.Buffer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		text.Write(append(lines.Bytes(), '\n'))
		if strings.Contains(lines.Text(), `"ready":true`) {
			break
		}
	}
	if err := os.WriteFile(fleet, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return fleet, ledger
}

// The campaign: the console is killed at seeded moments while its fleet lives on, and is started again on the same store.
// What the report says in the end is held against the fleet's own ledger.
func TestKilledConsoleDoesNothingTwiceAndForgetsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes most of a minute")
	}
	t.Parallel()
	patchdeck, folder := binary(t), t.TempDir()
	fleet, ledger := fleetProcess(t, patchdeck, folder, "--servers", strconv.Itoa(*killServers), "--seed", fmt.Sprint(*killSeed),
		"--speed", fmt.Sprint(*killSpeed), "--faults", "usual")
	data := filepath.Join(folder, "data")
	night := []string{"demo", "--headless", "--json", "--data", data, "--fleet", fleet}
	random := rand.New(rand.NewPCG(*killSeed, 9))
	// The folded month takes about eleven hours of fleet time; the kills fall into its first eight.
	between := time.Duration(8*float64(time.Hour) / *killSpeed) / time.Duration(*killCount)
	kills := 0
	for range *killCount {
		wait := between/2 + time.Duration(random.Int64N(int64(between)))
		if over := killAfter(t, patchdeck, night, wait); over {
			break
		}
		kills++
		// Somebody looks in between; looking changes nothing, and acting is refused.
		if code, _, words := run(t, patchdeck, "audit", "list", "--data", data); code > 1 || code == 1 && !strings.Contains(words, "no store") {
			t.Errorf("audit list between two runs: exit %d: %s", code, words)
		}
		if code, _, words := run(t, patchdeck, "rollout", "halt", "R-1", "--reason", "test", "--data", data); code == 0 || !strings.Contains(words, "demonstration") {
			t.Errorf("a command between two runs: exit %d: %s", code, words)
		}
	}
	t.Logf("seed %d: %d servers, killed %d times", *killSeed, *killServers, kills)
	if kills < *killCount/2 {
		t.Fatalf("the night was over after %d kills: slow it down with -kill.speed", kills)
	}
	out, err := exec.Command(patchdeck, night...).Output()
	if err != nil {
		t.Fatalf("the last run: %v: %s", err, failureText(err))
	}
	var summary report.Summary
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &summary); err != nil {
		t.Fatalf("summary: %v in %s", err, out)
	}
	if n := summary.Succeeded + summary.Failed + summary.Unreachable + summary.WindowMissed + summary.NotStarted; n != summary.Targeted {
		t.Errorf("targeted %d, the statuses add up to %d", summary.Targeted, n)
	}
	// The faults are exact in 200 servers: at most 5 % of them cannot succeed. A smaller fleet may have got more than its share.
	least := summary.Targeted * 95 / 100
	if *killServers < 200 {
		least = summary.Targeted * 90 / 100
	}
	if summary.Halted || summary.Succeeded < least {
		t.Errorf("%d of %d targeted servers succeeded, halted %v", summary.Succeeded, summary.Targeted, summary.Halted)
	}
	if out, err := exec.Command(patchdeck, "audit", "verify", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("audit verify: %v: %s", err, out)
	}
	holdAgainstLedger(t, filepath.Join(data, "report.json"), ledger)
	everybodyIsBackInService(t, filepath.Join(data, "report.json"), ledger)
}

// killAfter runs the console and kills it after a while; it tells whether the console had ended before.
func killAfter(t *testing.T, binary string, args []string, wait time.Duration) (over bool) {
	t.Helper()
	p := exec.Command(binary, args...)
	var errors bytes.Buffer
	p.Stderr = &errors
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		p.Process.Kill()
		<-ended
		return false
	case err := <-ended:
		if err != nil {
			t.Fatalf("the console ended: %v: %s", err, errors.String())
		}
		return true
	}
}

func failureText(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}

// mostPilots is how many operating systems, and so pilot servers, a simulated fleet has at the most.
const mostPilots = 6

// ledgerLine is one thing that truly happened on a server.
type ledgerLine struct {
	At                                time.Time
	Server, Event, Job, KB, Build, By string
}

// nightReport is what the comparison needs of the report.
type nightReport struct {
	Servers []struct {
		Name, Status string
		Installed    bool
		Failure      *struct{ Code string }
		Windows      []struct{ Opens, Closes time.Time }
	}
}

// holdAgainstLedger compares the report with what the simulated servers themselves wrote down.
func holdAgainstLedger(t *testing.T, reportFile, ledgerFile string) {
	t.Helper()
	text, err := os.ReadFile(reportFile)
	if err != nil {
		t.Fatal(err)
	}
	var night nightReport
	if err := json.Unmarshal(text, &night); err != nil {
		t.Fatal(err)
	}
	// installed counts what is on a server: a pilot takes its update away once, to prove that it can be, and installs it again.
	installed, restarts := map[string]int{}, map[string][]time.Time{}
	removed := 0
	for _, line := range ledgerLines(t, ledgerFile) {
		switch line.Event {
		case "installed":
			if installed[line.Server]++; installed[line.Server] > 1 {
				t.Errorf("%s was installed again by %s, and had the update", line.Server, line.Job)
			}
		case "removed":
			installed[line.Server]--
			removed++
		case "restarted":
			restarts[line.Server] = append(restarts[line.Server], line.At)
		}
	}
	if removed > mostPilots {
		t.Errorf("updates were taken away %d times: only a pilot's are, once on each of its %d servers at the most", removed, mostPilots)
	}
	if len(night.Servers) == 0 {
		t.Fatal("the report names no server")
	}
	for _, s := range night.Servers {
		switch s.Status {
		case "succeeded":
			if installed[s.Name] != 1 {
				t.Errorf("%s is reported as succeeded; by its ledger %d updates are on it", s.Name, installed[s.Name])
			}
		case "failed":
			if s.Failure == nil || s.Failure.Code == "" {
				t.Errorf("%s failed without a reason", s.Name)
			}
		default:
			if installed[s.Name] > 0 {
				t.Errorf("%s was installed and is reported as %s", s.Name, s.Status)
			}
		}
		for _, at := range restarts[s.Name] {
			inside := false
			for _, w := range s.Windows {
				inside = inside || !at.Before(w.Opens) && at.Before(w.Closes)
			}
			if !inside {
				t.Errorf("%s restarted at %s, outside its windows", s.Name, at)
			}
		}
	}
}

// everybodyIsBackInService holds the ledger against handbook 8: monitoring is suspended while a server is patched and resumed after, a
// cluster node is drained and resumed, operation master roles are moved away and come back. Only a server that no longer answers may miss it.
func everybodyIsBackInService(t *testing.T, reportFile, ledgerFile string) {
	t.Helper()
	text, err := os.ReadFile(reportFile)
	if err != nil {
		t.Fatal(err)
	}
	var night nightReport
	if err := json.Unmarshal(text, &night); err != nil {
		t.Fatal(err)
	}
	gone := map[string]bool{}
	for _, s := range night.Servers {
		gone[s.Name] = s.Failure != nil && (s.Failure.Code == "PD-NOT-BACK" || s.Failure.Code == "PD-LOST-CONTACT")
	}
	silenced, suspended, drains := map[string]bool{}, map[string]bool{}, 0
	roles := map[string][2]string{} // role -> where it was first, where it is
	for _, line := range ledgerLines(t, ledgerFile) {
		switch line.Event {
		case "monitoring":
			silenced[line.Server] = strings.HasPrefix(line.By, "suspend")
			drains++
		case "node_suspended", "node_resumed":
			suspended[line.Server] = line.Event == "node_suspended"
			drains++
		case "role_moved", "role_returned":
			role, to, _ := strings.Cut(line.By, " to ")
			if _, ok := roles[role]; !ok {
				roles[role] = [2]string{line.Server}
			}
			roles[role] = [2]string{roles[role][0], to}
		}
	}
	for name := range silenced {
		if silenced[name] && !gone[name] {
			t.Errorf("the monitoring of %s was not resumed", name)
		}
	}
	for name := range suspended {
		if suspended[name] && !gone[name] {
			t.Errorf("the cluster node %s was not resumed", name)
		}
	}
	for role, place := range roles {
		if first, now := place[0], place[1]; !strings.EqualFold(first, now) && !strings.HasPrefix(strings.ToLower(now), strings.ToLower(first)+".") && !gone[first] {
			t.Errorf("%s was on %s and is on %s", role, first, now)
		}
	}
	if drains == 0 {
		t.Error("nothing was ever taken out of service")
	}
	t.Logf("%d changes of monitoring and cluster nodes, %d roles moved and returned", drains, len(roles))
}

func ledgerLines(t *testing.T, name string) []ledgerLine {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var lines []ledgerLine
	for _, raw := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var line ledgerLine
		if err := json.Unmarshal(raw, &line); err != nil {
			t.Fatalf("ledger: %v in %s", err, raw)
		}
		lines = append(lines, line)
	}
	return lines
}
