package servers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// exclusionsPage shows whom somebody excluded from a collection, and takes exclusions back: the table of the collection's servers does
// not hold them.
type exclusionsPage struct {
	desk       *desk.Desk
	collection string
	table      *part.Table
	shown      []inventory.ServerID
	holds      inventory.Exceptions
	names      func(inventory.ServerID) string
}

func newExclusionsPage(d *desk.Desk, collection string) *exclusionsPage {
	p := &exclusionsPage{desk: d, collection: collection}
	column := func(title string, width, grow int, value func(id inventory.ServerID, x inventory.Exclusion) string) part.TableColumn {
		return part.TableColumn{Column: part.Column{Title: title, Width: width, Grow: grow}, Value: func(row int) (part.Ink, string) {
			id := p.shown[row]
			x := p.holds[id]
			if !x.Holds(d.Current.At) {
				return d.Theme.Dim, value(id, x)
			}
			return d.Theme.Normal, value(id, x)
		}}
	}
	p.table = part.NewTable(
		column("Server", 16, 1, func(id inventory.ServerID, _ inventory.Exclusion) string { return p.names(id) }),
		column("Until", 22, 0, func(_ inventory.ServerID, x inventory.Exclusion) string {
			switch {
			case x.Until.IsZero():
				return "for good"
			case !x.Holds(d.Current.At):
				return "ended " + d.Day(x.Until)
			}
			return d.Day(x.Until)
		}),
		column("By", 10, 0, func(_ inventory.ServerID, x inventory.Exclusion) string { return x.By }),
		column("Reason", 16, 4, func(_ inventory.ServerID, x inventory.Exclusion) string { return x.Reason }),
	)
	return p
}

// Title implements desk.Screen.
func (p *exclusionsPage) Title() string { return "Exclusions" }

// Init implements desk.Screen.
func (p *exclusionsPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *exclusionsPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); !ok {
		return nil
	}
	p.holds, p.names = nil, desk.Names(p.desk.Current)
	collections := p.desk.Current.Collections
	if i := slices.IndexFunc(collections, func(c engine.CollectionView) bool { return c.Name == p.collection }); i >= 0 {
		p.holds = collections[i].Exclusions
	}
	p.shown = slices.SortedFunc(maps.Keys(p.holds), func(a, b inventory.ServerID) int { return strings.Compare(p.names(a), p.names(b)) })
	p.table.Set(len(p.shown), func(row int) string { return string(p.shown[row]) })
	return nil
}

// Bindings implements desk.Screen.
func (p *exclusionsPage) Bindings() []part.Binding {
	const group = "Exclusions"
	list := []part.Binding{
		{Keys: []string{"i"}, Help: "take back the exclusion of the chosen servers, with a reason", Hint: "include", Group: group,
			Action: engine.IncludeInCollection{}.Action(), Run: p.askInclude, Disabled: func() string {
				if p.table.Len() == 0 {
					return "nobody is excluded"
				}
				return ""
			}},
		p.desk.UndoBinding("take back your last exclusion", group, engine.IncludeInCollection{}),
	}
	return append(append(list, p.desk.CopyRows(p.table)...), p.table.Moves()...)
}

func (p *exclusionsPage) askInclude() part.Cmd {
	command := engine.IncludeInCollection{Name: p.collection}
	var names []string
	for _, id := range p.table.Chosen() {
		command.Servers = append(command.Servers, inventory.ServerID(id))
		names = append(names, p.names(inventory.ServerID(id)))
	}
	p.desk.Ask(part.Question{Title: fmt.Sprintf("Take back the exclusion of %s from %s?", servers(len(names)), p.collection), Names: names, Verb: "Take back", Reason: true,
		Says: []string{"The collection's query and its named members decide again. Plans that were made before stay as they are."},
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			p.table.Unmark()
			return p.desk.Do(command)
		}})
	return nil
}

// View implements desk.Screen.
func (p *exclusionsPage) View(width, height int) []string {
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, "Excluded from "+p.collection).Space(2)
	words := servers(p.table.Len())
	if marked := p.table.Words(); marked != "" {
		words = marked + " · " + words
	}
	lines := []string{head.End(t.Dim, words).String(), ""}
	if p.table.Len() == 0 {
		return append(lines, t.Text(t.Dim, width, "nobody is excluded: x on the inventory excludes the chosen servers, with a reason and an end"))
	}
	return append(lines, p.table.Render(t, width, height-len(lines))...)
}
