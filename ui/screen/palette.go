package screen

import (
	"slices"
	"strings"

	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// palette finds what the screen in front can do by typing. It offers the very bindings of that screen, so that it can do nothing
// that a key could not.
type palette struct {
	filter   desk.Filter
	list     part.List
	bindings []part.Binding // those that match, in the screen's order
}

// paletteKey opens it; it does not offer itself.
const paletteKey = ":"

// paletteLines is its height at most; it does not change while a person types.
const paletteLines = 16

func (r *Root) openPalette() part.Cmd {
	p := &palette{}
	p.filter.Open()
	p.list.Columns = []part.Column{{Title: "Key", Width: 9}, {Title: "What it does", Width: 20, Grow: 3}, {Width: 16, Grow: 2}}
	p.list.Cell = func(row, column int) (part.Ink, string) { return p.cell(r.desk.Theme, row, column) }
	p.take(r.bindings())
	p.list.First()
	r.palette = p
	return nil
}

func (p *palette) cell(t *part.Theme, row, column int) (part.Ink, string) {
	b := p.bindings[row]
	why := b.Why()
	switch {
	case column == 0:
		return t.Accent, part.Binding{Keys: b.Keys[:1]}.KeyText(t)
	case column == 1 && why == "":
		return t.Normal, b.Help
	case column == 1:
		return t.Dim, b.Help
	case why != "":
		return t.Dim, "not now: " + why
	default:
		return t.Dim, b.Group
	}
}

// take keeps the bindings that match what was typed. The cursor stays on its binding while that is there.
func (p *palette) take(bindings []part.Binding) {
	p.bindings = slices.DeleteFunc(bindings, func(b part.Binding) bool {
		return b.Keys[0] == paletteKey || b.Group == part.MouseGroup || !p.filter.Match(b.Help, b.Group, strings.Join(b.Keys, " "))
	})
	shown := p.bindings
	p.list.Set(len(shown), func(row int) string { return shown[row].Keys[0] })
}

// typePalette gives one press to the palette: typing narrows, enter runs what is under the cursor or says why it does nothing now.
func (r *Root) typePalette(k part.Key) part.Cmd {
	p := r.palette
	p.take(r.bindings())
	switch k.Name {
	case "esc":
		r.palette = nil
	case "enter":
		if row, any := p.list.Selected(); any {
			return r.choose(p.bindings[row])
		}
	case "up", "shift+tab", "ctrl+p":
		p.list.Move(-1)
	case "down", "tab", "ctrl+n":
		p.list.Move(1)
	case "pgup":
		p.list.Page(-1)
	case "pgdown":
		p.list.Page(1)
	default:
		p.filter.Type(k)
		p.take(r.bindings())
		p.list.First()
	}
	return nil
}

// choose runs a binding of the palette, which stays when the binding does nothing now.
func (r *Root) choose(b part.Binding) part.Cmd {
	if b.Why() == "" {
		r.palette = nil
	}
	return r.run(b)
}

// paletteBand draws the palette over the lower part of the screen.
func (r *Root) paletteBand(width, height int) []string {
	t, p := r.desk.Theme, r.palette
	p.take(r.bindings())
	inner := width - 4
	prompt := t.Line(inner)
	p.filter.Prompt(prompt, t, paletteKey+" ", inner/2)
	lines := []string{prompt.End(t.Dim, "enter runs it, esc closes").String()}
	room := min(height, paletteLines) - len(lines) - 1
	if p.list.Len() == 0 {
		lines = append(lines, t.Text(t.Dim, inner, "nothing that this screen can do now matches"))
		return band(t, width, append(lines, make([]string, room-1)...))
	}
	full := p.inFull(t, inner)
	lines = append(append(lines, p.list.Render(t, inner, room-len(full))...), full...)
	return band(t, width, lines)
}

// inFull writes out what the row under the cursor may have had no room for, in always as many lines.
func (p *palette) inFull(t *part.Theme, width int) []string {
	row, _ := p.list.Selected()
	words := p.bindings[row].Help
	if why := p.bindings[row].Why(); why != "" {
		words = "not now: " + why
	}
	full := make([]string, 2)
	for i, l := range part.Wrap(words, width) {
		if i < len(full) {
			full[i] = t.Text(t.Dim, width, l)
		}
	}
	return full
}
