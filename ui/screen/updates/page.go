package updates

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// page is everything known of one update. Judging it on every server takes a while, so that the page is gathered beside the session's loop.
type page struct {
	desk   *desk.Desk
	kb     string
	busy   bool
	at     *engine.View // that the page was gathered from; nil before
	look   engine.UpdateView
	known  bool
	scroll part.Scroll
}

// gatherPace is how long, by the engine's clock, a page is good enough while nothing is recorded.
const gatherPace = 10 * time.Second

// copyWidth is how wide a page is copied.
const copyWidth = 120

// gathered is the page's answer.
type gathered struct {
	page  *page
	at    *engine.View
	look  engine.UpdateView
	known bool
}

func (p *page) Title() string  { return p.kb }
func (p *page) Init() part.Cmd { return p.gather() }

// Update implements desk.Screen.
func (p *page) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		return p.gather()
	case gathered:
		if m.page == p {
			p.busy, p.at, p.look, p.known = false, m.at, m.look, m.known
		}
	}
	return nil
}

// gather looks at the update in the newest view, when what is recorded of it changed.
func (p *page) gather() part.Cmd {
	view := p.desk.Current
	if p.busy || p.at != nil && view.Dossiers[p.kb].Rev == p.look.Dossier.Rev && view.At.Sub(p.at.At) < gatherPace {
		return nil
	}
	p.busy = true
	return func() part.Msg {
		look, known := view.Look(p.kb)
		return gathered{p, view, look, known}
	}
}

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	const group = "Update"
	kb := func() string { return p.kb }
	list := []part.Binding{relevanceBinding(p.desk, group, kb, "r", true), relevanceBinding(p.desk, group, kb, "R", false)}
	list = append(list, p.desk.CopyPage(func(t *part.Theme) []string { return p.lines(t, copyWidth) })...)
	return append(list, p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	return p.scroll.Render(p.desk.Theme, p.lines(p.desk.Theme, width), width, height)
}

func (p *page) lines(t *part.Theme, width int) []string {
	sheet := part.Sheet{Theme: t, Width: width}
	switch u := p.look; {
	case p.at == nil:
		sheet.Say(t.Dim, "gathering what is known of "+p.kb)
	case !p.known:
		sheet.Say(t.Normal, "the catalogue no longer holds "+p.kb)
	default:
		p.danger(&sheet, u)
		p.standing(&sheet, u)
		p.recorded(&sheet, u.Dossier)
		sheet.Head("Products", "build that has it")
		for _, product := range u.Products {
			sheet.Row(func(l *part.Line) { l.Put(t.Normal, product.Name).End(t.Dim, product.FixedBuild) })
		}
		sheet.Head("CVEs", part.Count(len(u.CVEs), "fixed", "fixed"))
		sheet.Say(t.Normal, strings.Join(u.CVEs, "  "))
	}
	return sheet.Lines
}

// danger writes what the update is and how dangerous it is to be without it.
func (p *page) danger(sheet *part.Sheet, u engine.UpdateView) {
	t := sheet.Theme
	sheet.Head(u.KB, strings.Join(u.Bulletins, ", "))
	severity := desk.Severity(u.Severity)
	if u.CVSS > 0 {
		severity += fmt.Sprintf(", highest base score %.1f", u.CVSS)
	}
	ink := t.Normal
	if u.Severity == catalog.Critical {
		ink = t.Tone(rollout.ToneBad)
	}
	sheet.Fact("title", t.Normal, u.Update.Title)
	sheet.Fact("vendor", t.Normal, u.Vendor)
	sheet.Fact("severity", ink, severity)
	if u.Exploited {
		sheet.Fact("exploited", t.Tone(rollout.ToneBad), "yes: attacks are known")
	} else {
		sheet.Fact("exploited", t.Normal, "not known")
	}
	if u.Disclosed {
		sheet.Fact("disclosed", t.Normal, "publicly, before the bulletin")
	}
	sheet.Fact("restart", t.Normal, restartWords[u.Restart])
	sheet.Fact("kind", t.Normal, u.SubType)
	sheet.Fact("supersedes", t.Normal, strings.Join(u.Lineage.Replaces, ", "))
	sheet.Fact("superseded by", t.Tone(rollout.ToneMissed), strings.Join(u.Lineage.ReplacedBy, ", "))
	if u.Lineage.Circle {
		sheet.Fact("order", t.Tone(rollout.ToneBad), "it replaces itself by way of others: no order can be trusted")
	}
}

// standing writes how the servers stand to it, and the releases that hold it.
func (p *page) standing(sheet *part.Sheet, u engine.UpdateView) {
	t, s := sheet.Theme, u.Standing
	sheet.Fact("servers", t.Normal, fmt.Sprintf("%s miss it, %s will get it by an approved plan, %s have it, %s unknown, %s not applicable",
		part.Number(s.Missing), part.Number(s.Approved), part.Number(s.Compliant), part.Number(s.Unknown), part.Number(s.NotApplicable)))
	sheet.Fact("releases", t.Normal, strings.Join(u.Releases, ", "))
	if u.DaysTaken >= 0 {
		sheet.Fact("took", t.Normal, part.Count(u.DaysTaken, "day", "days")+" to the end of Prod")
	}
	if u.DaysAvailable >= 0 {
		sheet.Fact("attacked", t.Tone(rollout.ToneBad), part.Count(u.DaysAvailable, "day", "days")+" after the bulletin")
	}
}

// recorded writes what people recorded of it, newest first.
func (p *page) recorded(sheet *part.Sheet, d catalog.Dossier) {
	t := sheet.Theme
	if d.Rev == 0 {
		sheet.Head("Recorded", "")
		sheet.Say(t.Dim, "nothing yet: r says that it is relevant here, R that it is not")
		return
	}
	sheet.Head("Recorded", "newest first")
	for i := len(d.Decisions) - 1; i >= 0; i-- {
		one, words := d.Decisions[i], "not relevant"
		if one.Relevant {
			words = "relevant"
		}
		sheet.Fact("relevance", t.Normal, fmt.Sprintf("%s, %s by %s: %s", words, p.desk.Day(one.At), one.By, one.Why))
	}
	for i := len(d.Threats) - 1; i >= 0; i-- {
		one := d.Threats[i]
		words := desk.Severity(one.Severity)
		if one.Exploited {
			words += ", exploited"
		}
		if one.Disclosed {
			words += ", disclosed"
		}
		sheet.Fact("threat", t.Tone(rollout.ToneBad), fmt.Sprintf("%s, %s by %s (%s): %s", words, p.desk.Day(one.At), one.By, one.Alert.Channel, one.Why))
	}
	for _, one := range d.Rules {
		sheet.Fact("rule", t.Normal, fmt.Sprintf("%s for %s, by %s: %s", one.Action, one.Class, one.By, one.Why))
	}
	for _, one := range d.Issues {
		sheet.Fact("known issue", t.Tone(rollout.ToneMissed), one.Words)
		sheet.Fact("workaround", t.Normal, one.Workaround)
	}
	for _, one := range d.Files {
		ink, state := t.Tone(rollout.ToneBad), "not verified: "+one.Signature.Trouble
		if one.Signature.Verified {
			ink, state = t.Tone(rollout.ToneGood), "verified, signed by "+one.Signature.Signer
		}
		sheet.Fact("source file", ink, fmt.Sprintf("%s, %s, from %s: %s", one.Name, part.Bytes(one.Size), one.Origin, state))
	}
}
