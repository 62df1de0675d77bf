package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/procedure"
	"patchdeck/ui/uitest"
)

// Handbook 5: who has none of a command's roles is refused in one sentence that says which it needs and which the person has; the table of rights
// (RIGHTS.md) and the refusals agree for every command and every role.
func TestEveryCommandIsRefusedToWhomTheTableLeavesOut(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(*engine.View) bool { return true })
		for _, c := range engine.Commands() {
			roles := engine.RolesFor(c.Action())
			for _, r := range approval.Roles {
				actor := approval.Actor{Name: "kim", Roles: []approval.Role{r.Role}}
				_, err := e.Do(ctx, actor, c)
				var denied *approval.Denied
				var clash *approval.Conflict
				refused := errors.As(err, &denied) && !errors.As(err, &clash)
				switch {
				case !slices.Contains(roles, r.Role) && (!refused || !strings.HasPrefix(err.Error(), c.Action()+" needs ") || !strings.HasSuffix(err.Error(), "; you are: "+string(r.Role))):
					t.Errorf("%s by %s: %v", c.Action(), r.Role, err)
				case slices.Contains(roles, r.Role) && refused && !strings.Contains(err.Error(), "not yours"):
					t.Errorf("%s by %s, who may: %v", c.Action(), r.Role, err)
				case refused && strings.ContainsAny(err.Error(), "[]{}"):
					t.Errorf("%s by %s is refused with the words of a program: %v", c.Action(), r.Role, err)
				}
			}
		}
	})
}

// owned are the commands that one role may give for what is its own alone, once about that and once about what belongs to others.
func owned(own, foreign inventory.ServerID) map[string][2]engine.Command {
	return map[string][2]engine.Command{
		"inventory.window": {engine.MapWindow{Choices: []engine.WindowChoice{{Server: own, Window: "W1"}}},
			engine.MapWindow{Choices: []engine.WindowChoice{{Server: own, Window: "W1"}, {Server: foreign, Window: "W1"}}}},
		"rollout.complete": {engine.CompleteByHand{Rollout: "R-1", Servers: []inventory.ServerID{own}},
			engine.CompleteByHand{Rollout: "R-1", Servers: []inventory.ServerID{own, foreign}}},
		"rollout.request": {engine.RequestUpdate{Rollout: "R-1", Servers: []inventory.ServerID{own}},
			engine.RequestUpdate{Rollout: "R-1", Servers: []inventory.ServerID{own, foreign}}},
		"acceptance.record": {engine.RecordAcceptance{Change: "CHG-1", Application: "app-1", Result: pilot.Passed},
			engine.RecordAcceptance{Change: "CHG-1", Application: "app-2", Result: pilot.Passed}},
		"application.continuity": {engine.ArrangeContinuity{Application: "app-1"}, engine.ArrangeContinuity{Application: "app-2"}},
		"acceptance.plan":        {engine.WriteTestPlan{Application: "app-1"}, engine.WriteTestPlan{Application: "app-2"}},
	}
}

// Handbook 5: application support acts for its own applications, server administrators for their own servers; every other role of a command acts for all.
func TestWhatIsForOnesOwnIsRefusedForOthers(t *testing.T) {
	whileMapping(t, read, func(m mapping) {
		t := m.t
		samples := owned(m.id("SRV-0012"), m.id("SRV-0006"))
		for _, c := range engine.Commands() {
			limited, things, ok := engine.Ownership(c.Action())
			sample, given := samples[c.Action()]
			if ok != given {
				t.Errorf("%s: limited to one's own %v, and tried here %v", c.Action(), ok, given)
			}
			if !given {
				continue
			}
			for _, role := range engine.RolesFor(c.Action()) {
				actor := approval.Actor{Name: "kim", Roles: []approval.Role{role}, Applications: []string{"App-1"}, Owns: []string{"Team Payroll"}}
				for i, whose := range []string{"own", "foreign"} {
					_, err := m.e.Do(m.ctx, actor, sample[i])
					refused := err != nil && strings.Contains(err.Error(), "not yours")
					if want := i == 1 && role == limited; refused != want {
						t.Errorf("%s by %s about what is %s: %v", c.Action(), role, whose, err)
					}
					var denied *approval.Denied
					if refused && (!errors.As(err, &denied) || !strings.Contains(err.Error(), "for "+things+" only")) {
						t.Errorf("%s by %s: %v", c.Action(), role, err)
					}
				}
				both := actor
				both.Roles = append(slices.Clone(actor.Roles), approval.Lead)
				if _, err := m.e.Do(m.ctx, both, sample[1]); err != nil && strings.Contains(err.Error(), "not yours") {
					t.Errorf("%s by %v: %v", c.Action(), both.Roles, err)
				}
			}
		}
	})
}

// Handbook 8, preflight: a critical application names its continuity arrangement: its support does, in its own words, and a plan names those without.
func TestACriticalApplicationNamesItsContinuityArrangement(t *testing.T) {
	servers := enginetest.Servers(12)
	for i := range servers {
		if servers[i].Environment == inventory.Prod {
			servers[i].Value = "high"
		}
	}
	scenarioOf(t, servers, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Releases) > 0 })
		support := approval.Actor{Name: "sue", Roles: []approval.Role{approval.Support}, Applications: []string{"APP-1", "app-2", "app-3"}}
		arrange := func(application, words string) error {
			_, err := e.Do(ctx, support, engine.ArrangeContinuity{Application: application, Arrangement: words, Reason: "agreed"})
			return err
		}
		for application, words := range map[string]string{"APP-1": "by hand", "app-2": "the other site", "app-3": "none is needed at night"} {
			if err := arrange(application, words); err != nil {
				t.Fatal(err)
			}
		}
		var clash *approval.Conflict
		if err := arrange("app-1", "by hand"); !errors.As(err, &clash) || !strings.Contains(err.Error(), "sue said so already") {
			t.Errorf("twice: %v", err)
		}
		if err := arrange("app-3", ""); err != nil {
			t.Errorf("taken back: %v", err)
		}
		for application, words := range map[string]string{"app-9": "x", "app-1": strings.Repeat("x", 1001), "app-2": "a\nb"} {
			if err := arrange(application, words); err == nil {
				t.Errorf("%s: %.20q is taken", application, words)
			}
		}
		n.wait(ctx, e, func(v *engine.View) bool { return len(v.Changes) > 0 })
		found := fmt.Sprint(e.View().Changes[0].Plan.Findings)
		if !strings.Contains(found, "2 applications of high value without a continuity arrangement: app-0, app-3") {
			t.Errorf("the plan says %s", found)
		}
		foldsToItsRecords(t, n.store)
	})
}

// TestRightsAreDocumented compares RIGHTS.md with the tables that the engine decides by.
func TestRightsAreDocumented(t *testing.T) {
	var doc strings.Builder
	doc.WriteString("# Who may what\n\nWritten by `go test ./engine -run TestRightsAreDocumented -update` from the tables by which the engine decides; a test fails when it is stale.\n" +
		"A role with *(own servers)* or *(own applications)* behind it may give the command for what is the person's own alone: servers whose owner is the person's\n" +
		"name or one of `owns:` in the users file, applications that `applications:` there names. Whatever the roles, nobody decides on what they submitted.\n\n" +
		"## Roles\n| role | what it is for |\n|---|---|\n")
	for _, r := range approval.Roles {
		fmt.Fprintf(&doc, "| %s | %s |\n", r.Role, r.Meaning)
	}
	doc.WriteString("\n## Commands\nBy their names in the audit trail.\n\n| command | who |\n|---|---|\n")
	for _, c := range engine.Commands() {
		limited, things, _ := engine.Ownership(c.Action())
		var who []string
		for _, role := range engine.RolesFor(c.Action()) {
			word := string(role)
			if role == limited {
				word += " *(" + things + ")*"
			}
			who = append(who, word)
		}
		fmt.Fprintf(&doc, "| %s | %s |\n", c.Action(), strings.Join(who, ", "))
	}
	doc.WriteString("\n## Steps of a change request\n`change.decide`, by step and by where the request stands.\n\n| step | from | to | who | another person than who submitted and authorised |\n|---|---|---|---|---|\n")
	for _, s := range approval.Transitions {
		if s.By != approval.Machine {
			fmt.Fprintf(&doc, "| %s | %s | %s | %s | %s |\n", s.Step, s.From, s.To, s.By, map[bool]string{true: "yes", false: ""}[s.Others])
		}
	}
	doc.WriteString("\n## Tasks of the month\n`procedure.do`, `procedure.skip` and `procedure.reopen`, by whom a task belongs to.\n\n| task | belongs to | who may tick it |\n|---|---|---|\n")
	for _, task := range procedure.Tasks {
		fmt.Fprintf(&doc, "| %d. %s | %s | %s |\n", task.Number, task.Title, task.Who, strings.Join(approval.Actor{Roles: procedure.Parties[task.Who]}.RoleNames(), ", "))
	}
	uitest.Kept(t, "RIGHTS.md", doc.String())
}

// Handbook 4 and 9: releases, incidents and actions are owned by somebody of the users file; who is not there is asked about with those who were perhaps meant.
func TestOwnersStandInTheUsersFile(t *testing.T) {
	people := []approval.Person{{Name: "m.silva"}, {Name: "m.silvas"}, {Name: "k.osei"}, {Name: "ann"}}
	for name, want := range map[string]string{"M.Silva": "m.silva", "ann": "ann"} {
		if got, err := approval.Named(people, name); err != nil || got != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	for name, want := range map[string]string{
		"m.sliva":                  `nobody "m.sliva": did you mean m.silva?`,
		"silva":                    "did you mean m.silva, m.silvas?",
		"kosei":                    "did you mean k.osei?",
		"zz":                       "it names ann, k.osei, m.silva, m.silvas",
		strings.Repeat("x", 5_000): "it names ann",
	} {
		if _, err := approval.Named(people, name); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 200 {
			t.Errorf("%.20s: %v, want %s", name, err, want)
		}
	}
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		n.people = func() []approval.Person { return people }
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Releases) > 0 })
		lead := approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}
		own := func(who string) error {
			_, err := e.Do(ctx, lead, engine.OwnRelease{Release: e.View().Releases[0].ID, Owner: who, Reason: "holiday"})
			return err
		}
		if err := own("m.slva"); err == nil || !strings.Contains(err.Error(), "did you mean m.silva") {
			t.Errorf("an unknown owner: %v", err)
		}
		if err := own("M.SILVA"); err != nil || e.View().Releases[0].Owner != "m.silva" {
			t.Errorf("a known owner: %v; it is %q", err, e.View().Releases[0].Owner)
		}
		if _, err := e.Do(ctx, lead, engine.OpenIncident{Title: "printing stopped"}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Do(ctx, lead, engine.AssignIncident{Incident: "INC-1", Owner: "anne"}); err == nil || !strings.Contains(err.Error(), "did you mean ann?") {
			t.Errorf("an incident for nobody: %v", err)
		}
		if got := enginetest.Actions(t, n.store)["release.owned"]; got != 1 {
			t.Errorf("%d owners stand in the trail", got)
		}
	})
}

// Handbook 2, baselines: who stamps a baseline before there is one is told how to make one, not that there are [].
func TestABaselineThatIsMissingSaysHowToMakeOne(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Servers) > 0 })
		_, err := e.Do(ctx, approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}, engine.StampBaseline{Baseline: "2026Q4", Reason: "quarterly"})
		if err == nil || strings.Contains(err.Error(), "[]") || !strings.Contains(err.Error(), "patchdeck baseline make") {
			t.Errorf("it says %v", err)
		}
	})
}
