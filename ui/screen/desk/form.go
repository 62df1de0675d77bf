package desk

import (
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Blank is one part of a form: what is asked, and what was written.
type Blank struct {
	Key, Label string
	Meaning    string // what belongs there
	Text       string // what stands there at first
	Required   bool
}

// Form is a page on which a person writes several texts before one command is given. It closes when the engine has done it; what was
// refused stays to be mended.
type Form struct {
	Name   string   // its title
	Says   []string // what will be done with it
	Group  string   // of its keys in help
	Verb   string   // what giving it does: "hold the review"
	Action string   // the engine's name of the command
	Blanks []Blank
	// Make gives the command of what was written, by the keys of the blanks, without spaces around it. An error goes back to the person.
	Make func(written map[string]string) (engine.Command, error)

	desk   *Desk
	list   part.List
	field  part.Field
	typing bool
	given  bool
	lacks  string
}

// formed is the outcome of a form's command.
type formed struct {
	form    *Form
	outcome Answered
}

// Fill opens a form on top of the screen in front.
func (d *Desk) Fill(f *Form) part.Cmd {
	f.desk = d
	f.list.Columns = []part.Column{{Title: "What", Width: 20}, {Title: "Text", Width: 20, Grow: 1}}
	f.list.Cell = f.cell
	f.list.Set(len(f.Blanks), func(row int) string { return f.Blanks[row].Key })
	f.list.First()
	return d.Open(f)
}

func (f *Form) cell(row, column int) (part.Ink, string) {
	t, b := f.desk.Theme, &f.Blanks[row]
	switch {
	case column == 0:
		return t.Strong, b.Label
	case b.Text != "":
		return t.Normal, b.Text
	case b.Required:
		return t.Tone(rollout.ToneMissed), "needed"
	default:
		return t.Dim, "–"
	}
}

// Title implements Screen.
func (f *Form) Title() string { return f.Name }

// Init implements Screen.
func (f *Form) Init() part.Cmd { return nil }

// Update implements Screen.
func (f *Form) Update(message part.Msg) part.Cmd {
	m, ok := message.(formed)
	if !ok || m.form != f {
		return nil
	}
	f.given = false
	if m.outcome.Err != nil {
		f.lacks = m.outcome.Err.Error() // whole: the line that answers stand in may be too short for it
	}
	return func() part.Msg { return m.outcome }
}

// Typing implements Typist.
func (f *Form) Typing() bool { return f.typing }

// Type implements Typist: enter keeps the text and goes to the next blank, esc drops what was typed.
func (f *Form) Type(k part.Key) {
	switch k.Name {
	case "esc":
		f.typing = false
	case "enter", "tab", "down", "up":
		f.blank().Text = strings.TrimSpace(f.field.Text())
		f.typing, f.lacks = false, ""
		if k.Name == "up" {
			f.list.Move(-1)
		} else {
			f.list.Move(1)
		}
	default:
		f.field.Key(k)
	}
}

func (f *Form) blank() *Blank {
	row, _ := f.list.Selected()
	return &f.Blanks[row]
}

// Bindings implements Screen.
func (f *Form) Bindings() []part.Binding {
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "write what belongs there; enter goes on to the next", Hint: "write", Group: f.Group, Run: func() part.Cmd {
			f.typing = true
			f.field.Set(f.blank().Text)
			return nil
		}},
		{Keys: []string{"s"}, Help: f.Verb, Hint: f.Verb, Group: f.Group, Action: f.Action, Run: f.give, Disabled: func() string {
			if f.given {
				return "the engine has not answered yet"
			}
			return ""
		}},
	}
	return append(list, f.list.Moves()...)
}

// give gives the command, or goes to what is missing.
func (f *Form) give() part.Cmd {
	if i := slices.IndexFunc(f.Blanks, func(b Blank) bool { return b.Required && b.Text == "" }); i >= 0 {
		f.list.Select(f.Blanks[i].Key)
		f.lacks = f.Blanks[i].Label + " is needed"
		return nil
	}
	written := map[string]string{}
	for _, b := range f.Blanks {
		written[b.Key] = b.Text
	}
	command, err := f.Make(written)
	if err != nil {
		f.lacks = err.Error()
		return nil
	}
	f.lacks, f.given = "", true
	do := f.desk.DoAndLeave(f, command)
	return func() part.Msg { return formed{f, do().(Answered)} }
}

// belowList are the lines under the list: a gap, what belongs into the blank, the text or the field, what is lacking.
const belowList = 7

// View implements Screen.
func (f *Form) View(width, height int) []string {
	t := f.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(f.Name, "enter writes, s: "+f.Verb)
	for _, words := range f.Says {
		sheet.Say(t.Dim, words)
	}
	sheet.Gap()
	rows := min(len(f.Blanks)+1, height-len(sheet.Lines)-belowList)
	sheet.Lines = append(sheet.Lines, f.list.Render(t, width, rows)...)
	sheet.Gap()
	b := f.blank()
	sheet.Say(t.Accent, b.Label+": "+b.Meaning)
	if f.typing {
		sheet.Row(func(l *part.Line) { f.field.Draw(l.Put(t.Accent, "> "), t, l.Room(), true) })
	} else {
		for _, words := range part.Wrap(b.Text, width)[:min(3, len(part.Wrap(b.Text, width)))] {
			sheet.Say(t.Normal, words)
		}
	}
	if f.lacks != "" {
		sheet.Say(t.Tone(rollout.ToneBad), f.lacks)
	}
	return sheet.Lines
}
