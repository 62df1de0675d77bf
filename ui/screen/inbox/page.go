package inbox

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Page lists the documents of the inbox, to import one.
type Page struct {
	desk      *desk.Desk
	kind      Kind
	list      part.List
	documents []desk.Document
	err       error
	listed    bool
	reading   string // the document that is being read
	refused   string // why the last one cannot be imported
}

type (
	listing struct {
		page      *Page
		documents []desk.Document
		err       error
	}
	finished struct {
		page    *Page
		name    string
		reading Reading
		err     error
	}
)

// Binding opens the page of a kind of document.
func Binding(d *desk.Desk, group string, kind Kind) part.Binding {
	return part.Binding{Keys: []string{"i"}, Help: "import " + kind.Noun + " from the inbox", Hint: "import", Group: group, Action: kind.Action,
		Run: func() part.Cmd { return d.Open(newPage(d, kind)) },
		Disabled: func() string {
			if d.Inbox == nil {
				return "this console has no inbox: import with " + kind.Verb + " FILE"
			}
			return ""
		}}
}

func newPage(d *desk.Desk, kind Kind) *Page {
	p := &Page{desk: d, kind: kind}
	p.list.Columns = []part.Column{{Title: "Document", Width: 30, Grow: 1}, {Title: "Size", Width: 10, Right: true}, {Title: "Put there", Width: 16}}
	p.list.Cell = p.cell
	return p
}

func (p *Page) cell(row, column int) (part.Ink, string) {
	t, d := p.desk.Theme, &p.documents[row]
	switch column {
	case 0:
		return t.Normal, d.Name
	case 1:
		return t.Dim, part.Bytes(d.Size)
	default:
		return t.Dim, d.Modified.In(p.desk.Zone).Format("Mon 2 Jan 15:04")
	}
}

// Title implements desk.Screen.
func (p *Page) Title() string { return "Import " + p.kind.Noun }

// Init implements desk.Screen.
func (p *Page) Init() part.Cmd {
	box := p.desk.Inbox
	return func() part.Msg {
		documents, err := box.Documents()
		return listing{p, documents, err}
	}
}

// Update implements desk.Screen.
func (p *Page) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case listing:
		if m.page == p {
			p.documents, p.err, p.listed = slices.DeleteFunc(m.documents, func(d desk.Document) bool { return !p.kind.fits(d) }), m.err, true
			documents := p.documents
			p.list.Set(len(documents), func(row int) string { return documents[row].Name })
		}
	case finished:
		if m.page == p && m.name == p.reading {
			p.reading = ""
			p.ask(m)
		}
	}
	return nil
}

// read reads a document beside the session's loop: a month's bulletin has megabytes.
func (p *Page) read() part.Cmd {
	box, kind, name := p.desk.Inbox, p.kind, p.list.SelectedID()
	p.reading, p.refused = name, ""
	return func() part.Msg {
		text, err := box.Open(name)
		if err != nil {
			return finished{page: p, name: name, err: err}
		}
		defer text.Close()
		reading, err := kind.read(name, text)
		return finished{p, name, reading, err}
	}
}

// ask says what was read before it is imported.
func (p *Page) ask(m finished) {
	if m.err != nil {
		p.refused = fmt.Sprintf("%s: %v; nothing was imported", m.name, m.err)
		return
	}
	p.desk.Ask(part.Question{Title: "Import " + m.name + "?", Says: m.reading.Says, Verb: "Import", Do: func(string) part.Cmd {
		return p.desk.DoAndLeave(p, m.reading.Command)
	}})
}

// Bindings implements desk.Screen.
func (p *Page) Bindings() []part.Binding {
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "read the document, and import it when it is right", Hint: "read", Group: "Import", Action: p.kind.Action, Run: p.read,
			Disabled: func() string {
				switch {
				case p.reading != "":
					return p.reading + " is still being read"
				case !p.listed:
					return looking
				case p.list.Len() == 0:
					return p.none()
				}
				return ""
			}},
		{Keys: []string{"u"}, Help: "look into the inbox again", Group: "Import", Run: p.Init},
	}
	return append(list, p.list.Moves()...)
}

const looking = "the console still looks into the inbox"

func (p *Page) none() string {
	return "no file that ends in " + strings.Join(p.kind.Endings, " or ") + " lies in the inbox"
}

// View implements desk.Screen.
func (p *Page) View(width, height int) []string {
	t := p.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	state := ""
	if p.reading != "" {
		state = "reading " + p.reading
	}
	sheet.Head(p.Title(), state)
	sheet.Say(t.Dim, fmt.Sprintf("What lies in %s on the console's machine: %s. From elsewhere: ssh CONSOLE %s - < FILE", p.desk.Inbox.Folder(), p.kind.Expect, p.kind.Verb))
	sheet.Gap()
	if p.refused != "" {
		sheet.Say(t.Tone(rollout.ToneBad), p.refused)
		sheet.Gap()
	}
	switch {
	case p.err != nil:
		sheet.Say(t.Tone(rollout.ToneBad), p.err.Error())
	case !p.listed:
		sheet.Say(t.Dim, looking)
	case p.list.Len() == 0:
		sheet.Say(t.Dim, p.none()+": put one there, then u looks again")
	default:
		return append(sheet.Lines, p.list.Render(t, width, height-len(sheet.Lines))...)
	}
	return sheet.Lines
}
