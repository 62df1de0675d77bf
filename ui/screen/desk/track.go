package desk

import (
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Track follows how the window of one rollout goes. What the engine's track takes to be worked out never holds up the session's loop.
type Track struct {
	asked    *engine.Track
	rollout  string // whose progress this is
	progress rollout.Progress
	asking   bool
}

// Tracked is the answer to a question of Follow.
type Tracked struct {
	of       *Track
	rollout  string
	progress rollout.Progress
}

// Follow asks for what is new of a rollout, one question at a time.
func (f *Track) Follow(r *engine.RolloutView) part.Cmd {
	if r == nil || r.Track == nil || r.Track == f.asked || f.asking {
		return nil
	}
	f.asked, f.asking = r.Track, true
	track, id := r.Track, r.ID
	return func() part.Msg { return Tracked{f, id, track.Progress()} }
}

// Take keeps an answer.
func (f *Track) Take(m Tracked) {
	if m.of == f {
		f.asking, f.rollout, f.progress = false, m.rollout, m.progress
	}
}

// Of gives what is known of a rollout's window at hand.
func (f *Track) Of(r *engine.RolloutView) (rollout.Progress, bool) {
	w := CurrentWindow(r)
	return f.progress, r.Track != nil && w != nil && f.rollout == r.ID && f.progress.Window == w.ID
}

// MinuteWords names the length of a step.
func MinuteWords(step time.Duration) string {
	if step%time.Hour == 0 {
		return fmt.Sprintf("%d h", int(step.Hours()))
	}
	return fmt.Sprintf("%d min", int(step.Minutes()))
}

// Charts draws how a window goes, in exactly height lines: what is verified, between what was planned up to now and what is expected from
// now on, and beside it what each step brought. Two lines are words and times.
func (d *Desk) Charts(p rollout.Progress, width, height int) []string {
	const barsWidth, gap, labels, narrow = 38, 3, 6, 70
	left := width
	if width >= narrow+barsWidth {
		left = width - barsWidth - gap
	}
	lines := append([]string{d.paceWords(p, left)}, d.course(p, left, height-1, labels)...)
	if left == width {
		return lines
	}
	beside := append([]string{d.Theme.Text(d.Theme.Dim, barsWidth, "per "+MinuteWords(p.Step)+peakWords(p))}, d.rates(p, barsWidth, height-1)...)
	for i := range lines {
		line := d.Theme.Line(width).Drawn(lines[i], part.Seen(lines[i])).Fill(left + gap)
		lines[i] = line.Drawn(beside[i], part.Seen(beside[i])).String()
	}
	return lines
}

// paceWords say in words what the chart shows, as many as there is room for.
func (d *Desk) paceWords(p rollout.Progress, width int) string {
	t := d.Theme
	line := t.Line(width).Put(t.Title, "Window "+p.Window).Put(t.Normal, fmt.Sprintf("  %s of %s verified", part.Number(p.Total()), part.Number(p.Servers)))
	if standing, low, high := p.Standing(); standing != "" {
		line.Put(standingInk(t, standing), "  "+string(standing)).Put(t.Dim, planWords(standing, low, high))
	}
	for _, words := range endWords(d, p) {
		if part.Width(words)+2 <= line.Room() {
			line.End(t.Dim, words)
			break
		}
	}
	return line.String()
}

func standingInk(t *part.Theme, standing rollout.Standing) part.Ink {
	if standing == rollout.Behind {
		return t.Tone(rollout.ToneMissed)
	}
	return t.Tone(rollout.ToneGood)
}

// planWords say which numbers were planned by now.
func planWords(standing rollout.Standing, low, high int) string {
	words := ", planned "
	if standing == rollout.Within {
		words = ": "
	}
	if low == high {
		return words + part.Number(low)
	}
	return words + part.Number(low) + "–" + part.Number(high)
}

// endWords say when the window's servers are expected to be through, the longest form first; none when nothing more is to come.
func endWords(d *Desk, p rollout.Progress) []string {
	if p.Expected.Likely.IsZero() {
		return nil
	}
	likely, late := d.Clock(p.Expected.Likely), d.Clock(p.Expected.Late)
	return []string{fmt.Sprintf("through by %s, %d of 100: %s", likely, p.Sure, late), fmt.Sprintf("by %s, late %s", likely, late), "by " + likely}
}

// course is the chart of the count, with numbers at its left and times under it.
func (d *Desk) course(p rollout.Progress, width, height, labels int) []string {
	t := d.Theme
	scale := part.Scale{From: p.Opens, To: p.Closes, Width: width - labels}
	chart := part.Chart{Scale: scale, Top: p.Servers, Now: p.At, AreaInk: t.Tone(rollout.ToneGood), BandInk: t.Dim, Area: areaOf(p), Bands: bandsOf(p)}
	var lines []string
	for row, drawn := range t.Chart(chart, height-1) {
		label := ""
		switch row {
		case 0:
			label = part.Number(p.Servers)
		case height - 2:
			label = "0"
		}
		lines = append(lines, t.Line(width).Right(t.Dim, label, labels-1).Space(1).Drawn(drawn, scale.Width).String())
	}
	hours := t.Hours(scale, d.Zone)
	return append(lines, t.Line(width).Space(labels).Drawn(hours, part.Seen(hours)).String())
}

// stepEnd is when a step of the window ends.
func stepEnd(p rollout.Progress, step int) time.Time {
	return p.Opens.Add(time.Duration(step+1) * p.Step)
}

// areaOf is what was verified up to now.
func areaOf(p rollout.Progress) part.Curve {
	area, total := part.Curve{{At: p.Opens}}, 0
	for i, n := range p.Verified {
		total += n
		end := stepEnd(p, i)
		if i == len(p.Verified)-1 {
			end = p.At
		}
		area = append(area, part.Point{At: end, Value: float64(total)})
	}
	return area
}

// bandsOf are what was planned, up to now, and what is expected from now on.
func bandsOf(p rollout.Progress) []part.Band {
	var planned, expected part.Band
	planned.Add(p.Opens, 0, 0)
	for i := range p.Planned.Low {
		planned.Add(stepEnd(p, i), float64(p.Planned.Low[i]), float64(p.Planned.High[i]))
	}
	if len(p.Verified) == 0 {
		return []part.Band{planned}
	}
	var past part.Band
	for i, point := range planned.Low {
		if point.At.Before(p.At) {
			past.Add(point.At, point.Value, planned.High[i].Value)
		}
	}
	if low, ok := planned.Low.At(p.At); ok {
		high, _ := planned.High.At(p.At)
		past.Add(p.At, low, high)
	}
	expected.Add(p.At, float64(p.Total()), float64(p.Total()))
	for i := range p.Expected.Low {
		if end := stepEnd(p, i); end.After(p.At) {
			expected.Add(end, float64(p.Expected.Low[i]), float64(p.Expected.High[i]))
		}
	}
	return []part.Band{past, expected}
}

// rates are the steps as bars.
func (d *Desk) rates(p rollout.Progress, width, height int) []string {
	t := d.Theme
	lines := t.Bars(p.Verified, 0, t.Tone(rollout.ToneGood), width, height-1)
	return append(lines, t.Text(t.Dim, width, d.rateWords(p, width)))
}

// rateWords say which steps the bars are.
func (d *Desk) rateWords(p rollout.Progress, width int) string {
	if len(p.Verified) == 0 {
		return "opens " + d.Clock(p.Opens)
	}
	first := max(0, len(p.Verified)-width)
	return d.Clock(p.Opens.Add(time.Duration(first)*p.Step)) + " to " + d.Clock(p.At)
}

// peak says the numbers that the bars' heights stand for.
func peakWords(p rollout.Progress) string {
	if len(p.Verified) == 0 {
		return ""
	}
	most := 0
	for _, n := range p.Verified {
		most = max(most, n)
	}
	return fmt.Sprintf(": now %s, at most %s", part.Number(p.Verified[len(p.Verified)-1]), part.Number(most))
}
