package plan

import (
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// outlookPace is how long a forecast rests; with ten thousand servers one takes up to a second of the engine's processor.
const outlookPace = 10 * time.Second

// outlookStep is how much of the fleet's time passes before the same plan is forecast again.
const outlookStep = 10 * time.Minute

// outlookKey is what a forecast was made for.
type outlookKey struct {
	change, plan string
	at           time.Time
}

// question is what to ask for the forecast of a plan.
func (s *Screen) question(c engine.ChangeView) (outlookKey, func() forecast) {
	view := s.desk.Current
	return outlookKey{c.ID, c.PlanHash, view.At.Truncate(outlookStep)}, func() forecast {
		f := forecast{change: c.ID, plan: c.PlanHash, windows: map[string]rollout.WindowOutlook{}}
		for _, o := range view.Outlooks(c, 0) {
			f.rings = append(f.rings, o)
			for _, w := range o.Windows {
				f.windows[w.ID] = w
			}
		}
		return f
	}
}

// forecast is what may be expected of a plan: of its rings, and of each window that is not over.
type forecast struct {
	change, plan string
	rings        []rollout.Outlook
	windows      map[string]rollout.WindowOutlook
}

// expected is the forecast of the plan in front, if it is known.
func (s *Screen) expected() (forecast, bool) {
	c := s.change()
	f := s.outlooks.Answer
	return f, c != nil && s.outlooks.Known && f.change == c.ID && f.plan == c.PlanHash
}

// short tells that a window is not expected to bring all servers that have their place in it.
func short(w rollout.WindowOutlook) bool { return w.Late < w.Servers }

// capacityWords say what one window may be expected to bring.
func capacityWords(w rollout.WindowOutlook) string {
	words := fmt.Sprintf("room for %s; of its %s %s are likely through, %s at least", part.Number(w.Capacity), part.Number(w.Servers), part.Number(w.Likely), part.Number(w.Late))
	if w.Why != "" {
		words += ": " + w.Why
	}
	return words
}

// drawCapacity lists the windows with how full each is and what it may be expected to bring.
func (s *Screen) drawCapacity(width, height int, c *engine.ChangeView) []string {
	t := s.desk.Theme
	f, known := s.expected()
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Capacity forecast", fmt.Sprintf("at most %d at once", c.Plan.Ceiling))
	if !known {
		sheet.Say(t.Dim, "the windows are being played")
		return sheet.Lines
	}
	for _, o := range f.rings {
		ink, end := s.surety(o)
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, string(o.Ring), 8).Space(1).Put(t.Normal, part.Count(o.Servers, "server", "servers")+s.throughWords(o.Likely)).End(ink, end)
		})
	}
	var rows []string
	cursor, selected := 0, ""
	if w, ok := s.window(); ok {
		selected = w.ID
	}
	for _, d := range s.days {
		for _, w := range d.windows {
			o, open := f.windows[w.ID]
			if !open || o.Servers == 0 {
				continue
			}
			if w.ID == selected {
				cursor = len(rows)
			}
			rows = append(rows, s.capacityRow(w, o, width, w.ID == selected))
		}
	}
	return append(sheet.Lines, around(rows, cursor, height-len(sheet.Lines))...)
}

// surety says how surely everybody of a ring fits, or what would let them.
func (s *Screen) surety(o rollout.Outlook) (part.Ink, string) {
	t := s.desk.Theme
	switch {
	case o.Late.WillNot == 0:
		return t.Normal, fmt.Sprintf("all fit in %.0f of 100 nights", 100*o.Sure)
	case o.Enough > o.Ceiling:
		return t.Tone(rollout.ToneMissed), fmt.Sprintf("%s may not fit; all would at %d at once", part.Number(o.Late.WillNot), o.Enough)
	}
	return t.Tone(rollout.ToneMissed), part.Number(o.Late.WillNot) + " may not fit at any limit"
}

// throughWords say when a ring is likely through.
func (s *Screen) throughWords(likely rollout.Course) string {
	if likely.Done.IsZero() {
		return ", and no window is left for them"
	}
	return ", through by " + s.desk.Day(likely.Done)
}

// capacityRow draws one window: what it likely brings, what it may miss, and the room that is left.
func (s *Screen) capacityRow(w rollout.Window, o rollout.WindowOutlook, width int, selected bool) string {
	t := s.desk.Theme
	const bar = 20
	mark := " "
	if selected {
		mark = t.Pointer()
	}
	line := t.Line(width).Put(t.Accent, mark).Column(t.Normal, w.ID, 6).Column(t.Dim, s.desk.Day(w.Opens), 17).
		Right(t.Normal, part.Number(o.Servers)+" of "+part.Number(o.Capacity), 14).Space(2)
	missed := max(0, o.Servers-o.Late)
	line.Drawn(t.Bar(bar, []part.Share{{Count: o.Servers - missed, Kind: part.BarDone, Ink: t.Tone(rollout.ToneGood)},
		{Count: missed, Kind: part.BarTrouble, Ink: t.Tone(rollout.ToneMissed)},
		{Count: max(0, o.Capacity-o.Servers), Kind: part.BarWaiting, Ink: t.Dim}}), bar)
	if short(o) {
		line.Put(t.Tone(rollout.ToneMissed), fmt.Sprintf("  ! %s may be left", part.Number(missed))).Put(t.Dim, ": "+o.Why)
	}
	return line.String()
}

// around gives so many rows with the one at the cursor among them.
func around(rows []string, cursor, height int) []string {
	height = max(height, 0)
	from := max(0, min(cursor-height/2, len(rows)-height))
	return rows[from:min(len(rows), from+height)]
}
