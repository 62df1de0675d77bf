package emergency

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// state says in words whether servers start, why they do not, and the one key for it.
func (s *Screen) state(r *engine.RolloutView, width int) []string {
	t := s.desk.Theme
	ink, words := s.stateWords(r)
	const most = 3
	wrapped := part.Wrap(words, width)
	var lines []string
	for _, l := range wrapped[:min(len(wrapped), most)] {
		lines = append(lines, t.Text(ink, width, l))
	}
	return lines
}

func (s *Screen) stateWords(r *engine.RolloutView) (part.Ink, string) {
	t, d := s.desk.Theme, s.desk
	may := d.May(engine.Hold{}.Action())
	if why := d.Current.ReadOnly; why != "" {
		return t.Tone(rollout.ToneBad), "NOTHING STARTS: " + why
	}
	switch r.State {
	case rollout.Closed:
		return t.Normal, "CLOSED: it is over."
	case rollout.Active:
		return s.running(r, may)
	}
	words := strings.ToUpper(string(r.State))
	if r.Stop != nil {
		who := r.Stop.By
		if r.Stop.Rule != rollout.RulePerson {
			who = "the stop rule"
		}
		words += fmt.Sprintf(" by %s at %s: %s", who, d.Clock(r.Stop.At), strings.TrimSuffix(r.Stop.Reason, "."))
	}
	words += ". Nobody new starts."
	if may {
		words += " Press R to let it go on, with a reason."
	}
	return t.Tone(rollout.ToneBad), words
}

// running says whether an active rollout starts servers now: not before its window, and not while a gate holds it.
func (s *Screen) running(r *engine.RolloutView, may bool) (part.Ink, string) {
	t, d, halt := s.desk.Theme, s.desk, ""
	if may {
		halt = " Press h to halt: nobody new starts then."
	}
	w := desk.CurrentWindow(r)
	switch {
	case r.Gate != "":
		return t.Tone(rollout.ToneBad), strings.TrimSuffix("NOBODY STARTS: "+r.Gate, ".") + "." + halt
	case w == nil:
		return t.Normal, "NO WINDOW IS LEFT: what runs finishes." + halt
	case !w.Contains(d.Current.At):
		return t.Normal, fmt.Sprintf("WAITING: nobody starts before %s opens at %s.%s", w.ID, d.Clock(w.Opens), halt)
	}
	return t.Tone(rollout.ToneGood), "RUNNING: servers start." + halt
}

// scoreBar is how many columns the stop rule's score takes.
const scoreBar = 20

// stop shows how near the stop rule is to stopping the rollout; nothing when no window is left.
func (s *Screen) stop(r *engine.RolloutView, width int) []string {
	t, policy := s.desk.Theme, &s.desk.Current.Policy
	w := desk.CurrentWindow(r)
	if w == nil || policy.Halt <= 0 {
		return nil
	}
	m := policy.Margin(&r.Rollout, w.ID)
	ink := t.Dim
	switch {
	case m.Score >= m.Halt:
		ink = t.Tone(rollout.ToneBad)
	case m.Score >= m.Warn:
		ink = t.Tone(rollout.ToneMissed)
	}
	line := t.Line(width).Put(t.Normal, "stop score ")
	line.Drawn(t.Bar(scoreBar, []part.Share{{Count: min(m.Score, m.Halt), Kind: part.BarTrouble, Ink: ink}, {Count: max(0, m.Halt-m.Score), Kind: part.BarWaiting, Ink: t.Dim}}), scoreBar)
	line.Put(ink, fmt.Sprintf(" %d of %d", m.Score, m.Halt))
	for _, words := range s.nearness(r, m) {
		if part.Width(words) <= line.Room() {
			line.Put(t.Normal, words)
		}
	}
	return []string{line.String()}
}

// nearness says in words how much more stops the rollout, what matters most first.
func (s *Screen) nearness(r *engine.RolloutView, m rollout.Margin) (words []string) {
	if r.State != rollout.Active {
		return nil
	}
	words = []string{fmt.Sprintf(" · %s", part.Count(m.Failures, "more failure stops it", "more failures stop it"))}
	hard := fmt.Sprintf(" · %s", part.Count(m.Hard, "more that does not come back does too", "more that do not come back do too"))
	warns := fmt.Sprintf(" · warns at %d", m.Warn)
	if len(r.Hard) > 0 {
		return append(words, hard, warns)
	}
	return append(words, warns, hard)
}

// holdBindings are the keys that hold the rollout, the one that matters most at night first.
func (s *Screen) holdBindings() []part.Binding {
	list := s.holds()
	slices.SortStableFunc(list, func(a, b part.Binding) int {
		return cmp.Compare(slices.Index(firstKeys, b.Keys[0]), slices.Index(firstKeys, a.Keys[0]))
	})
	return list
}

// firstKeys are what a person reaches for in the layout, the last one first.
var firstKeys = []string{"R", "h"}
