package procedure

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/rollout"
)

func begun(b Basis) Cycle {
	return Cycle{ID: "2026-11", Month: "2026-11"}.Plan(b, "", b.Began)
}

func stateOf(c Cycle, task int, now time.Time) State {
	s, _ := c.State(task, now)
	return s
}

func TestATaskWaitsOpensAndFallsOverdue(t *testing.T) {
	b := november(t, "UTC")
	c := begun(b)
	due := b.DayZero.Add(-5).At(calendar.ClockAt(14, 0), b.Zone) // of task 4
	for _, s := range []struct {
		at   time.Time
		want State
	}{{due.Add(-2 * time.Hour), Waiting}, {due.Add(-time.Hour), Open}, {due, Open}, {due.Add(time.Second), Overdue}} {
		if got := stateOf(c, 4, s.at); got != s.want {
			t.Errorf("at %s task 4 is %s, want %s", s.at, got, s.want)
		}
	}
	line := c.Lines(due.Add(time.Hour))[3]
	if line.ToDo == "" || line.Told != "the secondary of the lead" {
		t.Errorf("overdue, the line says %q and tells %q", line.ToDo, line.Told)
	}
	if late := c.Late(due.Add(time.Hour)); !slices.Equal(late, []int{1, 2, 3, 4}) {
		t.Errorf("late tasks %v", late)
	}
	told := c.Tell(c.Late(due.Add(time.Hour)), due.Add(time.Hour))
	if late := told.Late(due.Add(2 * time.Hour)); len(late) != 0 {
		t.Errorf("told already, and late again: %v", late)
	}
	if c.Turn(due.Add(-2*time.Hour)).After(due.Add(-time.Hour)) || !c.Turn(due).Equal(due.Add(pastDue)) {
		t.Errorf("states turn at %s and %s", c.Turn(due.Add(-2*time.Hour)), c.Turn(due))
	}
}

func TestATickIsDoneOnceAndCanBeUndone(t *testing.T) {
	b := november(t, "UTC")
	c := begun(b)
	now := b.Began.Add(time.Hour)
	tick, err := c.Decide(1, Tick{By: "lea", At: now, Note: "four updates, one critical"})
	if err != nil {
		t.Fatal(err)
	}
	done := c.Tick(1, tick)
	if stateOf(done, 1, now) != Done || stateOf(c, 1, now) != Waiting && stateOf(c, 1, now) != Open || done.Lines(now)[0].Evidence() != "four updates, one critical" {
		t.Errorf("after the tick %s, the cycle of before %s", stateOf(done, 1, now), stateOf(c, 1, now))
	}
	var clash *approval.Conflict
	if _, err := done.Decide(1, Tick{By: "ada", At: now}); !errors.As(err, &clash) {
		t.Errorf("a second tick: %v, want to be told of the first", err)
	}
	if err := done.CanReopen(1); err != nil {
		t.Error(err)
	}
	if err := c.CanReopen(1); !errors.As(err, &clash) {
		t.Errorf("reopening what has no tick: %v", err)
	}
	again := done.Reopen(1)
	if stateOf(again, 1, now).Finished() || slices.Contains(again.Left(), 1) || !slices.Contains(c.Left(), 1) {
		t.Error("after it was reopened, the engine must leave the task to people")
	}
	if stateOf(done, 1, now) != Done {
		t.Error("reopening changed the cycle of before")
	}
}

func TestARepeatingTaskIsTickedOnceATime(t *testing.T) {
	b := november(t, "UTC")
	b.Windows = fourDays(b)
	c := begun(b)
	third := c.entry(28).Due[2]
	tick, _ := c.Decide(28, Tick{By: "ada", At: third.Add(-time.Hour), Note: "status"})
	if tick.Through != 2 {
		t.Errorf("a report on the third day answers %d times, want the two that passed", tick.Through)
	}
	c = c.Tick(28, tick)
	if s, due := c.State(28, third.Add(-time.Hour)); s != Open || !due.Equal(third) {
		t.Errorf("then it is %s until %s", s, due)
	}
	skip, _ := c.Decide(28, Tick{By: "ada", At: third, Skipped: true, Note: "nothing moves"})
	if c = c.Tick(28, skip); stateOf(c, 28, third) != Skipped {
		t.Errorf("skipped for good, it is %s", stateOf(c, 28, third))
	}
}

// The lead's own 23-line checklist: tasks 1+2, 3, 4, 6, 7, 5, 8, 9, 10+11, 12, 13, 14+15, 16 to 21, 23, 24, 25, 27, 29, each with its result.
func TestTheChecklistHas23Lines(t *testing.T) {
	b := november(t, "UTC")
	now := b.DayZero.At(0, b.Zone)
	c := begun(b)
	tick, _ := c.Decide(1, Tick{By: "lea", At: now, Note: "four updates"})
	c = c.Tick(1, tick)
	lines := c.Checklist(now)
	if len(lines) != 23 {
		t.Fatalf("%d lines", len(lines))
	}
	var tasks [][]int
	for i, l := range lines {
		if l.Line != i+1 || l.Title == "" || l.State == "" || l.Due.IsZero() {
			t.Errorf("line %+v", l)
		}
		tasks = append(tasks, l.Tasks)
	}
	want := [][]int{{1, 2}, {3}, {4}, {6}, {7}, {5}, {8}, {9}, {10, 11}, {12}, {13}, {14, 15}, {16}, {17}, {18}, {19}, {20}, {21}, {23}, {24}, {25}, {27}, {29}}
	if !reflect.DeepEqual(tasks, want) {
		t.Errorf("the lines hold %v", tasks)
	}
	if lines[0].Result != "four updates" || lines[0].State != Overdue || lines[8].State != Waiting {
		t.Errorf("line 1 %+v (2 is still overdue), line 9 %+v", lines[0], lines[8])
	}
}

func TestTheGanttHasABarForEachWindowAndTask(t *testing.T) {
	b := november(t, "UTC")
	b.Windows = fourDays(b)
	c := begun(b)
	now := b.DayZero.Add(5).At(calendar.ClockAt(1, 0), b.Zone)
	g := c.Gantt(now)
	if len(g.Bars) != 25+31 || !g.Now.Equal(now) {
		t.Fatalf("%d bars", len(g.Bars))
	}
	if w := g.Bars[0]; w.Window != "W1" || w.Progress != 25 || w.State != Open {
		t.Errorf("an hour into the first of four: %+v", w)
	}
	for _, bar := range g.Bars {
		if bar.To.Before(bar.From) || bar.From.Before(g.From) || bar.To.After(g.To) || bar.Progress < 0 || bar.Progress > 100 {
			t.Errorf("bar %+v outside %s to %s", bar, g.From, g.To)
		}
	}
}

func TestTheAgendaKeepsItsNamesWhenItMoves(t *testing.T) {
	b := november(t, "UTC")
	b.Windows = fourDays(b)[:1]
	one := begun(b)
	b.Windows = fourDays(b)
	all := one.Plan(b, "CHG-1", b.Began)
	names := map[string]bool{}
	for _, a := range all.Agenda() {
		if names[a.UID] {
			t.Errorf("two appointments are called %s", a.UID)
		}
		names[a.UID] = true
		if a.To.Before(a.From) || a.Title == "" {
			t.Errorf("appointment %+v", a)
		}
	}
	for _, a := range one.Agenda() {
		if !names[a.UID] {
			t.Errorf("%s is gone after the windows moved", a.UID)
		}
	}
}

func TestMovedWindowsTellOfADeadlineAnew(t *testing.T) {
	b := november(t, "UTC")
	b.Windows = fourDays(b)[:1]
	c := begun(b)
	now := b.Windows[0].Opens.Add(time.Hour)
	c = c.Tell(c.Late(now), now)
	moved := slices.Clone(b.Windows)
	moved[0].Opens, moved[0].Closes = moved[0].Opens.Add(48*time.Hour), moved[0].Closes.Add(48*time.Hour)
	b.Windows = moved
	c = c.Plan(b, "CHG-2", now)
	if stateOf(c, 26, now) == Overdue {
		t.Error("26 is overdue although its window moved")
	}
	if late := c.Late(moved[0].Opens.Add(time.Minute)); !slices.Contains(late, 26) {
		t.Errorf("past the moved opening, late are %v", late)
	}
}

func TestTheSummaryAndTheNextDeadline(t *testing.T) {
	b := november(t, "UTC")
	c := begun(b)
	now := b.DayZero.Add(-5).At(calendar.ClockAt(12, 30), b.Zone)
	tick, _ := c.Decide(1, Tick{By: "lea", At: now, Note: "four"})
	s := c.Tick(1, tick).Summary(now)
	if s.Done != 1 || s.Overdue != 1 || s.Tasks != 31 || s.Title != "November 2026" || s.Next == nil || s.Next.Task != 3 {
		t.Errorf("summary %+v", s)
	}
}

// machine plays people, time, the engine and moving windows on one task.
func TestEveryStepOfATaskIsInTheTable(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		b := drawBasis(t)
		c := begun(b)
		now := b.Began
		task := rapid.IntRange(1, len(Tasks)).Draw(t, "task")
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			before := stateOf(c, task, now)
			by := rapid.SampledFrom([]string{"time", "engine", "done", "skip", "reopen", "windows"}).Draw(t, "by")
			who := by
			switch by {
			case "time":
				turn := c.Turn(now)
				if turn.IsZero() {
					continue
				}
				now = turn
			case "engine", "done", "skip":
				tick, err := c.Decide(task, Tick{By: "x", At: now, Note: "n", Seen: by == "engine", Skipped: by == "skip"})
				if err != nil {
					if !before.Finished() {
						t.Fatalf("task %d is %s: %v", task, before, err)
					}
					continue
				}
				c = c.Tick(task, tick)
			case "reopen":
				if c.CanReopen(task) != nil {
					continue
				}
				c = c.Reopen(task)
			case "windows":
				began := b.Began
				b = drawBasis(t)
				b.Began = began
				c = c.Plan(b, "CHG", now)
			}
			if by == "done" || by == "skip" || by == "reopen" {
				who = "person"
			}
			after := stateOf(c, task, now)
			if !Allowed(before, after, who) && !(who == "time" && passes(before, after)) {
				t.Fatalf("task %d: %s -> %s by %s is not in the table", task, before, after, who)
			}
			seen[fmt.Sprint(before, after, who)] = true
		}
		text, err := json.Marshal(c)
		var back Cycle
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if again, _ := json.Marshal(back); err != nil || string(again) != string(text) {
			t.Fatalf("a cycle does not survive its record: %v", err)
		}
	})
	if len(seen) < 12 {
		t.Errorf("only %d different steps were played", len(seen))
	}
}

// passes tells that time walked over the open state at once.
func passes(from, to State) bool { return from == Waiting && to == Overdue }

func TestTheTableOfStatesAgreesWithItself(t *testing.T) {
	in, out := map[State]bool{Waiting: true}, map[State]bool{}
	for _, tr := range Transitions {
		in[tr.To], out[tr.From] = true, true
		if tr.Meaning == "" || tr.By == "person" && tr.Step == "" {
			t.Errorf("%s -> %s does not say what it means or how it is called", tr.From, tr.To)
		}
		if tr.From.Finished() && tr.By != "person" && tr.By != "windows" {
			t.Errorf("%s is finished, and %s leads on to %s", tr.From, tr.By, tr.To)
		}
	}
	for _, s := range []State{Waiting, Open, Overdue, Done, Skipped} {
		if !in[s] || !out[s] {
			t.Errorf("%s: nothing leads in or out", s)
		}
	}
}

func TestWhoMayTick(t *testing.T) {
	for party, roles := range Parties {
		if len(roles) == 0 || party.Secondary() == "" || !party.May(approval.Actor{Roles: []approval.Role{approval.Lead}}) {
			t.Errorf("%s: roles %v, overdue work goes to %q; the lead may tick every task", party, roles, party.Secondary())
		}
		if party.May(approval.Actor{Roles: []approval.Role{approval.Viewer}}) {
			t.Errorf("a viewer may tick tasks of the %s", party)
		}
	}
	if Support.May(approval.Actor{Roles: []approval.Role{approval.Security}}) {
		t.Error("security ticks the tasks of application support")
	}
}

func TestAWindowOfACycleIsThePlans(t *testing.T) {
	w := rollout.Window{ID: "W1", Ring: rollout.Prod, Opens: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC), Closes: time.Date(2026, 11, 15, 4, 0, 0, 0, time.UTC)}
	b := november(t, "UTC")
	b.Windows = []rollout.Window{w}
	for _, a := range begun(b).Agenda() {
		if a.Kind == WindowKind && (a.Window != "W1" || !a.From.Equal(w.Opens) || !a.To.Equal(w.Closes)) {
			t.Errorf("appointment %+v", a)
		}
	}
}
