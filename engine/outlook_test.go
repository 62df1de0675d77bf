package engine_test

import (
	"context"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// Handbook 8 and DESIGN 5, forecast: before approval for every ring of the plan, then live for what is open; together they add up to the plan.
func TestAForecastIsMadeBeforeApprovalAndLive(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		change := e.View().Changes[0]
		before := e.View().Outlooks(change, 0)
		servers, proposed := 0, 0
		for _, o := range before {
			servers, proposed = servers+o.Servers, max(proposed, o.Proposed)
			if o.Ceiling != change.Plan.Ceiling {
				t.Errorf("%s is played with %d at once, the plan has %d", o.Ring, o.Ceiling, change.Plan.Ceiling)
			}
		}
		if proposed != change.Plan.Ceiling {
			t.Errorf("the plan has %d at once, its forecast proposes %d", change.Plan.Ceiling, proposed)
		}
		if len(before) != 3 || servers != len(change.Plan.Assignments) {
			t.Errorf("%d rings with %d servers, the plan has %d", len(before), servers, len(change.Plan.Assignments))
		}
		if what := e.View().Outlooks(change, 1); what[2].Likely.Fits >= before[2].Likely.Fits {
			t.Errorf("one at a time %d of Prod fit, %d at a time %d", what[2].Likely.Fits, change.Plan.Ceiling, before[2].Likely.Fits)
		}
		n.wait(ctx, e, func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && prod.Counts[rollout.Succeeded] > 5
		})
		prod, _ := ring(e.View(), rollout.Prod)
		live := e.View().Outlooks(e.View().Changes[0], 0)
		if len(live) != 1 || live[0].Servers != prod.Counts.Open() {
			t.Errorf("live: %+v, while %d are open", live, prod.Counts.Open())
		}
	})
}

// Handbook 7: while a window is open its progress is told against its plan; the numbers are those of the counts.
func TestAWindowIsTrackedWhileItIsOpen(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		seen := false
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			if !ok || prod.Track == nil || prod.Current < 0 || !prod.Windows[prod.Current].Contains(v.At) || prod.Counts[rollout.Succeeded] < 5 {
				return false
			}
			seen = true
			return true
		})
		if !seen {
			t.Fatal("no window of Prod was seen open with servers verified")
		}
		prod, _ := ring(e.View(), rollout.Prod)
		p := prod.Track.Progress()
		if p.Servers == 0 || p.Servers > len(prod.Cells) || p.Total() > prod.Counts[rollout.Succeeded] || p.Step == 0 || p.At.After(e.View().At) {
			t.Errorf("%d servers, %d verified at %v, while %d succeeded of %d", p.Servers, p.Total(), p.At, prod.Counts[rollout.Succeeded], len(prod.Cells))
		}
		n.wait(ctx, e, func(v *engine.View) bool {
			prod, _ := ring(v, rollout.Prod)
			return prod.State == rollout.Closed
		})
		if prod, _ := ring(e.View(), rollout.Prod); prod.Track != nil {
			t.Error("a closed rollout has a window at hand")
		}
	})
}

// screens.md, Plan: the Gantt of a release holds its approval, each ring over its windows, and acceptance between them; what it shows as
// done is what is verified.
func TestTheGanttOfAReleaseShowsWhatIsVerified(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		change := e.View().Changes[0]
		if first := e.View().Gantt(change).Bars; first[0].Title != "approval" || first[0].State != procedure.Open || len(first) < len(change.Plan.Windows) {
			t.Errorf("before the approval it is drawn as %+v", first)
		}
		n.wait(ctx, e, func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && prod.State == rollout.Closed
		})
		v := e.View()
		prod, _ := ring(v, rollout.Prod)
		g := v.Gantt(v.Changes[0])
		bars := map[string]procedure.Bar{}
		for _, b := range g.Bars {
			bars[b.Title] = b
			if b.From.Before(g.From) || b.To.After(g.To) || b.To.Before(b.From) {
				t.Errorf("%s lasts from %v to %v, the chart from %v to %v", b.Title, b.From, b.To, g.From, g.To)
			}
		}
		if want := 100 * prod.Counts[rollout.Succeeded] / prod.Counts.Targeted(); bars["Prod"].Progress != want {
			t.Errorf("Prod is shown as %d %%, verified are %d %%", bars["Prod"].Progress, want)
		}
		if bars["approval"].State != procedure.Done || bars["acceptance"].State != procedure.Done || bars["acceptance"].To.After(bars["Prod"].From) {
			t.Errorf("approval %+v, acceptance %+v, Prod %+v", bars["approval"], bars["acceptance"], bars["Prod"])
		}
	})
}
