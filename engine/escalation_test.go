package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
)

// Handbook 5: past the deadline the account of a server that is still vulnerable is disabled and the server isolated; both need a recorded executive
// approval by another person and a word to the service desk, once, and are lifted when the server is mended. All of it stands in the trail.
func TestTheLastRungsNeedAnExecutiveAndTellTheServiceDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 20, map[string]enginetest.Fate{"SRV-0013": enginetest.DiskFull})
		h.book.Groups = map[notice.Group][]string{notice.ServiceDesk: {"desk@example.com"}}
		h.play(rehearsal.Over)
		deadline, release := h.view.Changes[0].Deadline, h.view.Releases[0].ID
		id := func(name string) inventory.ServerID {
			i := slices.IndexFunc(h.view.Servers, func(s inventory.Server) bool { return s.Name == name })
			return h.view.Servers[i].ID
		}
		ask := engine.AskEscalation{Release: release, Measure: approval.IsolateServer, Servers: []inventory.ServerID{id("SRV-0013")}, Reason: "exploited"}
		refused := func(what string, err error, denied bool, words string) {
			t.Helper()
			var d *approval.Denied
			var clash *approval.Conflict
			if err == nil || !strings.Contains(err.Error(), words) || denied != (errors.As(err, &d) && !errors.As(err, &clash)) {
				t.Errorf("%s: %v, want %q (denied %v)", what, err, words, denied)
			}
		}
		h.then = func(do func(approval.Actor, engine.Command) error, view func() *engine.View) {
			refused("before the deadline", do(rehearsal.Lead, ask), false, "once that has passed")
		}
		for h.view.At.Before(deadline) { // a play ends after twenty days
			until := h.view.At.AddDate(0, 0, 15)
			h.play(func(v *engine.View) bool { return v.At.After(until) || v.At.After(deadline) })
		}
		approve := engine.ApproveEscalation{IDs: []string{"ESC-1"}, Executive: "E. Ekholm", Reason: "in the call"}
		both := approval.Actor{Name: rehearsal.Lead.Name, Roles: []approval.Role{approval.Lead, approval.Board}}
		h.then = func(do func(approval.Actor, engine.Command) error, view func() *engine.View) {
			well := ask
			well.Servers = []inventory.ServerID{id("SRV-0012")}
			refused("a server that is patched", do(rehearsal.Lead, well), false, "behind it: SRV-0013")
			silent := ask
			silent.Reason = " "
			refused("without a reason", do(rehearsal.Lead, silent), false, "a reason is needed")
			refused("by the wrong role", do(rehearsal.Board, ask), true, "escalation.ask needs")
			if err := do(rehearsal.Lead, ask); err != nil {
				t.Fatal(err)
			}
			refused("twice", do(rehearsal.Lead, ask), false, "asked for by lea.lind already: ESC-1 is asked")
			needsWord(t, view(), "ESC-1", "waits for an executive's approval")
			refused("by who asked", do(both, approve), true, "another person must")
			refused("by the wrong role", do(rehearsal.OnCall, approve), true, "escalation.approve needs")
			nobody := approve
			nobody.Executive = ""
			refused("without an executive", do(rehearsal.Board, nobody), false, "name the executive")
			refused("done before it is approved", do(rehearsal.Lead, engine.FinishEscalation{IDs: []string{"ESC-1"}, Reason: "x"}), false, "done is for one that is approved")
			if err := do(rehearsal.Board, approve); err != nil {
				t.Fatal(err)
			}
			refused("the second", do(rehearsal.Authority, approve), false, "ESC-1 was approved by bea.roth (in the call)")
			needsWord(t, view(), "ESC-1", "was approved by E. Ekholm")
			refused("unknown", do(rehearsal.Lead, engine.LiftEscalation{IDs: []string{"ESC-7"}, Reason: "x"}), false, "there is ESC-1")
			if err := do(rehearsal.Lead, engine.FinishEscalation{IDs: []string{"ESC-1"}, Reason: "the port is shut"}); err != nil {
				t.Fatal(err)
			}
		}
		h.play(func(*engine.View) bool { return true })
		h.play(func(v *engine.View) bool { return waiting(v) == 0 })
		var told []engine.NoticeView
		for _, n := range h.view.Notices {
			if n.Kind == notice.Containment {
				told = append(told, n)
			}
		}
		if len(told) != 1 || told[0].Copies != 2 || told[0].Deliveries[0].To != "desk@example.com" || told[0].Deliveries[0].State != notice.Sent || !strings.Contains(told[0].Subject, "isolate the server") ||
			!strings.Contains(told[0].Body, "SRV-0013") || !strings.Contains(told[0].Body, "approved by E. Ekholm, recorded by bea.roth") {
			t.Errorf("the service desk was told %+v", told)
		}
		h.world.GiveBack("SRV-0013")
		h.then = func(do func(approval.Actor, engine.Command) error, _ func() *engine.View) {
			if err := do(rehearsal.Lead, engine.Sweep{Kind: engine.SweepScan}); err != nil {
				t.Fatal(err)
			}
		}
		h.play(func(*engine.View) bool { return true })
		h.then = func(do func(approval.Actor, engine.Command) error, view func() *engine.View) {
			needsWord(t, view(), "ESC-1", "is not behind "+release+" any more")
			if err := do(rehearsal.Lead, engine.LiftEscalation{IDs: []string{"ESC-1"}, Reason: "mended"}); err != nil {
				t.Fatal(err)
			}
		}
		h.play(func(v *engine.View) bool { return !v.Escalations[0].Mended.IsZero() })
		if x := h.view.Escalations[0]; x.State != approval.EscalationLifted || x.Lifted.By != rehearsal.Lead.Name || x.Approved.Role != approval.Board {
			t.Errorf("%+v", x)
		}
		if n := enginetest.Actions(t, h.store)["escalation.changed"]; n != 5 {
			t.Errorf("%d events of the escalation in the trail, want 5: asked, approved, done, mended, lifted", n)
		}
		foldsToItsRecords(t, h.store)
	})
}

// needsWord finds a need about an object that says something.
func needsWord(t *testing.T, v *engine.View, object, words string) {
	t.Helper()
	if !slices.ContainsFunc(v.Needs, func(n engine.Need) bool { return n.Object == object && strings.Contains(n.Words, words) }) {
		t.Errorf("nothing about %s that says %q: %+v", object, words, v.Needs)
	}
}

// An escalation is asked for by name, from one to a hundred servers, of a release that there is.
func TestAnEscalationSaysWhatItLacks(t *testing.T) {
	at(t, 8, nil, released, func(o *office) {
		one := []inventory.ServerID{o.View().Servers[0].ID}
		for want, c := range map[string]engine.AskEscalation{
			"use disable-account or isolate-server": {Release: o.release().ID, Servers: one, Measure: "burn", Reason: "x"},
			"name from 1 to 100 servers":            {Release: o.release().ID, Measure: approval.DisableAccount, Reason: "x"},
			"has no change request":                 {Release: o.release().ID, Servers: one, Measure: approval.DisableAccount, Reason: "x"},
			"nowhere":                               {Release: "nowhere", Servers: one, Measure: approval.DisableAccount, Reason: "x"},
		} {
			o.refused(rehearsal.Lead, c, want)
		}
		o.refused(rehearsal.Board, engine.ApproveEscalation{Reason: "x"}, "name from 1 to 100 escalations")
	})
}
