package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

var update = flag.Bool("update", false, "write the golden files anew")

// smallNight has one server in each kind of trouble, a pause that somebody resumed, a retry, a refusal and an update that was dropped.
func smallNight(t testing.TB) *story {
	s := tell(t, 10)
	s.in.Plan.Compliant = []inventory.ServerID{"s90001"}
	s.in.Servers["s90001"] = inventory.Server{ID: "s90001", Name: "ALREADY", OS: "Windows Server 2022", Site: "DUB", Facts: &inventory.Facts{Build: fixed}}
	s.in.Plan.Findings = []rollout.Finding{{Words: "no server fit for a pilot on Windows Server 2025"}}
	s.seal()
	s.in.Release.Updates = append(s.in.Release.Updates, approval.ReleaseUpdate{KB: "KB5999002", Why: "optional",
		Dropped: &approval.Amendment{By: "lea.lind", At: evening.Add(time.Minute), Reason: "known to break printing"}})
	s.in.Change.Exclusions = map[string]approval.Amendment{string(serverID(8)): {By: "lea.lind", At: evening.Add(2 * time.Minute), Reason: "vendor case until Friday"}}
	s.open(rollout.Pilot)
	s.succeeds(0, "P1")
	s.now = evening.Add(90 * time.Minute)
	s.open(rollout.Prod)
	s.note("vic.tran", "command.denied", "rollout.hold", "", map[string]string{"action": "rollout.hold", "words": "rollout.hold takes the role lead"})
	s.move("lea.lind", "vendor case until Friday", 8, rollout.Moved{To: rollout.Excluded, Compliance: rollout.IsExcluded, Exclusion: "vendor case until Friday"})
	s.succeeds(1, "W1")
	s.rollsBack(2)
	s.starts(3, "W1")
	s.move("engine", "", 3, rollout.Moved{To: rollout.RestartPending}, rollout.Moved{To: rollout.Restarting, RestartID: "restart-1"},
		rollout.Moved{To: rollout.Unknown, Was: rollout.Restarting},
		failing(rollout.ClassRestart, "PD-NOT-BACK", "not back from its restart 45 minutes after it was due"))
	s.stop("engine", 3, rollout.Paused, rollout.RuleSameCode, "5 failures in a row with the code PD-X: mend the cause, then resume")
	s.stop("olga.nowak", 3, rollout.Active, rollout.RulePerson, "the proxy is back")
	s.move("engine", "", 4, failing(rollout.ClassDisk, "PD-DISK", "system drive: 1.0 GB free, 6.0 GB needed"))
	s.move("engine", "", 5, failing(rollout.ClassDisk, "PD-DISK", "system drive: 2.0 GB free, 6.0 GB needed"))
	s.move("olga.nowak", "space was freed", 5, rollout.Moved{To: rollout.NotReceived, Reset: true, Windows: []string{"W1", "CHECK"}})
	s.succeeds(5, "W1")
	s.move("engine", "", 6, rollout.Moved{To: rollout.Unreachable, Compliance: rollout.UnknownCompliance,
		Failure: &rollout.Failure{Class: rollout.ClassNetwork, Code: "PD-UNREACHABLE", Words: "no answer within 10 s"}})
	s.move("olga.nowak", "its owner asked for it", 7, rollout.Moved{To: rollout.Cancelled})
	s.move("engine", "", 9, rollout.Moved{To: rollout.WindowMissed, Failure: &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-WINDOW", Words: "there was no time for it"}})
	s.stop("engine", 0, rollout.Closed, "done", "every advertisement has its final status")
	s.stop("engine", 1, rollout.Closed, "done", "every advertisement has its final status")
	return s
}

func written(t testing.TB, n report.Night, write func(report.Night, *bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(n, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(n report.Night, b *bytes.Buffer) error { return n.WriteJSON(b) }
func asHTML(n report.Night, b *bytes.Buffer) error { return n.WriteHTML(b) }

// The document is a contract with scripts: what changes in it changes here.
func TestTheDocumentOfASmallNight(t *testing.T) {
	golden := filepath.Join("testdata", "night.json")
	n := smallNight(t).night()
	n.Audit.Head, n.Plan.Hash = "head", "hash" // they change with every member of an event or a plan, which is not the report's contract
	got := written(t, n, asJSON)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the document differs from %s; look at the difference, and write it anew with -update if it is meant:\n%s", golden, got)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for name, write := range map[string]func(report.Night, *bytes.Buffer) error{"JSON": asJSON, "HTML": asHTML} {
		first := written(t, smallNight(t).night(), write)
		for range 5 {
			if again := written(t, smallNight(t).night(), write); again != first {
				t.Fatalf("two reports of one night differ as %s", name)
			}
		}
	}
}

func TestMakingAReportChangesNoRecord(t *testing.T) {
	s := smallNight(t)
	s.in.Plan.Assignments[1].Updates[0] = "KB\x1b5999001"
	s.in.Advertisements["R-2"][0].Updates[0] = "KB\x1b5999001"
	s.night()
	if s.in.Plan.Assignments[1].Updates[0] != "KB\x1b5999001" || s.in.Advertisements["R-2"][0].Updates[0] != "KB\x1b5999001" {
		t.Error("the report cleaned the records that it was made from")
	}
}

func TestTheSummaryHasTheKeysOfTheContract(t *testing.T) {
	sum := smallNight(t).night().Summary()
	sum.Report = "/tmp/night.html"
	text, err := json.Marshal(sum)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	decoder := json.NewDecoder(bytes.NewReader(text))
	for depth, wantKey := 0, true; ; {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		if delim, ok := token.(json.Delim); ok {
			depth += map[json.Delim]int{'{': 1, '}': -1}[delim]
			continue
		}
		if wantKey {
			keys = append(keys, token.(string))
		}
		wantKey = !wantKey
	}
	want := "servers targeted succeeded failed unreachable window_missed not_started excluded not_applicable halted audit_entries audit_head report"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("keys  %s\nwant  %s", got, want)
	}
}

func TestWhatIsSaidOfEachTrouble(t *testing.T) {
	n := smallNight(t).night()
	want := map[int]struct {
		installed, may bool
		words          string
	}{
		0: {true, false, ""},
		2: {false, false, "Failed when the evidence was read in window W1: the update is not on the server (PD-BUILD). The update is not on it."},
		3: {false, true, "Failed after contact was lost in window W1: not back from its restart 45 minutes after it was due (PD-NOT-BACK). An installation was ordered and nothing was read after it: the update may be on it."},
		4: {false, false, "Failed at its first check: system drive: 1.0 GB free, 6.0 GB needed (PD-DISK). Nothing was installed."},
		5: {true, false, ""},
		6: {false, false, "Could not be reached before its last window closed: no answer within 10 s (PD-UNREACHABLE). Nothing was installed."},
		7: {false, false, "Skipped by olga.nowak: its owner asked for it. Nothing was installed."},
		8: {false, false, "Excluded by lea.lind on 14 Nov 22:02: vendor case until Friday."},
		9: {false, false, "Its last window closed before it could start: there was no time for it (PD-WINDOW). Nothing was installed."},
	}
	for i, w := range want {
		if s := server(t, n, i); s.Explanation != w.words || s.Installed != w.installed || s.MayBeInstalled != w.may {
			t.Errorf("%s: installed %v, may be %v: %s", s.Name, s.Installed, s.MayBeInstalled, s.Explanation)
		}
	}
	if want := "3 of 9 servers were patched and verified; 3 failed, 1 could not be reached, 1 missed the window, 1 did not start."; n.Headline != want {
		t.Errorf("headline %q\nwant     %q", n.Headline, want)
	}
}

// An older reading proves nothing about a newer installation.
func TestAnotherInstallationMakesOldEvidenceWorthless(t *testing.T) {
	s := tell(t, 2)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.rollsBack(1)
	if got := server(t, s.night(), 1); got.Evidence != report.Absent || got.MayBeInstalled {
		t.Errorf("after the build was read: %s, may be installed %v", got.Evidence, got.MayBeInstalled)
	}
	s.move("olga.nowak", "once more", 1, rollout.Moved{To: rollout.NotReceived, Reset: true, Windows: []string{"W1"}})
	s.move("engine", "", 1, rollout.Moved{To: rollout.Staging, Job: "stage-2", JobKind: rollout.JobStage}, rollout.Moved{To: rollout.Staged},
		rollout.Moved{To: rollout.Running, Window: "W1", Job: "install-2", JobKind: rollout.JobInstall}, rollout.Moved{To: rollout.Unknown, Was: rollout.Running})
	if got := server(t, s.night(), 1); got.Evidence != report.NotRead || !got.MayBeInstalled || got.Installed {
		t.Errorf("after a second installation was ordered: %s, may be installed %v", got.Evidence, got.MayBeInstalled)
	}
}

func TestAResumedRolloutIsNotHaltedAndItsScoreBeginsAnew(t *testing.T) {
	s := tell(t, 8)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	for i := 1; i <= 5; i++ {
		s.rollsBack(i)
	}
	s.stop("engine", 1, rollout.Halted, rollout.RuleScore, "stop score 805 of 700")
	if n := s.night(); !n.Halted || n.Stops[0].Score != 805 || n.Stops[0].Ended != nil || n.Stops[0].Trigger.Server.ID != serverID(5) {
		t.Errorf("halted: %v %+v", n.Halted, n.Stops)
	}
	s.stop("lea.lind", 1, rollout.Active, rollout.RulePerson, "the cause is one bad disk image")
	s.rollsBack(6)
	s.succeeds(7, "W1")
	n := s.night()
	if n.Halted || n.Stops[0].Ended == nil || n.Stops[0].Ended.Step != "resumed" || n.Stops[0].Ended.Reason != "the cause is one bad disk image" {
		t.Errorf("resumed: halted %v, %+v", n.Halted, n.Stops[0].Ended)
	}
	score := n.Windows[1].Score
	if !score.Recomputes || score.Peak != 805 || score.Last != 161-18 || len(score.Steps) != 8 || score.Steps[5].Cause != "resumed" || score.Steps[5].To != 0 {
		t.Errorf("score %+v", score)
	}
}

// A step that the rule's numbers do not give shows.
func TestAScoreThatDoesNotRecomputeShows(t *testing.T) {
	s := tell(t, 3)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.rollsBack(1)
	s.in.Policy = rollout.DefaultPolicy()
	s.in.Policy.FailureScore = 100
	n := s.night()
	if n.Windows[1].Score.Recomputes {
		t.Error("a failure that cost 161 agrees with a rule of 100")
	}
	if page := written(t, n, asHTML); !strings.Contains(page, "it does not agree") {
		t.Error("the page does not say so")
	}
}

func TestFailuresThatShareASystemAreCalledAPattern(t *testing.T) {
	s := tell(t, 20)
	for i := range 20 {
		if i%2 == 0 {
			known := s.in.Servers[serverID(i)]
			known.OS = "Windows Server 2019"
			s.in.Servers[serverID(i)] = known
		}
	}
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	for i := 1; i < 20; i++ {
		if i%2 == 0 {
			s.rollsBack(i)
		} else {
			s.succeeds(i, "W1")
		}
	}
	if n := s.night(); len(n.Patterns) != 2 || !strings.Contains(n.Patterns[0], "Windows Server 2019") || !strings.Contains(n.Patterns[1], "site DUB") {
		t.Errorf("patterns %q", n.Patterns)
	}
	few := tell(t, 5)
	few.open(rollout.Pilot)
	few.open(rollout.Prod)
	for i := 1; i < 5; i++ {
		few.rollsBack(i)
	}
	if n := few.night(); len(n.Patterns) != 0 {
		t.Errorf("failures everywhere are called a pattern: %q", n.Patterns)
	}
}

func trailHeadOf(n report.Night) trail.Head {
	hash, err := trail.ParseHash(n.Audit.Head)
	if err != nil {
		panic(err)
	}
	return trail.Head{Seq: n.Audit.Entries, Hash: hash}
}
