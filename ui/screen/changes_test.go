package screen

import (
	"reflect"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/uitest"
)

// submitter is the lead who submitted what waits for the board in the night, and holds the board's role as well.
var submitter = approval.Actor{Name: "m.ferrante", Roles: []approval.Role{approval.Lead, approval.Board}, Via: "ssh"}

// TestEveryStepOfAChangeRequestIsAKey plays section 4 of the handbook: each step by the person who may take it.
func TestEveryStepOfAChangeRequestIsAKey(t *testing.T) {
	plan := night().Changes[0].PlanHash
	decide := func(step string) engine.Command {
		return engine.DecideChange{Change: "CHG-13", Step: step, PlanHash: plan, Reason: "why"}
	}
	for name, c := range map[string]struct {
		actor approval.Actor
		view  func() *engine.View
		keys  []string
		want  engine.Command
	}{
		"the board approves":                    {board, night, []string{"a"}, decide("approve")},
		"the board rejects":                     {board, night, []string{"x"}, decide("reject")},
		"the board asks for changes":            {board, night, []string{"c"}, decide("ask")},
		"the lead withdraws":                    {lead, night, []string{"w"}, decide("withdraw")},
		"the board confirms":                    {board, emergency, []string{"a"}, decide("approve")},
		"Security objects":                      {security, objected, []string{"o", "o"}, engine.ObjectToChange{Change: "CHG-13", Reason: "why"}},
		"the lead answers":                      {lead, objected, []string{"o", "j", "a"}, engine.SettleObjection{Change: "CHG-13", Number: 2, State: approval.Answered, Reason: "why"}},
		"the board overrules":                   {board, objected, []string{"o", "j", "v"}, engine.SettleObjection{Change: "CHG-13", Number: 2, State: approval.Overruled, Reason: "why"}},
		"an update that failed is dropped":      {lead, night, []string{"]", "r", "j", "d"}, engine.DropUpdate{Release: "2026-11-security", KB: "KB5071547", Reason: "why"}},
		"a release without a rollout is closed": {lead, night, []string{"]", "r", "x"}, engine.WithdrawRelease{Release: "2026-11-security", Reason: "why"}},
		"an emergency pre-empts":                {authority, emergency, []string{"e"}, engine.Preempt{Change: "CHG-13", Over: []string{uitest.ChangeID}, Reason: "why"}},
		"what is held back is let go":           {lead, heldBack, []string{"]", "u"}, engine.ReleaseHold{Change: uitest.ChangeID, Reason: "why"}},
		"the board overrides a halt":            {board, overridable, []string{"]", "O"}, engine.OverrideHalt{Rollout: uitest.ProdID, Reason: "why"}},
		"the team takes what the rules propose": {security, night, []string{"p", "j", "j", "space", "enter"}, engine.AssessChange{Change: "CHG-13",
			Priority: approval.Medium, Criteria: []approval.Criterion{approval.HighValue, approval.Mitigated}, Reason: "why"}},
		"the team sets an emergency": {security, night, []string{"p", "e"}, engine.AssessChange{Change: "CHG-13",
			Priority: approval.Emergency, Criteria: []approval.Criterion{approval.Mitigated}, Reason: "why"}},
		"the lead works around a failed minimum test": {lead, untreated, []string{"]", "t", "G", "k", "w"}, engine.RecordWorkaround{Change: uitest.ChangeID, About: "KB5071547", Note: "why"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.view(), c.actor, mono, 120, 36)
			s.press(onChanges)
			s.press(c.keys...)
			s.confirm("why")
			if got := s.newest(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v gave %+v, want %+v\n%s", c.keys, got, c.want, s.frame())
			}
		})
	}
}

// TestAStepThatTheEngineWouldRefuseSaysWhyBeforeAReasonIsWritten saves people from writing reasons for nothing.
func TestAStepThatTheEngineWouldRefuseSaysWhyBeforeAReasonIsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		actor approval.Actor
		view  func() *engine.View
		keys  []string
		want  string
	}{
		"nobody approves what they submitted":    {submitter, night, []string{"a"}, "you submitted CHG-13"},
		"an open objection blocks":               {board, objected, []string{"a"}, "objection 2 by e.wirth is open"},
		"nobody settles their own objection":     {approval.Actor{Name: "e.wirth", Roles: []approval.Role{approval.Lead}}, objected, []string{"o", "j", "a"}, "you raised objection 2"},
		"a settled objection stays settled":      {lead, night, []string{"o", "a"}, "objection 1 is answered"},
		"objections end with the board's word":   {security, night, []string{"]", "o", "o"}, "objections are possible until the board has met"},
		"only an emergency pre-empts":            {lead, night, []string{"e"}, "only an emergency pre-empts others"},
		"the stop rule is not the lead's":        {lead, overridable, []string{"]", "O"}, "needs one of: authority, board"},
		"the submitter does not review priority": {submitter, night, []string{"p", "enter"}, "another person must review it"},
		"a healthy test needs no workaround":     {lead, night, []string{"]", "t", "G", "w"}, "a workaround answers a failure"},
		"the engine tests updates itself":        {lead, night, []string{"]", "t", "G", "p"}, "the engine tests KB5072033 itself"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.view(), c.actor, mono, 160, 36)
			s.press(onChanges)
			s.press(c.keys...)
			if frame := s.frame(); !strings.Contains(frame, c.want) || s.root.confirm != nil || s.newest() != nil {
				t.Errorf("%v does not say %q, gave %+v:\n%s", c.keys, c.want, s.newest(), frame)
			}
		})
	}
}

// heldBack is a night on which an emergency holds the month's release back.
func heldBack() *engine.View {
	view := emergency()
	view.Changes[1].Held = &approval.Preemption{By: "CHG-13", Actor: authority.Name, At: uitest.At, Reason: "worm in the wild"}
	return view
}

// untreated is a night on which nobody answered for a failed minimum test yet.
func untreated() *engine.View {
	view := night()
	view.Changes[1].Minimum.Workarounds = nil
	return view
}
