package servers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// baselinesPage shows where the servers stand with one baseline; brackets go to the others. Standings are worked out beside the session's
// loop.
type baselinesPage struct {
	desk   *desk.Desk
	picker desk.Picker
	table  *part.Table
	filter desk.Filter
	place  inventory.Place // that narrows; empty is all
	shown  []inventory.Standing
	names  func(inventory.ServerID) string

	busy   bool
	made   standings
	counts map[inventory.Place]int
}

// standings are where the servers of a class stood at a view.
type standings struct {
	page *baselinesPage
	of   string // the baseline with its revision
	at   time.Time
	list []inventory.Standing
}

// standPace is how long, by the engine's clock, standings are good enough.
const standPace = 5 * time.Second

var placeTones = map[inventory.Place]rollout.Tone{inventory.Below: rollout.ToneBad, inventory.Above: rollout.ToneMissed, inventory.NotRead: rollout.ToneLost,
	inventory.Exempt: rollout.ToneExcluded, inventory.At: rollout.ToneGood}

func newBaselinesPage(d *desk.Desk) *baselinesPage {
	p := &baselinesPage{desk: d, names: desk.Names(d.Current), counts: map[inventory.Place]int{}}
	p.table = part.NewTable(
		part.TableColumn{Column: part.Column{Title: "Server", Width: 16, Grow: 1}, Value: func(row int) (part.Ink, string) { return d.Theme.Normal, p.names(p.shown[row].Server) }},
		part.TableColumn{Column: part.Column{Title: "Place", Width: 8}, Number: func(row int) float64 { return float64(slices.Index(inventory.Places, p.shown[row].Place)) },
			Value: func(row int) (part.Ink, string) {
				return d.Theme.Tone(placeTones[p.shown[row].Place]), string(p.shown[row].Place)
			}},
		part.TableColumn{Column: part.Column{Title: "Why", Width: 20, Grow: 3}, Value: func(row int) (part.Ink, string) { return d.Theme.Normal, p.shown[row].Why }},
		part.TableColumn{Column: part.Column{Title: "Cause", Width: 16, Grow: 2}, Value: func(row int) (part.Ink, string) { return d.Theme.Dim, p.shown[row].Cause }},
	)
	return p
}

// Title implements desk.Screen.
func (p *baselinesPage) Title() string { return "Baselines" }

// Init implements desk.Screen.
func (p *baselinesPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *baselinesPage) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		all := p.desk.Current.Baselines
		p.picker.Set(len(all), func(i int) string { return all[i].Name }, 0)
		return p.work()
	case standings:
		if m.page == p {
			p.busy = false
			if b := p.baseline(); b == nil || m.of != revision(b) {
				return p.work() // another one came to the front meanwhile
			}
			p.made, p.names = m, desk.Names(p.desk.Current)
			p.narrow()
			return p.work()
		}
	}
	return nil
}

// baseline is the one in front; nil when there is none.
func (p *baselinesPage) baseline() *engine.BaselineView {
	all := p.desk.Current.Baselines
	if p.picker.At() >= len(all) {
		return nil
	}
	return &all[p.picker.At()]
}

func revision(b *engine.BaselineView) string { return fmt.Sprintf("%s %d", b.Name, b.Rev) }

func (p *baselinesPage) work() part.Cmd {
	b := p.baseline()
	if p.busy || b == nil {
		return nil
	}
	of := revision(b)
	if of == p.made.of && p.desk.Current.At.Sub(p.made.at) < standPace {
		return nil
	}
	p.busy = true
	stand, at := b.Stand, p.desk.Current.At
	return func() part.Msg { return standings{p, of, at, stand()} }
}

func (p *baselinesPage) narrow() {
	p.shown = nil
	clear(p.counts)
	for _, s := range p.made.list {
		p.counts[s.Place]++
		if (p.place == "" || s.Place == p.place) && p.filter.Match(p.names(s.Server), string(s.Place), s.Why, s.Cause) {
			p.shown = append(p.shown, s)
		}
	}
	slices.SortStableFunc(p.shown, func(a, b inventory.Standing) int {
		return cmp.Compare(slices.Index(inventory.Places, a.Place), slices.Index(inventory.Places, b.Place))
	})
	p.table.Set(len(p.shown), func(row int) string { return string(p.shown[row].Server) })
}

// Typing implements desk.Typist.
func (p *baselinesPage) Typing() bool { return p.filter.Typing() }

// Type implements desk.Typist.
func (p *baselinesPage) Type(k part.Key) {
	p.filter.Type(k)
	p.narrow()
}

// Follow implements desk.Follower.
func (p *baselinesPage) Follow() part.Cmd { return p.work() }

// Bindings implements desk.Screen.
func (p *baselinesPage) Bindings() []part.Binding {
	const group = "Baselines"
	nothing := func() string {
		if p.baseline() == nil || p.table.Len() == 0 {
			return "no server is shown"
		}
		return ""
	}
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "everything known of the server", Hint: "open", Group: group, Disabled: nothing,
			Run: func() part.Cmd { return p.desk.Open(newPage(p.desk, inventory.ServerID(p.table.SelectedID()))) }},
		{Keys: []string{"v"}, Help: "all servers, or those below, above, not read, exempt, at it", Hint: "place", Group: group, Run: p.nextPlace},
		{Keys: []string{"e"}, Help: "exempt the chosen servers until a time, with a reason", Hint: "exempt", Group: group, Action: engine.ExemptFromBaseline{}.Action(),
			Run: p.askExempt, Disabled: nothing},
		p.makeBinding(group),
		p.stampBinding(group),
		p.filter.Binding(),
	}
	if p.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { p.filter.Clear(); p.narrow(); return nil }})
	}
	list = append(list, part.Binding{Keys: []string{"r"}, Help: "work the standings out now", Group: group, Run: func() part.Cmd { p.made.of = ""; return p.work() }})
	for _, b := range p.picker.Bindings("baseline", group, func() { p.made, p.place = standings{}, ""; p.narrow() }) {
		turn := b.Run
		b.Run = func() part.Cmd { turn(); return p.work() }
		list = append(list, b)
	}
	return append(append(list, p.desk.CopyRows(p.table)...), p.table.Moves()...)
}

// nextPlace goes on to the next place in which anybody stands.
func (p *baselinesPage) nextPlace() part.Cmd {
	at := slices.Index(inventory.Places, p.place) + 1
	for p.place = ""; at < len(inventory.Places); at++ {
		if p.counts[inventory.Places[at]] > 0 {
			p.place = inventory.Places[at]
			break
		}
	}
	p.narrow()
	return nil
}

func (p *baselinesPage) askExempt() part.Cmd {
	command := engine.ExemptFromBaseline{Baseline: p.baseline().Name}
	var names []string
	for _, id := range p.table.Chosen() {
		command.Servers = append(command.Servers, inventory.ServerID(id))
		names = append(names, p.names(inventory.ServerID(id)))
	}
	p.desk.Ask(part.Question{Title: fmt.Sprintf("Exempt %s from %s?", servers(len(names)), command.Baseline), Names: names, Verb: "Exempt", Reason: true,
		Says:   []string{"They need not reach it until then. No server stays away from a baseline for ever."},
		Prompt: untilPrompt(p.desk, false, func(end time.Time) { command.Until = end }),
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return p.desk.Do(command)
		}})
	return nil
}

// View implements desk.Screen.
func (p *baselinesPage) View(width, height int) []string {
	t, b := p.desk.Theme, p.baseline()
	if b == nil {
		return []string{t.Text(t.Title, width, "Baselines"), "", t.Text(t.Dim, width, "no baseline yet: n makes one of what a quarter brought to Prod")}
	}
	head := t.Line(width).Put(t.Title, "Baseline "+b.Name).Space(2)
	p.filter.Draw(head, t)
	about := fmt.Sprintf("%s · updates up to %s · %s", cmp.Or(b.Class, "every managed server"), p.desk.Day(b.Date), part.Count(len(b.Updates), "update", "updates"))
	if !b.Current {
		about += " · a newer one of its class is in force"
	}
	counts := t.Line(width)
	for _, place := range inventory.Places {
		ink := t.Dim
		if p.counts[place] > 0 {
			ink = t.Tone(placeTones[place])
		}
		words := fmt.Sprintf("%s %s", part.Number(p.counts[place]), place)
		if place == p.place {
			words = strings.ToUpper(words)
		}
		counts.Put(ink, words).Space(3)
	}
	words := p.picker.Words("baseline")
	if p.table.Marks() > 0 {
		words = p.table.Words() + " · " + words
	}
	lines := []string{head.End(t.Dim, words).String(), t.Text(t.Dim, width, about), counts.String()}
	if p.table.Len() == 0 {
		return append(lines, "", t.Text(t.Dim, width, "no server is shown"))
	}
	return append(lines, p.table.Render(t, width, height-len(lines))...)
}
