package rollouts

import (
	"fmt"
	"math"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// header is what stands over every layout: which rollout, how far, whether it will do, and why nobody starts when
// it is held.
func (s *Screen) header(r *engine.RolloutView, width int) []string {
	t := s.desk.Theme
	lines := []string{s.titleLine(r, width), t.Bar(width, desk.Shares(t, r.Counts))}
	lines = append(lines, desk.CountLines(t, r.Counts, width)...)
	lines = append(lines, s.paceLines(r, width)...)
	if r.Stop != nil && r.State != rollout.Active {
		words := fmt.Sprintf("%s by %s at %s (%s): %s", strings.ToUpper(string(r.State)), r.Stop.By, s.desk.Clock(r.Stop.At), r.Stop.Rule, r.Stop.Reason)
		for _, l := range part.Wrap(words, width) {
			lines = append(lines, t.Text(t.Tone(rollout.ToneBad), width, l))
		}
	}
	return lines
}

// titleLine names rollout and window, with the layout and the position among the rollouts at its end.
func (s *Screen) titleLine(r *engine.RolloutView, width int) string {
	t, d := s.desk.Theme, s.desk
	line := t.Line(width).Put(t.Title, fmt.Sprintf("%s %s", r.ID, r.Ring)).Put(t.Normal, " · "+r.Release)
	right, short := layoutWords[s.layout], ""
	if n := s.picker.Len(); n > 1 {
		right, short = right+" · "+s.picker.Words("rollout"), fmt.Sprintf("%d/%d [ ]", s.picker.At()+1, n)
	}
	forms := []string{" · all windows closed"}
	if w := desk.CurrentWindow(r); r.State == rollout.Closed {
		forms = []string{" · closed"}
	} else if w != nil {
		state := "opens in " + d.Left(w.Opens)
		if w.Contains(d.Current.At) {
			state = "closes in " + d.Left(w.Closes)
		}
		forms = []string{
			fmt.Sprintf(" · window %s, %d of %d · %s–%s · %s", w.ID, r.Current+1, len(r.Windows), d.Day(w.Opens), d.Clock(w.Closes), state),
			fmt.Sprintf(" · window %s, %d of %d · %s", w.ID, r.Current+1, len(r.Windows), state),
			fmt.Sprintf(" · %s, %d of %d · %s", w.ID, r.Current+1, len(r.Windows), state),
			fmt.Sprintf(" · %s · %s", w.ID, state),
		}
	}
	for _, end := range []string{right, short, ""} {
		for _, form := range forms {
			if part.Width(form)+part.Width(end)+1 <= line.Room() {
				return line.Put(t.Normal, form).End(t.Dim, end).String()
			}
		}
	}
	return line.Put(t.Normal, forms[len(forms)-1]).String()
}

// sparkSteps is how many of the window's last steps stand beside the rate: an hour of a standard window.
const sparkSteps = 6

// paceLines say how fast it goes, when it will be through, and how near the stop rule is.
func (s *Screen) paceLines(r *engine.RolloutView, width int) []string {
	t := s.desk.Theme
	flow := part.Flow{Theme: t, Width: width}
	if r.State == rollout.Active {
		words := fmt.Sprintf("rate %.0f/h", math.Round(r.Rate))
		if p, known := s.track.Of(r); known && len(p.Verified) > 0 {
			words += " " + t.Spark(p.Verified, sparkSteps)
		}
		flow.Add(t.Normal, "", words)
	}
	if !s.starts.IsZero() && r.State != rollout.Closed {
		flow.Add(t.Normal, "", "last start "+s.when(s.starts))
	}
	targeted := r.Counts.Targeted()
	switch f := r.Forecast; {
	case r.Counts.Open() == 0:
	case f.Done.IsZero():
		flow.Add(t.Dim, "", "no forecast yet")
	default:
		ink, words := t.Normal, fmt.Sprintf("forecast %s/%s by %s", part.Number(f.Succeeded+f.Fits), part.Number(targeted), s.when(f.Done))
		if f.WillNot > 0 {
			ink, words = t.Tone(rollout.ToneMissed), words+fmt.Sprintf(", %s will not fit", part.Number(f.WillNot))
		}
		flow.Add(ink, "", words)
	}
	if w := desk.CurrentWindow(r); w != nil {
		policy := &s.desk.Current.Policy
		flow.Add(scoreInk(t, policy, w.Score), "", scoreWords(policy, w.Score))
	}
	flow.Add(t.Normal, "", failureWords(r))
	return flow.Lines()
}

func scoreWords(policy *rollout.Policy, score int) string {
	return fmt.Sprintf("stop score %d of %d (warns at %d)", score, policy.Halt, policy.Warn)
}

func scoreInk(t *part.Theme, policy *rollout.Policy, score int) part.Ink {
	switch {
	case score >= policy.Halt:
		return t.Tone(rollout.ToneBad)
	case score >= policy.Warn:
		return t.Tone(rollout.ToneMissed)
	default:
		return t.Normal
	}
}

// scoring are the classes of failure that speak against the update.
var scoring = map[rollout.Class]bool{rollout.ClassPatch: true, rollout.ClassRestart: true}

// failureWords say how many failed and how many of them score; without a failure, what that proves.
func failureWords(r *engine.RolloutView) string {
	failed, succeeded, score := r.Counts[rollout.Failed], r.Counts[rollout.Succeeded], 0
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Class != "" && c.Delivery == rollout.Failed && scoring[rollout.Class(c.Class)] {
			score++
		}
	}
	switch {
	case failed > 0:
		return fmt.Sprintf("%s failed, %s of them score", part.Number(failed), part.Number(score))
	case succeeded > 0:
		return fmt.Sprintf("0 of %s failed (could still be up to %.1f %%)", part.Number(succeeded), rollout.Proves(succeeded))
	default:
		return "nothing has failed"
	}
}

// when writes an instant as a time of day, with its day when that is not today.
func (s *Screen) when(at time.Time) string {
	d := s.desk
	if d.Current.At.In(d.Zone).YearDay() == at.In(d.Zone).YearDay() {
		return d.Clock(at)
	}
	return d.Day(at)
}
