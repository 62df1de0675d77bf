package screen

import (
	"fmt"
	"strconv"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// The smallest terminal that the console draws on.
const (
	leastWidth  = 80
	leastHeight = 24
)

// frameLines are the lines around the screen: navigation, rule, rule, live rollout.
const frameLines = 4

func (r *Root) small() bool { return r.width < leastWidth || r.height < leastHeight }

// View implements tea.Model.
func (r *Root) View() string {
	if r.width <= 0 || r.height <= 0 {
		return ""
	}
	if r.small() {
		return r.tooSmall()
	}
	lines := make([]string, 0, r.height)
	lines = append(lines, r.navigation(), r.upperRule())
	for _, l := range r.body() {
		if l != "" {
			l = " " + l
		}
		lines = append(lines, l)
	}
	lines = append(lines, r.lowerRule(), r.bottom())
	if r.hasMouse() {
		r.desk.Theme.Mouse.Take(lines)
	}
	return strings.Join(lines, "\n")
}

func (r *Root) tooSmall() string {
	lines := part.Wrap(fmt.Sprintf("patchdeck needs %dx%d, has %dx%d. Enlarge the terminal, or press q to leave; the rollout goes on.",
		leastWidth, leastHeight, r.width, r.height), r.width)
	return strings.Join(lines[:min(len(lines), r.height)], "\n")
}

// body is the screen in front with what lies over it, exactly as many lines as there is room for.
func (r *Root) body() []string {
	width, height := r.width-2, r.height-frameLines
	var lines []string
	if r.help != nil {
		lines = r.help.view(r.desk.Theme, width, height)
	} else {
		lines = r.screen().View(width, height)
	}
	lines = append(make([]string, 0, height), lines[:min(len(lines), height)]...)
	for len(lines) < height {
		lines = append(lines, "")
	}
	var over []string
	switch {
	case r.confirm != nil:
		over = r.confirm.Render(r.desk.Theme, width, height)
	case r.leaving:
		over = r.leaveBand(width)
	case r.palette != nil:
		over = r.paletteBand(width, height)
	}
	copy(lines[max(0, height-len(over)):], over)
	return lines
}

func (r *Root) leaveBand(width int) []string {
	t := r.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width - 4}
	sheet.Say(t.Title, "Leave the console?")
	sheet.Say(t.Normal, r.goesOn())
	sheet.Gap()
	sheet.Say(t.Dim, "q or enter leaves, any other key stays")
	return band(t, width, sheet.Lines)
}

// band indents lines that lie over the screen and parts them from it.
func band(t *part.Theme, width int, lines []string) []string {
	framed := []string{t.Rule(width)}
	for _, l := range lines {
		framed = append(framed, "  "+l)
	}
	return framed
}

// goesOn says what runs on when the person leaves; empty when nothing does.
func (r *Root) goesOn() string {
	live := r.live()
	if live == nil {
		return ""
	}
	if r.left != "" {
		return r.left
	}
	return fmt.Sprintf("%s %s goes on without you: %s still open. Nothing stops when you leave.", live.ID, live.Ring,
		part.Count(live.Counts.Open(), "server", "servers"))
}

// live is the rollout of the bottom line; nil when none is open.
func (r *Root) live() *engine.RolloutView {
	view := r.desk.Current
	if i := desk.Live(view); i >= 0 && desk.IsOpen(&view.Rollouts[i]) {
		return &view.Rollouts[i]
	}
	return nil
}

// navigation names the screens, who acts and the time; it uses the longest form of each that fits.
func (r *Root) navigation() string {
	t, d := r.desk.Theme, &r.desk
	clock := d.Day(d.Current.At)
	if d.Current.At.IsZero() {
		clock = ""
	}
	who := d.Actor.Name + " · " + strings.Join(d.Actor.RoleNames(), ", ")
	// Who acts matters more than wide gaps; only where nothing else helps the time stands alone.
	for _, rights := range [][]string{{who + " · " + clock, d.Actor.Name + " · " + clock}, {clock}} {
		for _, form := range tabForms {
			for _, right := range rights {
				line := t.Line(r.width)
				r.tabsOn(line, form)
				if part.Width(part.Clean(right))+2 <= line.Room() {
					return line.End(t.Dim, right+" ").String()
				}
			}
		}
	}
	line := t.Line(r.width)
	r.tabsOn(line, tabForms[len(tabForms)-1])
	return line.End(t.Dim, d.Clock(d.Current.At)).String()
}

// tabForm is one way to write the screens' names; numbers are the keys that lead there.
type tabForm struct {
	brand, numbers bool
	gap            int
}

// tabForms go from the widest to the narrowest, which has just room for all names on 80 columns.
var tabForms = []tabForm{{true, true, 2}, {false, true, 2}, {false, true, 1}, {}}

func (r *Root) tabsOn(line *part.Line, form tabForm) {
	t := r.desk.Theme
	r.tabsAt = r.tabsAt[:0]
	if form.numbers {
		line.Space(1)
	}
	if form.brand {
		line.Put(t.Title, "patchdeck")
		if r.title != "" {
			line.Space(1).Put(t.Accent, r.title)
		}
		line.Space(2)
	}
	for i, tab := range r.tabs {
		from := r.width - line.Room()
		r.tabsAt = append(r.tabsAt, span{from, from + 1 + part.Width(tab.name)})
		if form.numbers {
			r.tabsAt[i].to++
		}
		ink, key := t.Normal, strconv.Itoa(i+1)
		if i == r.front {
			ink = t.Cursor
			if t.Cursor.Plain() {
				key = ">"
			}
		}
		if form.numbers {
			line.Put(t.Dim, key).Put(ink, " "+tab.name).Space(form.gap)
			continue
		}
		if key != ">" {
			key = " " // the mark takes the place of the gap: every column is needed for the clock
		}
		line.Put(t.Dim, key).Put(ink, tab.name)
	}
}

// upperRule is where it is said that the screen is old, or by the engine that nothing new starts.
func (r *Root) upperRule() string {
	t := r.desk.Theme
	if r.old > 0 {
		return t.Line(r.width).Space(1).Put(t.Tone(rollout.ToneLost), fmt.Sprintf("! no news from the engine for %s: what stands here is of %s", part.Lasting(r.old), r.desk.Second(r.desk.Current.At))).String()
	}
	if words := r.desk.Current.ReadOnly; words != "" {
		return t.Line(r.width).Space(1).Put(t.Tone(rollout.ToneBad), "! nothing new starts: "+words).String()
	}
	return t.Rule(r.width)
}

// lowerRule is where answers appear.
func (r *Root) lowerRule() string {
	t := r.desk.Theme
	if r.said == "" {
		return t.Rule(r.width)
	}
	ink, sign := t.Accent, "› "
	if r.loud {
		ink, sign = t.Tone(rollout.ToneBad), "! "
	}
	return t.Line(r.width).Space(1).Put(ink, sign+r.said).String()
}
