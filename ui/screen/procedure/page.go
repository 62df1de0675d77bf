package procedure

import (
	"fmt"
	"strings"

	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// page is one task in full.
type page struct {
	screen *Screen
	task   int
	scroll part.Scroll
}

// Title implements desk.Screen.
func (p *page) Title() string { return fmt.Sprintf("Task %d", p.task) }

// Init implements desk.Screen.
func (p *page) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *page) Update(message part.Msg) part.Cmd { return p.screen.Update(message) }

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	return append(p.screen.steps(func() int { return p.task }), p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	d, l := p.screen.desk, p.screen.line(p.task)
	t := d.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	if l == nil {
		sheet.Say(t.Dim, p.Title()+" is not in the newest view")
		return sheet.Lines
	}
	sheet.Head(p.Title(), "")
	sheet.Say(t.Strong, l.Title)
	sheet.Gap()
	sheet.Fact("state", t.Tone(stateTones[l.State]), stateWord(l.State))
	sheet.Fact("who", t.Accent, string(l.Who))
	sheet.Fact("due", t.Normal, d.Day(l.Due))
	sheet.Fact("builds on", t.Normal, numbers(l.BuildsOn))
	switch {
	case l.Hand:
		sheet.Fact("completed", t.Normal, "by hand: a tick was undone, so the engine leaves it to people")
	case l.Auto:
		sheet.Fact("completed", t.Normal, "by the engine from what it sees, or by hand")
	default:
		sheet.Fact("completed", t.Normal, "by hand")
	}
	if l.ToDo != "" {
		sheet.Head("Overdue", "")
		sheet.Fact("what to do", t.Tone(rollout.ToneBad), l.ToDo)
		sheet.Fact("now with", t.Normal, l.Told)
	}
	if len(l.Ticks) > 0 {
		sheet.Head("What happened", "")
	}
	for _, tick := range l.Ticks {
		how := "ticked by " + tick.By
		switch {
		case tick.Seen:
			how = "seen by the engine"
		case tick.Skipped:
			how = "skipped by " + tick.By
		}
		sheet.Fact(d.Clock(tick.At), t.Dim, d.Day(tick.At)+", "+how)
		sheet.Fact("", t.Normal, tick.Note)
	}
	if len(l.Times) > 0 {
		sheet.Head("Its times", "")
		for _, at := range l.Times {
			sheet.Say(t.Normal, d.Day(at))
		}
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}
