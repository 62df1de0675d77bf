package audit

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// stretchSize is how many entries one command looks at before it tells how far it is; it can be stopped there. mostFound is how many the
// page keeps.
const (
	stretchSize = 20_000
	mostFound   = 5_000
)

// searchPage looks through the whole trail, newest first. The reading is done by commands, one stretch after the other: neither
// the engine nor the keys wait for it, and it ends when a person stops it or closes the page.
type searchPage struct {
	table
	jump    jump
	field   part.Field
	typing  bool
	wrong   string // why what was typed cannot be looked for
	query   query
	asked   bool   // the query is new: looking begins when typing has ended
	run     int    // which search: answers of an older one are dropped
	head    uint64 // where the search began
	left    uint64 // entries that were not looked at yet
	looking bool
	stopped string // why it ended before the beginning of the trail
}

// stretchSearched is what one command found.
type stretchSearched struct {
	page  *searchPage
	run   int
	left  uint64
	found []record
	err   error
}

func newSearchPage(d *desk.Desk, jump jump) *searchPage {
	p := &searchPage{jump: jump, typing: true}
	p.table = newTable(d, func(row int) *record { return &p.records[row] })
	return p
}

// Title implements desk.Screen.
func (p *searchPage) Title() string { return "Search the audit trail" }

// Init implements desk.Screen.
func (p *searchPage) Init() part.Cmd { return nil }

// Typing implements desk.Typist.
func (p *searchPage) Typing() bool { return p.typing }

// Follow implements desk.Follower: what enter asked for begins.
func (p *searchPage) Follow() part.Cmd {
	if !p.asked {
		return nil
	}
	p.asked = false
	return p.begin()
}

// Type implements desk.Typist. Enter asks; the search begins with Follow, since Type gives no command.
func (p *searchPage) Type(k part.Key) {
	switch k.Name {
	case "enter":
		p.parse()
	case "esc":
		p.typing, p.wrong = false, ""
	default:
		p.field.Key(k)
		p.wrong = ""
	}
}

func (p *searchPage) parse() {
	q, err := parseQuery(p.field.Text(), p.desk.Current, p.desk.Zone)
	if err != nil {
		p.wrong = err.Error()
		return
	}
	p.query, p.typing, p.wrong, p.asked = q, false, "", true
}

// begin looks from the newest entry on.
func (p *searchPage) begin() part.Cmd {
	p.run++
	p.head = p.desk.Current.Head.Seq
	p.left, p.stopped, p.looking = p.head, "", p.head > 0
	p.take(nil)
	return p.next()
}

// next looks through the newest stretch that is left.
func (p *searchPage) next() part.Cmd {
	if !p.looking {
		return nil
	}
	return searchStretch(p, p.desk.Console, p.query, p.run, p.left)
}

func searchStretch(p *searchPage, console engine.Console, q query, run int, to uint64) part.Cmd {
	return func() part.Msg {
		from := uint64(1)
		if to > stretchSize {
			from = to - stretchSize + 1
		}
		found, err := searchEntries(console, q, from, to)
		return stretchSearched{p, run, from - 1, found, err}
	}
}

// searchEntries gives the entries between two, both included, that a query looks for, newest first.
func searchEntries(console engine.Console, q query, from, to uint64) ([]record, error) {
	var found []record
	var lower []byte
	err := console.Entries(from, func(seq uint64, raw []byte) error {
		if seq > to {
			return errEnough
		}
		if lower = appendLower(lower[:0], raw); !q.may(lower) {
			return nil
		}
		if r := parse(seq, raw); r.broke != "" || q.match(&r.entry) {
			found = append(found, r)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	slices.Reverse(found)
	return found, err
}

// appendLower appends a text with its ASCII letters in lower case.
func appendLower(to, text []byte) []byte {
	for _, b := range text {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		to = append(to, b)
	}
	return to
}

// Update implements desk.Screen.
func (p *searchPage) Update(message part.Msg) part.Cmd {
	m, ok := message.(stretchSearched)
	if !ok || m.page != p || m.run != p.run || !p.looking {
		return nil
	}
	p.take(append(p.records, m.found...))
	p.left = m.left
	switch {
	case m.err != nil:
		p.looking, p.stopped = false, "the trail could not be read: "+m.err.Error()
	case len(p.records) >= mostFound:
		p.looking, p.stopped = false, fmt.Sprintf("more than %s: look for less", part.Number(mostFound))
		p.take(p.records[:mostFound])
	case p.left == 0:
		p.looking = false
	}
	return p.next()
}

// take shows these entries.
func (p *searchPage) take(records []record) {
	p.records = records
	p.list.Set(len(records), func(row int) string { return strconv.FormatUint(records[row].seq, 10) })
}

// Bindings implements desk.Screen.
func (p *searchPage) Bindings() []part.Binding {
	const group = "Search"
	list := []part.Binding{
		{Keys: []string{"/"}, Help: "type what to look for; enter begins", Hint: "type", Group: group, Run: func() part.Cmd { p.typing = true; return nil }},
		{Keys: []string{"x"}, Help: "stop looking", Hint: "stop", Group: group, Disabled: func() string {
			if !p.looking {
				return "nothing is being looked for"
			}
			return ""
		}, Run: func() part.Cmd {
			p.looking, p.stopped = false, "stopped"
			return nil
		}},
		{Keys: []string{"u"}, Help: "look again, from what is the newest entry now", Hint: "again", Group: group, Disabled: func() string {
			if p.run == 0 {
				return "type what to look for first: / opens the field"
			}
			return ""
		}, Run: p.begin},
	}
	list = append(list, p.copyFound()...)
	return append(append(list, p.entryBindings(p.jump, p.selected)...), p.list.Moves()...)
}

func (p *searchPage) selected() *record {
	row, ok := p.list.Selected()
	if !ok {
		return nil
	}
	return &p.records[row]
}

// View implements desk.Screen.
func (p *searchPage) View(width, height int) []string {
	t := p.desk.Theme
	lines := []string{t.Line(width).Put(t.Title, p.Title()).End(t.Dim, p.progress()).String()}
	field := t.Line(width).Put(t.Accent, "/")
	p.field.Draw(field, t, field.Room(), p.typing)
	lines = append(lines, field.String())
	if p.wrong != "" {
		lines = append(lines, t.Text(t.Tone(rollout.ToneBad), width, p.wrong))
	} else if p.typing || p.run == 0 {
		for _, words := range part.Wrap(queryHelp, width) {
			lines = append(lines, t.Text(t.Dim, width, words))
		}
	}
	if p.list.Len() == 0 {
		return append(lines, "", t.Text(t.Dim, width, p.emptyWords()))
	}
	return append(lines, p.list.Render(t, width, height-len(lines))...)
}

// progress says how far the search is.
func (p *searchPage) progress() string {
	if p.run == 0 {
		return part.Count(int(p.desk.Current.Head.Seq), "entry", "entries")
	}
	words := fmt.Sprintf("%s found in %s", part.Number(len(p.records)), part.Count(int(p.head-p.left), "entry", "entries"))
	switch {
	case p.looking:
		words += fmt.Sprintf(" of %s, %d %%: x stops", part.Number(int(p.head)), (p.head-p.left)*100/p.head)
	case p.stopped != "":
		words += ", " + p.stopped
	}
	return words
}

func (p *searchPage) emptyWords() string {
	switch {
	case p.run == 0:
		return "enter looks through the whole trail, newest first"
	case p.looking:
		return "nothing yet"
	default:
		return "nothing found"
	}
}
