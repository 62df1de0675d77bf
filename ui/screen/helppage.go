package screen

import (
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// helpPage shows the keys that work on the screen under it, from the very bindings, and the table of statuses.
type helpPage struct {
	title    string
	bindings []part.Binding
	scroll   part.Scroll
}

func (r *Root) openHelp() {
	r.help = &helpPage{title: r.screen().Title(), bindings: r.bindings()}
}

// key scrolls; it tells whether help is over.
func (h *helpPage) key(k part.Key) bool {
	binding, found := part.Find(h.scroll.Moves(), k)
	if found {
		binding.Run()
	}
	return !found
}

func (h *helpPage) view(t *part.Theme, width, height int) []string {
	left := width
	if width >= 110 {
		left = width / 2
	}
	lines := append([]string{t.Line(left-1).Put(t.Title, "Help: "+h.title).End(t.Dim, "any other key closes").String(), ""},
		part.Help(t, h.bindings, left-1)...)
	statuses := statusSheet(t, width-left-2)
	if left < width {
		return h.scroll.Render(t, t.Beside(lines, left, statuses), width, height)
	}
	return h.scroll.Render(t, append(lines, statusSheet(t, width)...), width, height)
}

// statusSheet explains every status.
func statusSheet(t *part.Theme, width int) []string {
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Statuses", "")
	for _, s := range rollout.Statuses {
		sheet.Row(func(l *part.Line) {
			glyph, ink := t.Status(s)
			l.Column(ink, glyph, 2).Column(t.Normal, string(s.Delivery), 16).Put(t.Dim, s.Meaning)
		})
	}
	return sheet.Lines
}
