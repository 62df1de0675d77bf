package updates

import (
	"fmt"
	"strings"

	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// page is everything known of one update, as it was when it was opened.
type page struct {
	desk   *desk.Desk
	update catalog.Update
	counts counts
	scroll part.Scroll
}

func (p *page) Title() string            { return p.update.KB }
func (p *page) Init() part.Cmd           { return nil }
func (p *page) Update(part.Msg) part.Cmd { return nil }
func (p *page) Bindings() []part.Binding { return p.scroll.Moves() }

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	t, u := p.desk.Theme, p.update
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(u.KB, u.Bulletin)
	severity := desk.Severity(u.Severity)
	if u.CVSS > 0 {
		severity += fmt.Sprintf(", highest base score %.1f", u.CVSS)
	}
	ink := t.Normal
	if u.Severity == catalog.Critical {
		ink = t.Tone(rollout.ToneBad)
	}
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
	sheet.Fact("supersedes", t.Normal, strings.Join(u.Supersedes, ", "))
	sheet.Fact("servers", t.Normal, fmt.Sprintf("%s miss it, %s have it, %s unknown",
		part.Number(p.counts.missing), part.Number(p.counts.compliant), part.Number(p.counts.unknown)))
	sheet.Head("Products", "build that has it")
	for _, product := range u.Products {
		sheet.Row(func(l *part.Line) { l.Put(t.Normal, product.Name).End(t.Dim, product.FixedBuild) })
	}
	sheet.Head("CVEs", part.Count(len(u.CVEs), "fixed", "fixed"))
	sheet.Say(t.Normal, strings.Join(u.CVEs, "  "))
	return p.scroll.Render(t, sheet.Lines, width, height)
}
