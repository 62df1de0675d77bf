package screen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/uitest"
)

// asks tells whether a question is open, and gives its text.
func (s *session) asks() (string, bool) { return s.frame(), s.root.confirm != nil }

// oneLine undoes the breaking of sentences into lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestHaltingTakesAQuestionAndAReason(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout, "h")
	text, asked := s.asks()
	if !asked || !strings.Contains(text, "Halt R-3 Prod?") || !strings.Contains(text, "servers in work will finish") {
		t.Fatalf("h does not ask:\n%s", text)
	}
	s.confirm("bad update")
	want := []engine.Command{engine.Hold{Rollout: "R-3", Step: "halt", Reason: "bad update"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	if !strings.Contains(s.frame(), "rollout.hold done") {
		t.Errorf("the engine's answer is not shown:\n%s", s.frame())
	}
}

func TestKeysTypedInOneGoDoNotAnswerTheQuestionThatTheyOpen(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout)
	s.burst("hhhh")
	for _, name := range []string{"tab", "tab", "enter"} {
		s.run(s.root.key(keyNamed(name)))
	}
	if _, asked := s.asks(); !asked || len(s.commands()) > 0 {
		t.Errorf("asked %v, given %v", asked, s.commands())
	}
}

func TestAQuestionOutlivesTheRolloutThatItIsAbout(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout, "n", "r")
	s.show(&engine.View{})
	s.confirm("again")
	if len(s.commands()) != 1 {
		t.Errorf("the engine, which decides whether it still can, was asked for %+v", s.commands())
	}
}

func TestEnterWithoutMovingCancels(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout, "p", "o", "k", "enter", "enter")
	if _, asked := s.asks(); asked || len(s.commands()) > 0 {
		t.Errorf("asked %v, given %v", asked, s.commands())
	}
}

// troubled lists the servers of a rollout that somebody should look at, in order.
func troubled(r engine.RolloutView) []engine.Cell {
	return slices.DeleteFunc(slices.Clone(r.Cells), func(c engine.Cell) bool { return !desk.Troubled(c.Delivery) })
}

func TestAnActionMeansTheServersThatItsQuestionNamed(t *testing.T) {
	view := night()
	s := open(t, view, onCall, mono, 120, 36)
	s.press(onRollout, "g", "n", "r")
	text, asked := s.asks()
	want := troubled(view.Rollouts[2])[0]
	if !asked || !strings.Contains(text, want.Name) {
		t.Fatalf("r does not ask about %s:\n%s", want.Name, text)
	}
	s.show(uitest.Night(120)) // other servers stand under the cursor by now
	s.confirm("disk cleaned")
	if got := s.commands(); !reflect.DeepEqual(got, []engine.Command{engine.Retry{Rollout: "R-3", Servers: []inventory.ServerID{want.Server}, Reason: "disk cleaned"}}) {
		t.Errorf("the engine was asked for %+v", got)
	}
}

func TestAllServersOfAnErrorCodeAreRetriedTogether(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onRollout, "v", "v", "v", "G", "r")
	var want []inventory.ServerID
	for _, c := range troubled(view.Rollouts[2]) {
		if c.Class == string(rollout.ClassPatch) && c.Code == "0x80073712" {
			want = append(want, c.Server)
		}
	}
	s.confirm("repaired the component stores")
	got := s.commands()
	if len(want) < 2 || len(got) != 1 || !slices.Equal(got[0].(engine.Retry).Servers, want) {
		t.Errorf("the engine was asked for %+v, want a retry of %v", got, want)
	}
}

func TestPickedServersAreSkippedTogetherAndThenUnpicked(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onRollout, "G", "left", "left", "space", "space", "s")
	cells := view.Rollouts[2].Cells
	last := cells[len(cells)-3 : len(cells)-1]
	s.confirm("moved to next month")
	want := []engine.Command{engine.Skip{Rollout: "R-3", Servers: []inventory.ServerID{last[0].Server, last[1].Server}, Reason: "moved to next month"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	if strings.Contains(s.frame(), "picked") {
		t.Errorf("servers are still picked:\n%s", s.frame())
	}
}

func TestExcludingNamesTheChangeRequest(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 80, 24)
	s.press(onRollout, "G", "x")
	s.confirm("payroll run")
	last := view.Rollouts[2].Cells[len(view.Rollouts[2].Cells)-1]
	want := []engine.Command{engine.ExcludeServer{Change: "CHG-12", Server: last.Server, Reason: "payroll run"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

func TestClosingNamesWhatWillNotStartAndCannotBeUndone(t *testing.T) {
	view := night()
	s := open(t, view, onCall, mono, 120, 36)
	s.press(onRollout, "C")
	counts := view.Rollouts[2].Counts
	want := fmt.Sprintf("%d servers will not start", counts[rollout.NotReceived]+counts[rollout.Staged]+counts[rollout.Staging]+counts[rollout.Received]+counts[rollout.Waiting]+counts[rollout.Retrying])
	if text, asked := s.asks(); !asked || !strings.Contains(text, want) || !strings.Contains(oneLine(text), "never opened again") {
		t.Fatalf("C asks %v, want %q:\n%s", asked, want, text)
	}
	s.confirm("vendor pulled the update")
	if got := s.commands(); !reflect.DeepEqual(got, []engine.Command{engine.Hold{Rollout: "R-3", Step: "close", Reason: "vendor pulled the update"}}) {
		t.Errorf("the engine was asked for %+v", got)
	}
	s.press("[", "C")
	if text, asked := s.asks(); asked || !strings.Contains(text, "R-2 is closed") {
		t.Errorf("a closed rollout asks %v:\n%s", asked, text)
	}
}

func TestALockIsBrokenOnlyWhereALostServerHoldsOne(t *testing.T) {
	view := uitest.Locked(200)
	r := view.Rollouts[2]
	for _, c := range troubled(r) {
		s := open(t, view, lead, mono, 120, 36)
		s.root.jump(string(c.Server))
		s.press("b")
		text, asked := s.asks()
		if holds := c.Cluster == uitest.LockedCluster; asked != holds || !holds && !strings.Contains(text, "only a lock that a failed or unknown server holds") {
			t.Fatalf("%s, %s, holds a lock: %v, asks: %v\n%s", c.Name, c.Delivery, holds, asked, text)
		}
		if !asked {
			continue
		}
		text = oneLine(text)
		if !strings.Contains(text, "member of "+uitest.LockedCluster) || !strings.Contains(text, c.Name) || !strings.Contains(text, "1 server is still to come in this rollout") {
			t.Errorf("the question does not name cluster, server and who may start:\n%s", text)
		}
		s.confirm("disk replaced, cluster healthy")
		if got := s.commands(); !reflect.DeepEqual(got, []engine.Command{engine.BreakLock{Cluster: uitest.LockedCluster, Reason: "disk replaced, cluster healthy"}}) {
			t.Errorf("the engine was asked for %+v", got)
		}
	}
	s := open(t, view, onCall, mono, 120, 36)
	s.press(onRollout, "n", "n", "b")
	if _, asked := s.asks(); asked {
		t.Error("who may not break locks is asked about it")
	}
}

func TestAReleaseIsMadeOfWhatIsShownAndMissing(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onUpdates, "c")
	if text, asked := s.asks(); !asked || !strings.Contains(text, "Create release 2026-11-security-2?") || !strings.Contains(text, "KB5072033 Critical on ") ||
		!strings.Contains(text, "so far: 2026-11-security, ") {
		t.Fatalf("asked %v:\n%s", asked, text)
	}
	s.confirm("monthly release")
	want := []engine.Command{engine.CreateRelease{ID: "2026-11-security-2", Title: "November 2026 Security Updates", Bulletin: "2026-Nov",
		Updates: []string{"KB5072033"}, Reason: "monthly release"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	s.press("/", "n", "e", "t", "enter", "c")
	if text, asked := s.asks(); asked || !strings.Contains(text, "sweep facts and scan first") {
		t.Errorf("with nothing missing it asks %v:\n%s", asked, text)
	}
}

func TestAReleaseIsSubmittedOnceWithThePriorityThatTheLeadChose(t *testing.T) {
	view := unsubmitted()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onChanges, "s", "j", "e")
	if text, asked := s.asks(); !asked || !strings.Contains(text, "Submit 2026-11-late-2 with priority Emergency?") || !strings.Contains(oneLine(text), "due by Mon 16 Nov 02:14") {
		t.Fatalf("asked %v:\n%s", asked, text)
	}
	other := unsubmitted()
	other.Releases = slices.Delete(other.Releases, 4, 5) // the one before is gone by then
	s.show(other)
	s.confirm("exploited everywhere")
	want := []engine.Command{engine.SubmitChange{Release: "2026-11-late-2", Priority: approval.Emergency, Reason: "exploited everywhere"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	if strings.Contains(s.frame(), "Submit a release") {
		t.Errorf("the page stays when its release is submitted:\n%s", s.frame())
	}
	s.press("s")
	old := unsubmitted()
	old.AuditTrouble = "3 of 60 servers were not read"
	o := open(t, old, lead, mono, 120, 36)
	o.press("4", "s", "h")
	if text, asked := o.asks(); !asked || !strings.Contains(oneLine(text), "3 of 60 servers were not read") {
		t.Errorf("the question does not tell of the audit:\n%s", text)
	}
	o.confirm("they are being rebuilt")
	if c := o.commands()[0].(engine.SubmitChange); c.OverrideAudit != "they are being rebuilt" {
		t.Errorf("gave %+v", c)
	}
	for state, offered := range map[approval.State]bool{approval.Submitted: false, approval.Approved: false, approval.Rejected: true, approval.Void: true} {
		next := unsubmitted()
		next.Changes = append(next.Changes, engine.ChangeView{Change: approval.Change{ID: "CHG-14", Release: "2026-11-late-2", State: state}})
		s.show(next)
		if strings.Contains(s.frame(), "2026-11-late-2") != offered {
			t.Errorf("with a change request that is %s the release is offered: %v\n%s", state, !offered, s.frame())
		}
	}
	s.show(night())
	s.press("m")
	if text, asked := s.asks(); asked || !strings.Contains(text, "no release waits for a change request") {
		t.Errorf("with nothing to submit it asks %v:\n%s", asked, text)
	}
}

func TestTheBoardApprovesThePlanThatItSaw(t *testing.T) {
	view := night()
	s := open(t, view, board, mono, 120, 36)
	s.press(onChanges, "a")
	hash := view.Changes[0].PlanHash
	if text, _ := s.asks(); !strings.Contains(text, "Approve CHG-13?") || !strings.Contains(text, hash[:12]) {
		t.Fatalf("the question does not name request and plan:\n%s", text)
	}
	other := night()
	other.Generation++
	other.Changes[0].PlanHash = strings.Repeat("0", 64)
	s.show(other)
	s.confirm("agreed in the meeting")
	want := []engine.Command{engine.DecideChange{Change: "CHG-13", Step: "approve", PlanHash: hash, Reason: "agreed in the meeting"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

func TestSupportRecordsWhatAnApplicationsOwnerFound(t *testing.T) {
	support := approval.Actor{Name: "sam", Roles: []approval.Role{approval.Support}}
	s := open(t, acceptanceOpen(), support, mono, 120, 36)
	s.press(onChanges, "]", "t", "j", "f")
	if text, _ := s.asks(); !strings.Contains(text, "Payroll failed") {
		t.Fatalf("the question does not name application and result:\n%s", text)
	}
	s.confirm("month-end job ends with an error")
	want := []engine.Command{engine.RecordAcceptance{Change: "CHG-12", Application: "Payroll", Result: pilot.FailedTest, Note: "month-end job ends with an error"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	closed := open(t, night(), support, mono, 120, 36)
	closed.press(onChanges, "]", "t", "f")
	if text, asked := closed.asks(); asked || !strings.Contains(text, "acceptance closed") {
		t.Errorf("after the deadline it asks %v:\n%s", asked, text)
	}
}

func TestWhoseTurnItIsNotIsToldWhoseItIs(t *testing.T) {
	s := open(t, night(), authority, mono, 80, 24)
	s.press(onChanges, "a")
	if text, asked := s.asks(); asked || !strings.Contains(text, "needs the role board") {
		t.Errorf("asked %v:\n%s", asked, text)
	}
}

func TestViewersHaveNoKeysForWhatTheyMayNotDo(t *testing.T) {
	s := open(t, night(), viewer, mono, 80, 24)
	for _, tab := range []string{onInventory, onChanges, onRollout} {
		for _, key := range []string{"p", "h", "R", "r", "s", "x", "a"} {
			s.press(tab, key)
			if text, asked := s.asks(); asked {
				t.Fatalf("%s on screen %s asks a viewer:\n%s", key, tab, text)
			}
		}
		s.press("?")
		for _, word := range []string{"halt:", "retry a failed", "authorise or approve"} {
			if strings.Contains(s.frame(), word) {
				t.Errorf("the help of screen %s offers a viewer %q", tab, word)
			}
		}
		s.press("esc")
	}
}

func TestADeniedCommandShowsTheEnginesWords(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.console.Refuse(approval.Refuse("R-3 was halted by the stop rule a moment ago"))
	s.press(onRollout, "p")
	s.confirm("wait")
	if !strings.Contains(s.frame(), "! R-3 was halted by the stop rule a moment ago") {
		t.Errorf("the refusal is not shown:\n%s", s.frame())
	}
}

func TestAnActionThatDoesNotFitSaysWhy(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onRollout, "R")
	if !strings.Contains(s.frame(), "R-3 is running") {
		t.Errorf("resume says nothing:\n%s", s.frame())
	}
	s.press("g", "s")
	if !strings.Contains(s.frame(), "only servers that have not started are skipped") {
		t.Errorf("skip says nothing:\n%s", s.frame())
	}
}

// screensOf gives every screen and page of the console, as an actor with all roles sees them.
func screensOf(t *testing.T) map[string]*session {
	everything := approval.Actor{Name: "all"}
	for _, r := range approval.Roles {
		everything.Roles = append(everything.Roles, r.Role)
	}
	list := map[string]*session{}
	for _, f := range frames {
		s := open(t, f.view(), everything, mono, 80, 24)
		s.press(f.keys...)
		list[f.name] = s
	}
	return list
}

func TestNoKeyMeansTwoThingsOnOneScreen(t *testing.T) {
	for name, s := range screensOf(t) {
		seen := map[string]string{}
		for _, b := range s.root.bindings() {
			for _, key := range b.Keys {
				if was, twice := seen[key]; twice {
					t.Errorf("%s: %s means %q and %q", name, key, was, b.Help)
				}
				seen[key] = b.Help
			}
		}
	}
}

func TestEveryBindingIsInHelpAndKnownToTheEngine(t *testing.T) {
	for name, s := range screensOf(t) {
		help := strings.Join(part.Help(s.root.desk.Theme, s.root.bindings(), 400), "\n")
		for _, b := range s.root.bindings() {
			if b.Help == "" || b.Group == "" || !strings.Contains(help, part.Clean(b.Help)) {
				t.Errorf("%s: %v is not in help", name, b.Keys)
			}
			if b.Action != "" && len(engine.RolesFor(b.Action)) == 0 {
				t.Errorf("%s: %v leads to %q, which no role may do", name, b.Keys, b.Action)
			}
		}
	}
}
