package approval

import (
	"errors"
	"testing"
	"time"

	"patchdeck/engine/catalog"
)

func person(name string, roles ...Role) Actor { return Actor{Name: name, Roles: roles} }

func submitted(p Priority) Change {
	return Change{ID: "CHG-1", Release: "2026-11-security", State: Submitted, Priority: p, PlanHash: "a1b2", Submitted: Signature{By: "lea"}}
}

var now = time.Date(2026, 11, 10, 18, 0, 0, 0, time.UTC)

func TestTwoOtherPeopleDecide(t *testing.T) {
	authorised, err := submitted(High).Step("authorise", person("arun", Authority), "a1b2", "reviewed", now)
	if err != nil {
		t.Fatal(err)
	}
	approved, err := authorised.Step("approve", person("bea", Board), "a1b2", "pilot is fine", now)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		change Change
		step   string
		who    Actor
		plan   string
		clash  bool // it is the state that forbids it, not the person
	}{
		{"the submitter authorises", submitted(High), "authorise", person("lea", Lead, Authority), "a1b2", false},
		{"the submitter approves", authorised, "approve", person("lea", Lead, Board), "a1b2", false},
		{"the authority approves as well", authorised, "approve", person("arun", Authority, Board), "a1b2", false},
		{"without the role", submitted(High), "authorise", person("vic", Viewer), "a1b2", false},
		{"the board before the authority", submitted(High), "approve", person("bea", Board), "a1b2", true},
		{"another plan than the one that was read", submitted(High), "authorise", person("arun", Authority), "ffff", true},
		{"twice", approved, "approve", person("bo", Board), "a1b2", true},
		{"an unknown step", submitted(High), "bless", person("arun", Authority), "a1b2", true},
		{"rejecting what is approved", approved, "reject", person("bea", Board), "a1b2", true},
	}
	for _, c := range cases {
		after, err := c.change.Step(c.step, c.who, c.plan, "reason", now)
		var denied *Denied
		if !errors.As(err, &denied) {
			t.Errorf("%s: error %v, want a refusal", c.name, err)
		}
		var clash *Conflict
		if errors.As(err, &clash) != c.clash {
			t.Errorf("%s: error %v is a conflict: %v", c.name, err, !c.clash)
		}
		if after.State != c.change.State || after.Rev != c.change.Rev {
			t.Errorf("%s: a refusal changed the request to %+v", c.name, after)
		}
	}
}

func TestEachApprovalUnlocksItsRings(t *testing.T) {
	cases := []struct {
		state       State
		priority    Priority
		pilot, rest bool
	}{
		{Submitted, High, false, false},
		{Authorised, High, true, false},
		{Authorised, Emergency, true, true},
		{Approved, High, true, true},
		{Rejected, Emergency, false, false},
		{Void, High, false, false},
	}
	for _, c := range cases {
		change := Change{State: c.state, Priority: c.priority}
		if change.Unlocks(true) != c.pilot || change.Unlocks(false) != c.rest {
			t.Errorf("%s %s unlocks pilot %v and the rest %v", c.priority, c.state, change.Unlocks(true), change.Unlocks(false))
		}
	}
}

func TestTheBoardConfirmsAnEmergencyWithinADay(t *testing.T) {
	c, err := submitted(Emergency).Step("authorise", person("arun", Authority), "a1b2", "exploited here", now)
	if err != nil {
		t.Fatal(err)
	}
	if c.ConfirmationOverdue(now.Add(24*time.Hour)) || !c.ConfirmationOverdue(now.Add(24*time.Hour+time.Second)) {
		t.Errorf("confirmation is due at %s", c.ConfirmBy)
	}
	c, err = c.Step("approve", person("bea", Board), "a1b2", "confirmed", now.Add(30*time.Hour))
	if err != nil || c.ConfirmationOverdue(now.Add(48*time.Hour)) {
		t.Errorf("after the confirmation: %v, overdue %v", err, c.ConfirmationOverdue(now.Add(48*time.Hour)))
	}
}

func TestExcludingAndDroppingKeepWhatWasBefore(t *testing.T) {
	c := submitted(High)
	after, err := c.Exclude("s00001", Amendment{By: "lea", Reason: "vendor case"})
	if err != nil || len(c.Exclusions) != 0 || len(after.Exclusions) != 1 || after.State != c.State {
		t.Errorf("exclusion: %v, before %v, after %v", err, c.Exclusions, after.Exclusions)
	}
	if _, err := after.Exclude("s00001", Amendment{}); err == nil {
		t.Error("a server was excluded twice")
	}
	r := Release{ID: "r", Updates: []ReleaseUpdate{{KB: "KB1", Severity: catalog.Critical, Exploited: true}, {KB: "KB2", Severity: catalog.Important}}}
	less, err := r.Drop("KB1", Amendment{By: "lea"})
	if worst, exploited := less.Worst(); err != nil || worst != catalog.Important || exploited {
		t.Errorf("after the drop: %v, worst %v", err, worst)
	}
	if r.Updates[0].Dropped != nil {
		t.Error("dropping changed the release of before")
	}
	if _, err := less.Drop("KB1", Amendment{}); err == nil {
		t.Error("an update was dropped twice")
	}
	if _, err := r.Drop("KB9", Amendment{}); err == nil {
		t.Error("an update that is not there was dropped")
	}
}

func TestRolesReadAsTheUsersFileWritesThem(t *testing.T) {
	for _, r := range Roles {
		if got, err := ParseRole(string(r.Role)); err != nil || got != r.Role {
			t.Errorf("%s: %v, %v", r.Role, got, err)
		}
	}
	for _, bad := range []string{"", "engine", "root", "Lead"} {
		if _, err := ParseRole(bad); err == nil {
			t.Errorf("role %q was accepted", bad)
		}
	}
}
