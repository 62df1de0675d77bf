package plain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/uitest"
)

// later gives a night with a changed copy of its last rollout.
func later(v *engine.View, change func(r *engine.RolloutView)) *engine.View {
	next := *v
	next.At = v.At.Add(time.Minute)
	next.Rollouts = slices.Clone(v.Rollouts)
	r := &next.Rollouts[len(next.Rollouts)-1]
	r.Cells = slices.Clone(r.Cells)
	counts := rollout.Counts{}
	change(r)
	for _, c := range r.Cells {
		counts[c.Delivery]++
	}
	r.Counts = counts
	return &next
}

func fail(r *engine.RolloutView, n int) {
	for i := range r.Cells {
		if n > 0 && !r.Cells[i].Delivery.Final() {
			r.Cells[i].Delivery, r.Cells[i].Why, n = rollout.Failed, "the disk is full", n-1
		}
	}
}

func TestNewsSayWhatFailedAndWhyBeforeTheyCount(t *testing.T) {
	before := uitest.Night(200)
	lines := News(before, later(before, func(r *engine.RolloutView) { fail(r, 2) }), time.UTC, true)
	if len(lines) < 3 || !strings.Contains(lines[0], "is failed: the disk is full") || !strings.Contains(lines[1], "is failed") {
		t.Fatalf("two servers failed: %q", lines)
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, "targeted") || !strings.Contains(last, "succeeded") {
		t.Errorf("the counts do not come last: %q", lines)
	}
}

func TestABurstIsANumberWithTheFirstNames(t *testing.T) {
	before := uitest.Night(200)
	lines := News(before, later(before, func(r *engine.RolloutView) { fail(r, 30) }), time.UTC, false)
	if len(lines) != mostNamed+1 || !strings.Contains(lines[mostNamed], "and 25 more failed") {
		t.Errorf("30 servers failed: %q", lines)
	}
}

func TestNothingNewIsNoLine(t *testing.T) {
	view := uitest.Night(200)
	if lines := News(view, later(view, func(*engine.RolloutView) {}), time.UTC, true); len(lines) != 0 {
		t.Errorf("nothing changed: %q", lines)
	}
}

func TestAHaltIsSaidWithItsReason(t *testing.T) {
	before := uitest.Night(100)
	after := later(before, func(r *engine.RolloutView) {
		r.State, r.Stop = rollout.Halted, &rollout.Stop{Reason: "the stop score reached 700"}
	})
	after.Needs = append(slices.Clone(before.Needs), engine.Need{Urgent: true, Words: "R-3 is halted: investigate"})
	lines := News(before, after, time.UTC, false)
	if !strings.HasPrefix(lines[0], "Needs you, urgent: R-3 is halted") || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "is now halted: the stop score reached 700") }) {
		t.Errorf("a halt: %q", lines)
	}
}

func TestWindowsAreSaidWhenTheyOpenAndClose(t *testing.T) {
	view := uitest.Night(100)
	r := &view.Rollouts[len(view.Rollouts)-1]
	w := r.Windows[r.Current]
	before, after := *view, *view
	before.At, after.At = w.Closes.Add(-time.Second), w.Closes
	if lines := News(&before, &after, time.UTC, false); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "window "+w.ID+" is closed") }) {
		t.Errorf("%s closed: %q", w.ID, lines)
	}
	before.At, after.At = w.Opens.Add(-time.Second), w.Opens
	if lines := News(&before, &after, time.UTC, false); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "window "+w.ID+" is open until") }) {
		t.Errorf("%s opened: %q", w.ID, lines)
	}
}
