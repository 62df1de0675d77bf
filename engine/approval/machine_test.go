package approval

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// people with every mix of roles that could tempt: one person alone with all of them, pairs, and single roles.
var people = []Actor{
	person("lea", Lead, Authority, Board), person("arun", Authority, Board), person("bea", Board), person("ann", Authority),
	person("sam", Support), person("sec", Security, Lead), person("tom", TechnologyOwner), person("vic", Viewer), person("engine", Machine),
}

// committee plays a change request with random people, and holds every invariant after each thing that they try.
type committee struct {
	change Change
	now    time.Time
}

func (c *committee) try(t *rapid.T, what string, step func() (Change, error)) {
	before := c.change
	after, err := step()
	if err != nil {
		if !reflect.DeepEqual(before, c.change) || !reflect.DeepEqual(after, before) {
			t.Fatalf("%s was refused (%v) and changed the request to %+v", what, err, after)
		}
		return
	}
	if after.Rev != before.Rev+1 {
		t.Fatalf("%s: revision %d after %d", what, after.Rev, before.Rev)
	}
	if after.State != before.State && !slices.ContainsFunc(Transitions, func(tr Transition) bool { return tr.From == before.State && tr.To == after.State }) && what != "assess" {
		t.Fatalf("%s: %s -> %s is not in the table", what, before.State, after.State)
	}
	if after.Unlocks(false) && !before.Unlocks(false) && before.Held == nil && len(after.OpenObjections()) > 0 {
		t.Fatalf("%s unlocked Prod over an open objection", what)
	}
	c.change = after
}

func (c *committee) check(t *rapid.T) {
	x := c.change
	signed := []string{x.Submitted.By}
	for _, s := range []*Signature{x.Authority, x.Board} {
		if s != nil {
			signed = append(signed, s.By)
		}
	}
	slices.Sort(signed)
	if len(slices.Compact(slices.Clone(signed))) != len(signed) {
		t.Fatalf("%v: one person signed twice", signed)
	}
	switch {
	case x.State == Approved && (x.Authority == nil || x.Board == nil):
		t.Fatal("approved without two others")
	case x.Unlocks(false) && x.State != Approved && x.Priority != Emergency:
		t.Fatalf("%s %s unlocks Prod without the board", x.Priority, x.State)
	case x.State.Ended() && (x.Unlocks(true) || x.Held != nil):
		t.Fatalf("%s unlocks something, or is held back", x.State)
	case x.Held != nil && x.Unlocks(true):
		t.Fatal("a held change lets a server start")
	}
	for _, o := range x.Objections {
		if (o.State == Open) != (o.Closed == nil) || o.Closed != nil && o.Closed.By == o.By {
			t.Fatalf("objection %+v", o)
		}
	}
	if term := x.Priority.Term(); !x.Deadline.Equal(term.Due.From(x.Submitted.At)) || !x.Latest.Equal(term.Latest.From(x.Submitted.At)) {
		t.Fatalf("%s is due %s, at the latest %s", x.Priority, x.Deadline, x.Latest)
	}
}

// Handbook 4, "Two approvals": whatever people try in whatever order, nobody decides alone, no objection is passed over, and a refusal
// changes nothing.
func TestNobodyGetsAChangeThroughAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		priority := rapid.SampledFrom(Terms).Draw(t, "priority").Priority
		submitter := rapid.SampledFrom(people[:3]).Draw(t, "submitter")
		c := &committee{now: now, change: Change{ID: "CHG-1", Release: "r", State: Submitted, PlanHash: "a1b2", Rev: 1, Submitted: Signature{By: submitter.Name, At: now}}.WithPriority(priority)}
		emergency := Change{ID: "CHG-2", State: Authorised, Priority: Emergency}
		who := rapid.SampledFrom(people)
		steps := []string{"authorise", "approve", "reject", "ask", "withdraw", "void", "supersede", "complete", "bless"}
		t.Repeat(map[string]func(*rapid.T){
			"": c.check,
			"step": func(t *rapid.T) {
				step, actor := rapid.SampledFrom(steps).Draw(t, "step"), who.Draw(t, "who")
				plan := rapid.SampledFrom([]string{"a1b2", "ffff", ""}).Draw(t, "plan")
				c.try(t, step, func() (Change, error) { return c.change.Step(step, actor, plan, "why", c.now) })
			},
			"object": func(t *rapid.T) {
				actor := who.Draw(t, "who")
				c.try(t, "object", func() (Change, error) { return c.change.Object(actor, "breaks", c.now) })
			},
			"settle": func(t *rapid.T) {
				actor, n := who.Draw(t, "who"), rapid.IntRange(0, 3).Draw(t, "number")
				state := rapid.SampledFrom([]ObjectionState{Answered, Overruled, Open, "lost"}).Draw(t, "state")
				c.try(t, "settle", func() (Change, error) { return c.change.Settle(n, state, actor, "no", c.now) })
			},
			"assess": func(t *rapid.T) {
				p, actor := rapid.SampledFrom(Terms).Draw(t, "to").Priority, who.Draw(t, "who")
				c.try(t, "assess", func() (Change, error) {
					after, _, err := c.change.Assess(Assessment{Priority: p, By: actor.Name, At: c.now})
					return after, err
				})
			},
			"preempt": func(t *rapid.T) {
				c.try(t, "preempt", func() (Change, error) { return c.change.Preempt(emergency, who.Draw(t, "who"), "worm", c.now) })
			},
			"unhold": func(t *rapid.T) { c.try(t, "unhold", func() (Change, error) { return c.change.Unhold() }) },
		})
	})
}

func TestEveryStateIsReachedAndTheLastOnesAreFinal(t *testing.T) {
	reached := map[State]bool{Submitted: true}
	for range Transitions {
		for _, tr := range Transitions {
			reached[tr.To] = reached[tr.To] || reached[tr.From]
		}
	}
	for _, s := range []State{Submitted, Authorised, Approved, Returned, Rejected, Withdrawn, Void, Superseded, Completed} {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
	}
	for _, final := range []State{Rejected, Withdrawn, Superseded, Completed} {
		if slices.ContainsFunc(Transitions, func(tr Transition) bool { return tr.From == final }) {
			t.Errorf("something leads out of %s", final)
		}
	}
	for _, tr := range Transitions {
		if tr.Awaited && len(tr.From.Awaits()) == 0 {
			t.Errorf("%s waits for nothing", tr.From)
		}
	}
}

// The tables in the documentation are those of the code.
func TestTheDocumentationHoldsTheTables(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, tr := range Transitions {
		lines = append(lines, fmt.Sprintf("%-14s %-10s %-13s %-9s %s", tr.From, tr.Step, tr.To, tr.By, tr.Meaning))
	}
	for _, s := range EscalationSteps {
		lines = append(lines, s.String())
	}
	for _, g := range Gates {
		lines = append(lines, g.String())
	}
	for _, term := range Terms {
		lines = append(lines, fmt.Sprintf("%-9s %s", term.Priority, term.Words))
	}
	for _, line := range lines {
		if !strings.Contains(string(text), "//\t"+line+"\n") {
			t.Errorf("doc.go lacks the line\n//\t%s", line)
		}
	}
}

// Two people act on one change request: the second is told what changed, and by whom.
func TestTheSecondIsToldWhatChanged(t *testing.T) {
	first, err := submitted(High).Step("authorise", person("arun", Authority), "a1b2", "reviewed", now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = first.Step("authorise", person("ann", Authority), "a1b2", "reviewed", now)
	var clash *Conflict
	if !errors.As(err, &clash) || !strings.Contains(err.Error(), "authorised by arun") {
		t.Errorf("the second authority reads %v", err)
	}
	objected, _ := first.Object(person("sec", Security), "no backup", now)
	answered, err := objected.Settle(1, Answered, person("lea", Lead), "there is one", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := answered.Settle(1, Overruled, person("bea", Board), "no", now); !errors.As(err, &clash) || !strings.Contains(err.Error(), "answered by lea already: there is one") {
		t.Errorf("the second to settle an objection reads %v", err)
	}
}
