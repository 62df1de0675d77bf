package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

func TestEveryStatusIsCountedOnce(t *testing.T) {
	if len(CountOrder) != len(rollout.Statuses) {
		t.Errorf("%d statuses are counted, there are %d", len(CountOrder), len(rollout.Statuses))
	}
	for _, s := range rollout.Statuses {
		if !slices.Contains(CountOrder, s.Delivery) {
			t.Errorf("%s is not counted: the counts would not add up", s.Delivery)
		}
	}
	targetedFirst := slices.IndexFunc(CountOrder, func(d rollout.Delivery) bool { return !d.Status().Targeted })
	for _, d := range CountOrder[targetedFirst:] {
		if d.Status().Targeted {
			t.Errorf("%s comes after what is not counted", d)
		}
	}
}

func TestTheSharesOfABarAreTheTargetedServers(t *testing.T) {
	theme := part.Theme{}
	view := uitest.Night(300)
	for _, r := range view.Rollouts {
		total := 0
		for _, s := range Shares(&theme, r.Counts) {
			total += s.Count
		}
		if total != r.Counts.Targeted() {
			t.Errorf("%s: shares of %d servers, targeted are %d", r.ID, total, r.Counts.Targeted())
		}
	}
}

func TestTheLiveRolloutIsTheOneWithAnOpenWindow(t *testing.T) {
	at := uitest.At
	open := engine.WindowView{Window: rollout.Window{Opens: at.Add(-time.Hour), Closes: at.Add(time.Hour)}}
	later := engine.WindowView{Window: rollout.Window{Opens: at.Add(time.Hour), Closes: at.Add(2 * time.Hour)}}
	held := func(state rollout.State, w engine.WindowView) engine.RolloutView {
		return engine.RolloutView{Rollout: rollout.Rollout{State: state}, Windows: []engine.WindowView{w}}
	}
	cases := []struct {
		name     string
		rollouts []engine.RolloutView
		want     int
	}{
		{"none", nil, -1},
		{"open before later", []engine.RolloutView{held(rollout.Active, open), held(rollout.Active, later)}, 0},
		{"halted counts as open", []engine.RolloutView{held(rollout.Halted, open), held(rollout.Closed, open)}, 0},
		{"the newest of equals", []engine.RolloutView{held(rollout.Active, open), held(rollout.Paused, open)}, 1},
		{"all closed: the newest", []engine.RolloutView{held(rollout.Closed, open), held(rollout.Closed, later)}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Live(&engine.View{At: at, Rollouts: c.rollouts}); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestStandingsFollowCellsThatMove(t *testing.T) {
	view := uitest.Night(120)
	var s Standings
	s.Take(view)
	words := func() (list []string) {
		for i := range view.Servers {
			list = append(list, s.Of(i).Words)
		}
		return list
	}
	before := words()
	moved := *view
	moved.Rollouts = slices.Clone(view.Rollouts)
	moved.Rollouts[2].Cells = slices.Clone(view.Rollouts[2].Cells)
	slices.Reverse(moved.Rollouts[2].Cells)
	view = &moved
	s.Take(view)
	if after := words(); !slices.Equal(before, after) {
		t.Error("servers stand elsewhere after their cells moved")
	}
}

func TestANewerScanWinsOverAnOlderRollout(t *testing.T) {
	at := uitest.At
	view := &engine.View{At: at,
		Servers:  []inventory.Server{{ID: "s1", Facts: &inventory.Facts{}, Scan: &inventory.Scan{At: at, Offered: []inventory.Offer{{KB: "KB1"}}}}},
		Rollouts: []engine.RolloutView{{Cells: []engine.Cell{{Server: "s1", Compliance: rollout.Compliant, Since: at.Add(-time.Hour)}}}}}
	var s Standings
	s.Take(view)
	if got := s.Of(0).Compliance; got != rollout.Missing {
		t.Errorf("after a newer scan it is %s", got)
	}
	view.Rollouts[0].Cells[0].Since = at.Add(time.Hour)
	if got := s.Of(0).Compliance; got != rollout.Compliant {
		t.Errorf("after a newer rollout it is %s", got)
	}
}

func FuzzFilterFindsWhatContainsFinds(f *testing.F) {
	f.Add("DUB-SQL-014", "sql")
	f.Add("Zürich", "ZÜRICH")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, text, word string) {
		lower := strings.ToLower(word)
		if got, want := ContainsFold(text, lower), strings.Contains(strings.ToLower(text), lower); got != want {
			t.Errorf("%q in %q: %v, want %v", lower, text, got, want)
		}
	})
}

func TestAPickerKeepsWhatAPersonPicked(t *testing.T) {
	ids := []string{"R-1", "R-2", "R-3"}
	id := func(i int) string { return ids[i] }
	var p Picker
	p.Set(3, id, 2)
	if p.At() != 2 {
		t.Errorf("it shows %d, not the proposed one", p.At())
	}
	p.Pick("R-2")
	ids = []string{"R-0", "R-1", "R-2", "R-3", "R-4"}
	p.Set(5, id, 4)
	if p.At() != 2 {
		t.Errorf("it shows %s, picked was R-2", ids[p.At()])
	}
	ids = []string{"R-4"}
	p.Set(1, id, 0)
	if p.At() != 0 {
		t.Error("what was picked is gone, and nothing else is shown")
	}
}

func TestCommandsStopAtTheFirstThatIsRefused(t *testing.T) {
	console := uitest.NewConsole(uitest.Night(40))
	lead := approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}
	d := Desk{Actor: lead, Console: refuseSecond{console}, Current: console.View()}
	message := d.Do(engine.Skip{Rollout: "R-1"}, engine.Skip{Rollout: "R-2"}, engine.Skip{Rollout: "R-3"})()
	answered, ok := message.(Answered)
	if !ok || answered.Err == nil || !strings.Contains(answered.Err.Error(), "1 of 3 done, then: no") {
		t.Errorf("got %+v", message)
	}
	if given := console.Given(); len(given) != 1 {
		t.Errorf("%d commands were done, want 1", len(given))
	}
}

// refuseSecond refuses what is about R-2.
type refuseSecond struct{ *uitest.Console }

func (r refuseSecond) Do(ctx context.Context, actor approval.Actor, c engine.Command) (string, error) {
	if skip, ok := c.(engine.Skip); ok && skip.Rollout == "R-2" {
		return "", fmt.Errorf("no")
	}
	return r.Console.Do(ctx, actor, c)
}
