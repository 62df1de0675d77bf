package screen

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/uitest"
)

// A person reads in the pane how far the job on the server is (handbook 8: the host's own words), and nobody asks a host while the cursor moves.
func TestThePaneFollowsTheLogOfTheServerUnderTheCursor(t *testing.T) {
	s := open(t, night(), lead, mono, 200, 50)
	s.press(onRollout, "n", "n")
	if strings.Contains(s.frame(), "content is there already") {
		t.Error("the host was asked before the cursor came to rest")
	}
	s.show(night())
	s.show(night())
	for _, want := range []string{"Job install", "downloading 20 % KB5072033 conte", "installing 55 %"} {
		if !strings.Contains(s.frame(), want) {
			t.Errorf("the pane lacks %q\n%s", want, s.frame())
		}
	}
	guest := open(t, night(), viewer, mono, 200, 50)
	guest.press(onRollout, "n", "n")
	guest.show(night())
	guest.show(night())
	if strings.Contains(guest.frame(), "Job install") {
		t.Error("a viewer had a server asked")
	}
}

// Handbook 8: trouble is found at a glance. The order is made once, and rows stay under the cursor while the night goes on.
func TestTheTableIsOrderedWhenAskedAndNotByItself(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onRollout, "v", "o", "o") // by status
	first := tableNames(s)
	if len(first) < 5 {
		t.Fatalf("too few rows:\n%s", s.frame())
	}
	r := &view.Rollouts[2]
	if c := cellNamed(r.Cells, first[0]); c == nil || c.Delivery != rollout.Failed {
		t.Errorf("%s stands first, and is not in trouble", first[0])
	}
	next := night()
	next.Generation++
	for i := range next.Rollouts[2].Cells {
		if c := &next.Rollouts[2].Cells[i]; c.Delivery == rollout.Failed {
			c.Delivery = rollout.Succeeded
		}
	}
	s.show(next)
	if now := tableNames(s); strings.Join(now, " ") != strings.Join(first, " ") {
		t.Errorf("rows moved by themselves: %v, were %v", now, first)
	}
	s.press("O", "O")
	if now := tableNames(s); now[0] == first[0] {
		t.Error("asked again, the order is still the old one")
	}
}

// tableNames are the servers in the rows of the table in front.
func tableNames(s *session) []string {
	var names []string
	for _, line := range strings.Split(s.frame(), "\n") {
		fields := strings.Fields(strings.SplitN(line, "|", 2)[0])
		for _, f := range fields {
			if strings.Count(f, "-") >= 2 && strings.ToUpper(f) == f && len(f) > 6 {
				names = append(names, f)
				break
			}
		}
	}
	return names
}

func TestEveryCodeSaysWhatToDo(t *testing.T) {
	s := open(t, uitest.Night(200), lead, mono, 200, 50)
	s.press(onRollout, "v", "v", "v")
	if frame := s.frame(); !strings.Contains(frame, "Free") || !strings.Contains(frame, "do: ") {
		t.Errorf("no advice:\n%s", frame)
	}
}

func TestTheStopRulesNumbersAreTheEngines(t *testing.T) {
	view := night()
	view.Policy.Halt, view.Policy.Warn = 900, 450
	s := open(t, view, viewer, mono, 120, 36)
	s.press(onRollout)
	if !strings.Contains(s.frame(), "stop score 214 of 900 (warns at 450)") {
		t.Errorf("the numbers are others:\n%s", s.frame())
	}
}

func cellNamed(cells []engine.Cell, name string) *engine.Cell {
	for i := range cells {
		if cells[i].Name == name {
			return &cells[i]
		}
	}
	return nil
}

// Handbook 8: who paused by mistake takes it back at once, with a reason, as long as nobody did anything since.
func TestOnesOwnPauseIsTakenBackAndNothingElse(t *testing.T) {
	view := night()
	s := open(t, view, onCall, mono, 120, 36)
	s.press(onRollout, "u")
	if !strings.Contains(s.frame(), "nothing here that could be taken back") {
		t.Errorf("u does not say why it does nothing:\n%s", s.frame())
	}
	s.press("p")
	s.confirm("storage works")
	paused := func(by string) *engine.View {
		next := night()
		r := &next.Rollouts[2]
		r.State, r.Stop = rollout.Paused, &rollout.Stop{By: by, To: rollout.Paused, Rule: rollout.RulePerson, Reason: "storage works"}
		return next
	}
	s.show(paused("k.osei"))
	s.press("u")
	if text, asked := s.asks(); asked {
		t.Errorf("somebody else's pause is offered: %s", text)
	}
	s.show(paused(onCall.Name))
	s.press("u")
	if text, asked := s.asks(); !asked || !strings.Contains(text, "goes on") {
		t.Fatalf("one's own pause is not offered: %s", text)
	}
	s.confirm("they are through")
	want := engine.Hold{Rollout: "R-3", Step: "resume", Reason: "they are through"}
	if got := s.commands(); len(got) != 2 || got[1] != want {
		t.Errorf("the engine was asked for %+v", got)
	}
}

// Handbook 6, task 23: an exclusion that was a mistake is taken back at once by who made it, and later by whoever may, on the server.
func TestAnExclusionIsTakenBackFromTheGrid(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	s.press(typed(onRollout, "v", "/staged", "enter", "x")...)
	s.confirm("the wrong one")
	done := s.commands()[0].(engine.ExcludeServer)

	next := night()
	for i := range next.Changes {
		if c := &next.Changes[i]; c.ID == done.Change {
			c.Exclusions = map[string]approval.Amendment{string(done.Server): {By: lead.Name, At: next.At, Reason: done.Reason}}
		}
	}
	for i := range next.Rollouts[2].Advertisements {
		if ad := next.Rollouts[2].Advertisements[i]; ad.Server == done.Server {
			out := *ad
			out.Delivery = rollout.Excluded
			next.Rollouts[2].Advertisements[i] = &out
		}
	}
	s.show(next)
	s.press("u")
	if text, asked := s.asks(); !asked || !strings.Contains(text, "as it was approved") {
		t.Fatalf("one's own exclusion is not offered:\n%s", text)
	}
	s.confirm("meant another")
	s.press("esc", onRollout)
	s.press(typed("/excluded", "enter", "i")...)
	s.confirm("the owner agrees")
	got := s.commands()
	if want := (engine.IncludeServers{Change: done.Change, Servers: []inventory.ServerID{done.Server}, Reason: "meant another"}); len(got) != 3 || !reflect.DeepEqual(got[1], want) {
		t.Fatalf("the engine was asked for %+v, want %+v", got, want)
	}
	if c, ok := got[2].(engine.IncludeServers); !ok || cellOf(view, c.Servers[0]).Delivery != rollout.Excluded || c.Change != done.Change {
		t.Errorf("the engine was asked for %+v", got[2])
	}
}

// cellOf finds a server in the live rollout.
func cellOf(view *engine.View, server inventory.ServerID) engine.Cell {
	cells := view.Rollouts[2].Cells
	return cells[slices.IndexFunc(cells, func(c engine.Cell) bool { return c.Server == server })]
}

// screens.md, Rollout: charts of progress, rate and forecast where there is room, one row of it where there is none; they never cost the
// rows that a person needs.
func TestChartsStandWhereThereIsRoom(t *testing.T) {
	const chart, spark = "8 of 17 verified", "rate 61/h "
	for _, size := range []struct {
		width, height int
		want          bool
	}{{80, 24, false}, {80, 50, true}, {120, 36, true}, {200, 50, true}, {300, 100, true}} {
		s := open(t, night(), lead, mono, size.width, size.height)
		s.press(onRollout)
		if strings.Contains(s.frame(), chart) != size.want || !strings.Contains(s.frame(), spark) {
			t.Errorf("at %dx%d, charts wanted: %v\n%s", size.width, size.height, size.want, s.frame())
		}
		fits(t, s.frame(), size.width, size.height, "charts")
		s.press("c")
		if strings.Contains(s.frame(), chart) {
			t.Errorf("at %dx%d c does not hide the charts", size.width, size.height)
		}
	}
}

// What a window's track takes to be worked out comes as an answer of its own, and belongs to its rollout alone.
func TestChartsAreOfTheRolloutInFront(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onRollout, "[")
	if strings.Contains(s.frame(), "of 17 verified") {
		t.Errorf("a closed rollout has the charts of another one\n%s", s.frame())
	}
	s.press("]")
	if !strings.Contains(s.frame(), "8 of 17 verified") {
		t.Errorf("the charts are gone\n%s", s.frame())
	}
	next := night()
	next.Generation++
	next.Rollouts[2].Track = engine.NewTrack(func() rollout.Progress {
		return rollout.Progress{Window: "W5", Opens: uitest.At.Add(-2 * time.Hour), Closes: uitest.At.Add(2 * time.Hour), At: uitest.At, Step: 10 * time.Minute, Servers: 5}
	})
	s.show(next)
	if !strings.Contains(s.frame(), "0 of 5 verified") {
		t.Errorf("the newer track is not shown\n%s", s.frame())
	}
}

func TestASlashFindsServersFromEveryLayout(t *testing.T) {
	name := night().Rollouts[2].Cells[7].Name
	for views := range 4 {
		s := open(t, night(), viewer, mono, 120, 36)
		s.press(onRollout)
		for range views {
			s.press("v")
		}
		s.press("/")
		s.write(name)
		s.press("enter")
		if text := s.frame(); !strings.Contains(text, "1 of ") || !strings.Contains(text, "/"+name) {
			t.Errorf("after v %d times / does not find %s:\n%s", views, name, text)
		}
	}
}
