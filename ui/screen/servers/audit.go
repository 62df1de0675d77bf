package servers

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// auditPage shows the audits, and what changed between the one in front and the one before it.
type auditPage struct {
	desk   *desk.Desk
	picker desk.Picker
	scroll part.Scroll
}

func newAuditPage(d *desk.Desk) *auditPage { return &auditPage{desk: d} }

// Title implements desk.Screen.
func (p *auditPage) Title() string { return "Audits of the inventory" }

// Init implements desk.Screen.
func (p *auditPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *auditPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		audits := p.desk.Current.Audits
		p.picker.Set(len(audits), func(i int) string { return audits[i].ID() }, 0)
	}
	return nil
}

// Bindings implements desk.Screen.
func (p *auditPage) Bindings() []part.Binding {
	const group = "Audits"
	missed := 0
	for i := range p.desk.Current.Servers {
		if v := &p.desk.Current.Servers[i]; v.Unmanaged == "" && (v.Facts == nil || v.Trouble != "") {
			missed++
		}
	}
	ask := func(title, says string, command engine.Sweep) func() part.Cmd {
		return func() part.Cmd {
			p.desk.Ask(part.Question{Title: title, Says: []string{says}, Verb: "Ask", Do: func(string) part.Cmd { return p.desk.Do(command) }})
			return nil
		}
	}
	list := []part.Binding{
		{Keys: []string{"u"}, Help: "ask every managed server for its facts: a new audit", Hint: "new audit", Group: group, Action: engine.Sweep{}.Action(),
			Run: ask("Ask every managed server for its facts?", "Nothing is changed on them. What they answer is the next audit.", engine.Sweep{Kind: engine.SweepFacts})},
		{Keys: []string{"m"}, Help: "ask the servers again that could not be read", Hint: "ask missed", Group: group, Action: engine.Sweep{}.Action(),
			Run: ask(fmt.Sprintf("Ask %s again that could not be read?", servers(missed)), "Nothing is changed on them.", engine.Sweep{Kind: engine.SweepFacts, Missed: true}),
			Disabled: func() string {
				if missed == 0 {
					return "every managed server could be read"
				}
				return ""
			}},
	}
	list = append(append(list, p.picker.Bindings("audit", group, p.scroll.Top)...), p.desk.CopyPage(func(t *part.Theme) []string { return p.lines(t, copyWidth) })...)
	return append(list, p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *auditPage) View(width, height int) []string {
	return p.scroll.Render(p.desk.Theme, p.lines(p.desk.Theme, width), width, height)
}

func (p *auditPage) lines(t *part.Theme, width int) []string {
	view := p.desk.Current
	sheet := part.Sheet{Theme: t, Width: width}
	if p.picker.Len() == 0 || p.picker.At() >= len(view.Audits) {
		sheet.Head(p.Title(), "")
		sheet.Say(t.Dim, "no audit yet: u asks every managed server for its facts")
		p.sources(&sheet)
		return sheet.Lines
	}
	a := view.Audits[p.picker.At()]
	sheet.Head(a.ID()+" of the inventory", p.picker.Words("audit"))
	if view.AuditTrouble != "" {
		sheet.Fact("trouble", t.Tone(rollout.ToneBad), "nothing is planned on it without a reason: "+view.AuditTrouble)
	}
	scope := "every managed server"
	if !a.Whole {
		scope = "named servers"
	}
	if a.Collection != "" {
		scope = "collection " + a.Collection
	}
	sheet.Fact("asked", t.Normal, fmt.Sprintf("%s, from %s to %s", scope, p.desk.Day(a.Began), p.desk.Day(a.Ended)))
	p.compare(&sheet, a)
	p.names(&sheet, a)
	p.unreadable(&sheet)
	p.sources(&sheet)
	return sheet.Lines
}

// compare sets the audit's numbers beside those of the audit before.
func (p *auditPage) compare(sheet *part.Sheet, a inventory.Audit) {
	const label, number = 34, 10
	t := sheet.Theme
	before := "before"
	if a.Before > 0 {
		before = inventory.AuditID(a.Before)
	}
	sheet.Gap()
	sheet.Row(func(l *part.Line) {
		l.Column(t.Dim, "servers", label).Right(t.Dim, before, number).Right(t.Dim, a.ID(), number).Right(t.Dim, "change", number)
	})
	row := func(words string, then, now int, tone rollout.Tone) {
		sheet.Row(func(l *part.Line) {
			was, change := "–", ""
			if a.Before > 0 && then >= 0 {
				was, change = part.Number(then), fmt.Sprintf("%+d", now-then)
			}
			l.Column(t.Normal, words, label).Right(t.Dim, was, number).Right(t.Tone(tone), part.Number(now), number).Right(t.Dim, change, number)
		})
	}
	row("in the inventory", a.KnownThen, a.Known, rollout.TonePlain)
	row("read", a.ReadThen, a.Read, rollout.ToneGood)
	row("answered and could not be read", -1, a.Failed, badIf(a.Failed))
	row("gave no answer", -1, a.NoAnswer, badIf(a.NoAnswer))
	row("not managed", -1, a.Unmanaged, rollout.TonePlain)
}

func badIf(n int) rollout.Tone {
	if n > 0 {
		return rollout.ToneBad
	}
	return rollout.TonePlain
}

// names writes who came and who went.
func (p *auditPage) names(sheet *part.Sheet, a inventory.Audit) {
	t := sheet.Theme
	for _, group := range []struct {
		title string
		count int
		names []string
	}{{"Appeared since then", a.Added, a.AddedNames}, {"Vanished since then", a.Retired, a.GoneNames}} {
		if group.count > 0 {
			sheet.Head(group.title, part.Number(group.count))
			sheet.Say(t.Normal, strings.Join(group.names, "  "))
		}
	}
}

// unreadable writes who cannot be read now, and why.
func (p *auditPage) unreadable(sheet *part.Sheet) {
	const most = 200
	t := sheet.Theme
	n := 0
	for i := range p.desk.Current.Servers {
		v := &p.desk.Current.Servers[i]
		if v.Trouble == "" {
			continue
		}
		if n++; n == 1 {
			sheet.Head("Unreadable now", "m asks them again")
		}
		if n <= most {
			sheet.Row(func(l *part.Line) { l.Column(t.Strong, v.Name, 20).Space(1).Put(t.Tone(rollout.ToneLost), v.Trouble) })
		}
	}
	if n > most {
		sheet.Say(t.Dim, part.Number(n-most)+" more: filter the inventory with trouble != \"\"")
	}
}

// sources writes what directory, DNS and other lists know otherwise.
func (p *auditPage) sources(sheet *part.Sheet) {
	const most = 100
	t, view := sheet.Theme, p.desk.Current
	for _, c := range view.Sources {
		sheet.Head("Beside the "+string(c.Kind), p.desk.Ago(c.At)+", "+c.Source)
		sheet.Fact("counts", t.Normal, fmt.Sprintf("%s name %s of our servers; %s unknown to it; %s unknown to us; %s stale",
			part.Count(c.Entries, "entry", "entries"), part.Number(c.Matched), part.Number(c.NotInIt), part.Number(c.Unlisted), part.Number(c.Stale)))
		shown := 0
		for i := range view.Findings {
			f := &view.Findings[i]
			if !f.Open() || shown == most {
				break
			}
			if f.Rule == string(c.Kind) && (f.Kind == inventory.NotInList || f.Kind == inventory.Unlisted || f.Kind == inventory.Stale) {
				shown++
				sheet.Row(func(l *part.Line) {
					l.Column(t.Dim, string(f.Kind), 14).Space(1).Column(t.Strong, f.Subject, 20).Space(1).Put(t.Normal, f.Words)
				})
			}
		}
	}
}
