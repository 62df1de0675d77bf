package part

import (
	"strings"
	"time"
)

// Question is what a person must answer before something is done: what will happen, to whom, and why.
type Question struct {
	Title  string
	Says   []string // what will be done, to how many servers
	Names  []string // whom it touches; some of them are shown
	Verb   string   // what the button that does it says
	Reason bool     // a reason is asked for and goes into the audit trail
	Field  string   // what the field asks for when it is not a reason: "Who"
	Do     func(reason string) Cmd

	// Prompt is a text that is asked for before the reason; nil asks for none.
	Prompt *Prompt
}

// Prompt is one more text that a question asks for.
type Prompt struct {
	Label string
	Hint  string                    // what may be written there
	Take  func(answer string) error // takes the answer just before the question is done; an error goes back to the field
}

// grace is how long after its opening a question takes no keys: what arrives by then was typed before it could be seen.
const grace = 300 * time.Millisecond

// The places of the focus in a question.
const (
	onPrompt = iota
	onReason
	onCancel
	onVerb
	places
)

// Confirm is an open question. Cancel is what enter means until the person moves away from it.
type Confirm struct {
	Question
	field  Field
	prompt Field
	focus  int
	opened time.Time
	lacks  string // what is still missing, after a try
}

// Ask opens a question. now is the wall's clock.
func Ask(q Question, now time.Time) *Confirm {
	c := &Confirm{Question: q, opened: now, focus: onCancel}
	if q.Reason {
		c.focus = onReason
	}
	if q.Prompt != nil {
		c.focus = onPrompt
	}
	return c
}

// Key answers; closed tells that the question is over, and command what to do then.
func (c *Confirm) Key(k Key, now time.Time) (closed bool, command Cmd) {
	if k.Name == "esc" {
		return true, nil
	}
	if since := now.Sub(c.opened); since >= 0 && since < grace {
		return false, nil
	}
	switch k.Name {
	case "tab", "down":
		c.step(1)
	case "shift+tab", "up":
		c.step(-1)
	case "enter":
		return c.enter()
	case "left", "right", "h", "l":
		if c.focus >= onCancel {
			c.focus = onCancel + onVerb - c.focus
			return false, nil
		}
		c.write(k)
	default:
		c.write(k)
	}
	return false, nil
}

// write gives a key to the field in focus.
func (c *Confirm) write(k Key) {
	switch c.focus {
	case onPrompt:
		c.prompt.Key(k)
	case onReason:
		c.field.Key(k)
	default:
		return
	}
	c.lacks = ""
}

// label names the field, and missing says that it is empty.
func (c *Confirm) label() string {
	if c.Field != "" {
		return c.Field
	}
	return "Reason"
}

func (c *Confirm) missing() string {
	if c.Field != "" {
		return "fill in the field first"
	}
	return "write the reason first: it goes into the audit trail"
}

func (c *Confirm) step(by int) {
	for {
		c.focus = (c.focus + by + places) % places
		if (c.focus != onReason || c.Reason) && (c.focus != onPrompt || c.Prompt != nil) {
			return
		}
	}
}

func (c *Confirm) enter() (closed bool, command Cmd) {
	reason := strings.TrimSpace(c.field.Text())
	switch c.focus {
	case onPrompt, onReason:
		c.step(1)
	case onCancel:
		return true, nil
	case onVerb:
		if c.Reason && reason == "" {
			c.lacks, c.focus = c.missing(), onReason
			return false, nil
		}
		if c.Prompt != nil {
			if err := c.Prompt.Take(strings.TrimSpace(c.prompt.Text())); err != nil {
				c.lacks, c.focus = err.Error(), onPrompt
				return false, nil
			}
		}
		return true, c.Do(reason)
	}
	return false, nil
}

// Render draws the question as a band of full width, at most height lines; its last lines, with the buttons, are
// always among them.
func (c *Confirm) Render(t *Theme, width, height int) []string {
	sheet := Sheet{Theme: t, Width: width - 4}
	sheet.Say(t.Title, c.Title)
	for _, sentence := range c.Says {
		sheet.Say(t.Normal, sentence)
	}
	if len(c.Names) > 0 {
		sheet.Say(t.Strong, Some(c.Names, max(3, width/20)))
	}
	foot := Sheet{Theme: t, Width: width - 4}
	c.foot(&foot)
	body := sheet.Lines[:max(0, min(len(sheet.Lines), height-2-len(foot.Lines)))]
	lines := []string{t.Rule(width)}
	for _, l := range append(body, foot.Lines...) {
		lines = append(lines, "  "+l)
	}
	return append(lines, t.Rule(width))
}

func (c *Confirm) foot(s *Sheet) {
	t := s.Theme
	if c.Reason || c.Prompt != nil {
		s.Gap()
	}
	if c.Prompt != nil {
		c.row(s, c.Prompt.Label, &c.prompt, c.focus == onPrompt, c.Prompt.Hint)
	}
	if c.Reason {
		c.row(s, c.label(), &c.field, c.focus == onReason, "")
	}
	s.Gap()
	s.Row(func(l *Line) {
		c.button(l, t, "Cancel", c.focus == onCancel)
		l.Space(2)
		c.button(l, t, c.Verb, c.focus == onVerb)
		l.End(t.Dim, c.advice())
	})
}

// row draws a field behind its label; the hint stands where nothing is written yet.
func (c *Confirm) row(s *Sheet, label string, field *Field, focused bool, hint string) {
	s.Row(func(l *Line) {
		ink := s.Theme.Dim
		if focused {
			ink = s.Theme.Accent
		}
		l.Put(ink, label+" ")
		if field.Text() != "" || hint == "" {
			field.Draw(l, s.Theme, l.Room(), focused)
			return
		}
		field.Draw(l, s.Theme, 2, focused)
		l.Put(s.Theme.Dim, hint)
	})
}

func (c *Confirm) advice() string {
	switch {
	case c.lacks != "":
		return c.lacks
	case c.focus < onCancel:
		return "tab to the buttons, esc cancels"
	default:
		return "tab and arrows move, enter chooses"
	}
}

func (c *Confirm) button(l *Line, t *Theme, text string, focused bool) {
	if focused {
		l.Put(t.Cursor, "[ "+text+" ]")
		if t.Cursor.Plain() {
			l.Put(t.Normal, "<")
		}
		return
	}
	l.Put(t.Dim, "[ ").Put(t.Normal, text).Put(t.Dim, " ]")
}
