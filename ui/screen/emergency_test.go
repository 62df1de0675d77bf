package screen

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/uitest"
)

// Handbook 8: at three in the morning the layout says whether servers start, why not, what the one key is, and how near a stop is.
func TestTheEmergencyLayoutSaysWhetherServersStartAndHowNearAStopIs(t *testing.T) {
	on := func(change func(v *engine.View, r *engine.RolloutView)) *engine.View {
		view := night()
		r := &view.Rollouts[2]
		change(view, r)
		return view
	}
	scored := func(to int) func(*engine.View, *engine.RolloutView) {
		return func(_ *engine.View, r *engine.RolloutView) {
			r.Windows[r.Current].Score, r.Scores = to, map[string]int{r.Windows[r.Current].ID: to}
		}
	}
	for name, c := range map[string]struct {
		view  *engine.View
		actor approval.Actor
		says  []string
		not   string
	}{
		"running":   {night(), onCall, []string{"RUNNING: servers start. Press h to halt", "214 of 700 · 4 more failures stop it", "h halt"}, "WAITING"},
		"who looks": {night(), viewer, []string{"RUNNING: servers start."}, "Press"},
		"before its window": {on(func(v *engine.View, r *engine.RolloutView) { v.At = r.Windows[r.Current].Opens.Add(-10 * time.Minute) }), onCall,
			[]string{"WAITING: nobody starts before W5 opens at 00:00.", "W5 opens in (h:min)"}, "RUNNING"},
		"held by a gate": {on(func(_ *engine.View, r *engine.RolloutView) { r.Gate = "acceptance failed for [Payroll]" }), onCall,
			[]string{"NOBODY STARTS: acceptance failed for [Payroll]."}, "RUNNING"},
		"the last window is over": {on(func(_ *engine.View, r *engine.RolloutView) { r.Current = -1 }), onCall, []string{"NO WINDOW IS LEFT: what runs finishes."}, "stop score"},
		"one more stops it":       {on(scored(560)), onCall, []string{"560 of 700 · 1 more failure stops it"}, ""},
		"a server did not come back": {on(func(_ *engine.View, r *engine.RolloutView) { r.Hard = map[string]int{r.Windows[r.Current].ID: 1} }), onCall,
			[]string{"4 more failures stop it · 1 more that does not come back does too"}, ""},
		"halted by the rule": {uitest.Halted(200), onCall, []string{"HALTED by the stop rule at 02:11: stop score 728 of 700", "Press R to let it go on", "R resume"}, "more failure"},
		"halted by a person": {on(func(_ *engine.View, r *engine.RolloutView) {
			r.State, r.Stop = rollout.Halted, &rollout.Stop{By: "t.abara", At: uitest.At, Rule: rollout.RulePerson, Reason: "the web shop is slow."}
		}), viewer, []string{"HALTED by t.abara at 02:14: the web shop is slow. Nobody new starts."}, "Press"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{80, 120} { // 80 columns have no room for keys in the bottom line, nor for the rarer stop
				s := open(t, c.view, c.actor, mono, width, 36)
				s.press(onRollout, "E")
				frame := oneLine(s.frame())
				for _, words := range c.says {
					if !strings.Contains(frame, words) && (width > 80 || !strings.Contains("h halt R resume", words) && !strings.Contains(words, "come back")) {
						t.Errorf("at %d columns it lacks %q:\n%s", width, words, s.frame())
					}
				}
				if c.not != "" && strings.Contains(frame, c.not) {
					t.Errorf("at %d columns it says %q:\n%s", width, c.not, s.frame())
				}
			}
		})
	}
}
