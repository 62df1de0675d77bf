package audit

import (
	"strconv"

	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// jump goes to the thing with an id; false when no screen shows it.
type jump func(id string) (part.Cmd, bool)

// table is a list of entries as the screen and the search show them.
type table struct {
	desk    *desk.Desk
	list    part.List
	records []record // newest first
}

// newTable makes a table whose rows show the entries that at gives.
func newTable(d *desk.Desk, at func(row int) *record) table {
	t := table{desk: d}
	t.list.Cell = func(row, column int) (part.Ink, string) { return cell(d, at(row), column) }
	t.list.Columns = []part.Column{
		{Title: "Entry", Width: 7, Right: true}, {Title: "When", Width: 19, From: wide}, {Title: "When", Width: 8, Until: wide},
		{Title: "Who", Width: 8, Grow: 1}, {Title: "What", Width: 19, Grow: 1}, {Title: "Object", Width: 7, Grow: 2}, {Title: "Change and reason", Width: 18, Grow: 6},
	}
	return t
}

// Places of the two forms of the time: the day as well where there is room.
const (
	columnDay  = 1
	columnTime = 2
	wide       = 100
)

// cell draws one member of an entry.
func cell(d *desk.Desk, r *record, column int) (part.Ink, string) {
	t := d.Theme
	switch column {
	case 0:
		return t.Dim, strconv.FormatUint(r.seq, 10)
	case columnDay:
		return t.Dim, d.DayAndSecond(r.entry.At)
	case columnTime:
		return t.Dim, d.Second(r.entry.At)
	case 3:
		if r.entry.Actor == "engine" {
			return t.Dim, r.entry.Actor
		}
		return t.Accent, r.entry.Actor
	case 4:
		return t.Normal, r.entry.Action
	case 5:
		return t.Normal, r.entry.Object
	default:
		if r.broke != "" {
			return t.Tone(rollout.ToneBad), r.words()
		}
		return t.Normal, r.words()
	}
}

// entryBindings are what a person may do with the entry under the cursor.
func (t *table) entryBindings(jump jump, selected func() *record) []part.Binding {
	return []part.Binding{
		{Keys: []string{"enter"}, Help: "the whole entry", Hint: "open", Group: "Audit", Run: func() part.Cmd {
			return t.desk.Open(&page{desk: t.desk, jump: jump, record: *selected()})
		}, Disabled: func() string {
			if selected() == nil {
				return "no entry is shown"
			}
			return ""
		}},
		objectBinding(t.desk, jump, selected),
	}
}

// objectBinding goes to what an entry is about.
func objectBinding(d *desk.Desk, jump jump, selected func() *record) part.Binding {
	return part.Binding{Keys: []string{"o"}, Help: "go to what the entry is about", Hint: "object", Group: "Audit", Disabled: func() string {
		switch r := selected(); {
		case r == nil:
			return "no entry is shown"
		case r.entry.Object == "":
			return "the entry is about no single thing"
		}
		return ""
	}, Run: func() part.Cmd {
		object := selected().entry.Object
		command, found := jump(object)
		if !found {
			d.Tell("no screen shows "+object, false)
		}
		return command
	}}
}
