package part

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// The names under which the mouse comes to the bindings. Only parts offer them, for moving the cursor: no binding with an effect on
// servers may have one of them.
const (
	Click     = "click"
	WheelUp   = "wheel up"
	WheelDown = "wheel down"
)

// MouseGroup is the group of bindings that the mouse leads to.
const MouseGroup = "Mouse"

// wheelStep is how many lines one notch of the wheel scrolls.
const wheelStep = 3

// MouseOn and MouseOff ask the terminal to report the mouse, which takes its own selection of text away, or to keep it.
func MouseOn() Msg  { return tea.EnableMouseCellMotion() }
func MouseOff() Msg { return tea.DisableMouse() }

// Pointed is a part that the mouse can point at.
type Pointed interface {
	// Point takes note of what stands at a place of its last drawing, for the binding of Click; false when nothing does.
	Point(x, y int) bool
}

// Mouse knows where the parts of the last frame stand. Parts that are drawn put an invisible mark before their first line; when the frame
// is whole, Take finds the marks and takes them out again. A theme without a mouse draws no marks.
type Mouse struct {
	drawn map[int]area // by the number in their mark
	seen  []area       // of the last frame, those that lie above others last
	next  int
}

type area struct {
	part                Pointed
	x, y, width, height int
}

// The mark is a sequence of the kind that Seen counts as no columns; it never reaches a terminal.
const markBegins, markEnds = "\x1b[?77;", "m"

// mark gives what a part puts before the first line of its drawing, of which so many columns and lines answer to the mouse.
func (t *Theme) mark(part Pointed, width, height int) string {
	m := t.Mouse
	if m == nil {
		return ""
	}
	if m.drawn == nil {
		m.drawn = map[int]area{}
	}
	m.next++
	m.drawn[m.next] = area{part: part, width: width, height: height}
	return markBegins + strconv.Itoa(m.next) + markEnds
}

// Mark is for parts whose rows are drawn by their screen.
func (l *List) Mark(t *Theme, width, height int) string { return t.mark(l, width, height) }

// Take takes the marks out of a frame and remembers where they stood.
func (m *Mouse) Take(lines []string) {
	m.seen = m.seen[:0]
	for y, line := range lines {
		for {
			before, after, found := strings.Cut(line, markBegins)
			if !found {
				break
			}
			number, rest, _ := strings.Cut(after, markEnds)
			line = before + rest
			id, _ := strconv.Atoi(number)
			if a, known := m.drawn[id]; known {
				a.x, a.y = Seen(before), y
				m.seen = append(m.seen, a)
			}
		}
		lines[y] = line
	}
	clear(m.drawn)
}

// At gives the part at a place of the last frame, which has taken note of what was pointed at; nil when there is none.
func (m *Mouse) At(x, y int) Pointed {
	for i := len(m.seen) - 1; i >= 0; i-- {
		a := m.seen[i]
		if x >= a.x && x < a.x+a.width && y >= a.y && y < a.y+a.height && a.part.Point(x-a.x, y-a.y) {
			return a.part
		}
	}
	return nil
}

// mouseMoves are the bindings of a part that the mouse leads to.
func mouseMoves(click func(), wheel func(lines int)) []Binding {
	roll := func(lines int) func() Cmd { return func() Cmd { wheel(lines); return nil } }
	list := []Binding{
		{Keys: []string{WheelUp}, Help: "scroll up", Group: MouseGroup, Run: roll(-wheelStep)},
		{Keys: []string{WheelDown}, Help: "scroll down", Group: MouseGroup, Run: roll(wheelStep)},
	}
	if click != nil {
		list = append(list, Binding{Keys: []string{Click}, Help: "select what is under the mouse", Group: MouseGroup, Run: func() Cmd { click(); return nil }})
	}
	return list
}

// Point implements Pointed.
func (l *List) Point(_, y int) bool {
	if row := l.top + y; y >= 0 && row < l.rows {
		l.pointed = row + 1
		return true
	}
	return false
}

// click moves the cursor to the row that was pointed at.
func (l *List) click() {
	if l.pointed > 0 && l.rows > 0 {
		l.place(l.pointed - 1)
	}
	l.pointed = 0
}

// roll scrolls; the cursor stays where it is as long as that is in sight. Where nothing is left to scroll the cursor goes to the end.
func (l *List) roll(rows int) {
	if l.rows == 0 {
		return
	}
	top := max(0, min(l.top+rows, l.rows-l.page))
	if top == l.top {
		l.Move(rows)
		return
	}
	l.top = top
	l.place(min(max(l.cursor, top), top+max(l.page, 1)-1))
}

// Point implements Pointed.
func (g *Grid) Point(x, y int) bool {
	if y < 0 || g.top+y >= len(g.lines) {
		return false
	}
	line := &g.lines[g.top+y]
	if cell := line.from + x - g.groupWidth - g.labelWidth; cell >= line.from && cell < line.to {
		g.pointed = cell + 1
		return true
	}
	return false
}

// MouseMoves are the bindings of a grid that the mouse leads to.
func (g *Grid) MouseMoves() []Binding {
	return mouseMoves(func() {
		if g.pointed > 0 {
			g.Place(g.pointed - 1)
		}
		g.pointed = 0
	}, g.roll)
}

// roll scrolls; the cursor stays in sight, in its column where the line is long enough.
func (g *Grid) roll(lines int) {
	if len(g.lines) == 0 {
		return
	}
	top := max(0, min(g.top+lines, len(g.lines)-g.page))
	if top == g.top {
		g.Move(0, lines)
		return
	}
	g.top = top
	at := g.lineOf(g.cursor)
	if in := min(max(at, top), top+max(g.page, 1)-1); in != at {
		g.Move(0, in-at)
	}
}
