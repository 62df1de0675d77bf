package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/assets"
	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
)

// Handbook section 9: incidents are opened for failed servers, linked to them, and closed with a resolution.
func TestFailedServersOpenIncidents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 60, map[string]enginetest.Fate{"SRV-0021": enginetest.RolledBack, "SRV-0022": enginetest.Unreachable, "SRV-0030": enginetest.SourceOnce})
		h.play(settled)
		cells := h.cells()
		for name, state := range map[string]notice.IncidentState{"SRV-0021": notice.Open, "SRV-0022": notice.Open} {
			i := incidentBy(t, h.view, cells[name].Incident)
			if i.State != state || i.Server != cells[name].Server || !slices.Contains(i.Links, "CHG-1") && i.Release != "" {
				t.Errorf("%s: %+v, want an incident of the server that is %s", name, i, state)
			}
		}
		if cells["SRV-0030"].Incident != "" {
			t.Errorf("a server that succeeded at its second attempt shows %s", cells["SRV-0030"].Incident)
		}
		if !slices.ContainsFunc(h.view.Needs, func(n engine.Need) bool { return strings.Contains(n.Words, "without an owner") }) {
			t.Errorf("nobody is told of incidents without an owner: %v", h.view.Needs)
		}
		var told []string
		for _, n := range h.view.Notices {
			if n.Kind == notice.Incidents {
				told = append(told, n.Covers...)
			}
		}
		for _, i := range h.view.Incidents {
			if n := len(slices.DeleteFunc(slices.Clone(told), func(id string) bool { return id != i.ID })); n != 1 {
				t.Errorf("%s was told of %d times, want once", i.ID, n)
			}
		}
		h.onceEach(t)
	})
}

func incidentBy(t *testing.T, v *engine.View, id string) notice.Incident {
	t.Helper()
	for _, i := range v.Incidents {
		if i.ID == id {
			return i
		}
	}
	t.Fatalf("there is no incident %q", id)
	return notice.Incident{}
}

func TestAPersonsWayThroughAnIncidentAndANotice(t *testing.T) {
	scenario(t, 8, map[string]enginetest.Fate{"SRV-0006": enginetest.Unreachable}, func(t *testing.T, ctx context.Context, n *night) {
		templates, err := notice.ParseTemplates(assets.Templates())
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy(), Heartbeat: time.Minute,
			Notices: engine.NoticeOptions{Templates: templates, Book: notice.Book{Groups: map[notice.Group][]string{"security": {"security@example.com"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { e.Run(ctx); close(ended) }()
		defer func() { n.cancel(); <-ended }()
		n.wait(ctx, e, func(v *engine.View) bool { return len(v.Changes) > 0 && len(v.Incidents) > 0 && len(v.Notices) > 1 })
		release := e.View().Releases[0].ID
		steps := []struct {
			who     approval.Actor
			command engine.Command
			says    string // of the answer, or of the error
			fails   bool
		}{
			{rehearsal.Watcher, engine.ResolveIncident{Incident: "INC-1", Resolution: "no"}, "; you are: ", true},
			{rehearsal.Lead, engine.ResolveIncident{Incident: "INC-1"}, "a resolution is missing", true},
			{rehearsal.Lead, engine.AssignIncident{Incident: "INC-9", Owner: "m.silva"}, "is not known", true},
			{rehearsal.Lead, engine.AssignIncident{Incident: "INC-1", Owner: " m.silva\n"}, "m.silva has INC-1", false},
			{rehearsal.Lead, engine.LinkIncident{Incident: "INC-1", To: "R-99"}, "there is no server", true},
			{rehearsal.Lead, engine.LinkIncident{Incident: "INC-1", To: "CHG-1"}, "linked to CHG-1", false},
			{rehearsal.Lead, engine.LinkIncident{Incident: "INC-1", To: "CHG-1"}, "already", true},
			{rehearsal.Lead, engine.ResolveIncident{Incident: "INC-1", Resolution: "a cable"}, "resolved", false},
			{rehearsal.Lead, engine.ResolveIncident{Incident: "INC-1", Resolution: "again"}, "a cable", true},
			{rehearsal.Lead, engine.ReopenIncident{Incident: "INC-1"}, "a reason is needed", true},
			{rehearsal.Lead, engine.ReopenIncident{Incident: "INC-1", Reason: "not the cable"}, "open again", false},
			{rehearsal.Support, engine.OpenIncident{Title: "printing\x1b[2J fails", Links: []string{"CHG-1"}}, "INC-2 opened: printing[2J fails", false},
			{rehearsal.Watcher, engine.PreviewNotice{Kind: notice.Update, Release: release}, "Subject: Update notice", false},
			{rehearsal.Lead, engine.SendNotice{Kind: notice.HeadsUp, Release: release}, "--again", true},
			{rehearsal.Lead, engine.SendNotice{Kind: notice.HeadsUp, Release: release, Again: true}, "goes to 1 addressee", false},
			{rehearsal.Lead, engine.SendNotice{Kind: "gossip", Release: release}, "is not known: use", true},
			{rehearsal.Lead, engine.SendNotice{Kind: notice.Summary, Release: "2020-01"}, "is not known", true},
			{rehearsal.Lead, engine.CancelNotice{Notice: "N-1", Reason: "wrong list"}, "1 copy not sent", false},
			{rehearsal.Lead, engine.CancelNotice{Notice: "N-1", Reason: "wrong list"}, "no copy of N-1 waits", true},
			{rehearsal.Lead, engine.RetryNotice{Notice: "N-1", To: "nobody@example.com"}, "has no copy for", true},
			{rehearsal.Lead, engine.RetryNotice{Notice: "N-1", To: "security@example.com"}, "1 copy sent again", false},
		}
		for _, s := range steps {
			answer, err := e.Do(ctx, s.who, s.command)
			if (err != nil) != s.fails || !strings.Contains(answer+fmt.Sprint(err), s.says) {
				t.Errorf("%s %+v: %q %v, want %q", s.who.Name, s.command, answer, err, s.says)
			}
		}
		if i := incidentBy(t, e.View(), "INC-2"); i.Release != release || i.By != rehearsal.Support.Name {
			t.Errorf("%+v: want an incident of the release, by %s", i, rehearsal.Support.Name)
		}
		if !slices.ContainsFunc(e.View().Needs, func(need engine.Need) bool {
			return strings.Contains(need.Words, "wait for mail, which is not configured any more")
		}) {
			t.Errorf("nobody is told that copies have no way out: %v", e.View().Needs)
		}
		foldsToItsRecords(t, n.store)
	})
}
