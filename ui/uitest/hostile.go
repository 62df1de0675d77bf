package uitest

import (
	"strings"

	"patchdeck/engine"
)

// lies are texts that a broken or hostile server, or a careless person, could bring into a view.
var lies = []string{
	"\x1b[2J\x1b[H\x1b]52;c;aGVsbG8=\x07", strings.Repeat("W", 3000), "東京サーバー東京サーバー", "\u202ecod.exe", "a\u0301\u0301\u0301\u0301\u0301",
	"👩‍👩‍👧‍👦🇩🇪", "line\nbreak\r\ttab", "\xff\xfe\xc0", "", "\u200b\u200d\ufeff", "100% %s %d %!",
}

// Hostile is a night in which every text that comes from outside is a lie of some kind.
func Hostile(servers int) *engine.View {
	view := Halted(servers)
	n := 0
	lie := func(places ...*string) {
		for _, p := range places {
			n++
			*p += lies[n%len(lies)]
		}
	}
	for i := range view.Servers {
		s := &view.Servers[i]
		lie(&s.Name, &s.Address, &s.OS, &s.Site, &s.Owner, &s.Cluster, &s.Window, &s.Trouble, &s.Risk)
		if s.Facts != nil {
			lie(&s.Facts.Hostname, &s.Facts.OSCaption, &s.Facts.Hardware, &s.Facts.LanguageMode, &s.Facts.Roles[0], &s.Facts.Services[0].Name)
		}
	}
	for i := range view.Rollouts {
		r := &view.Rollouts[i]
		lie(&r.Release)
		if r.Stop != nil {
			lie(&r.Stop.By, &r.Stop.Rule, &r.Stop.Reason)
		}
		for j := range r.Cells {
			c := &r.Cells[j]
			lie(&c.Name, &c.Site, &c.OS, &c.Owner, &c.Cluster, &c.Window, &c.Why, &c.Code, &c.Class, &c.Phase, &c.KB)
		}
	}
	for i := range view.Bulletins {
		b := &view.Bulletins[i]
		lie(&b.Title, &b.Revision)
		for j := range b.Updates {
			lie(&b.Updates[j].KB, &b.Updates[j].SubType, &b.Updates[j].CVEs[0], &b.Updates[j].Products[0].Name, &b.Updates[j].Products[0].FixedBuild)
		}
	}
	for i := range view.Releases {
		lie(&view.Releases[i].Title, &view.Releases[i].Owner)
	}
	for i := range view.Changes {
		c := &view.Changes[i]
		lie(&c.Submitted.By, &c.Submitted.Reason, &c.PlanHash, &c.Plan.Hash, &c.Plan.Findings[0].Words)
	}
	for i := range view.Notices {
		n := &view.Notices[i]
		lie(&n.Subject, &n.Body, &n.By, &n.Release)
		for j := range n.Deliveries {
			lie(&n.Deliveries[j].To, &n.Deliveries[j].Words)
		}
	}
	for i := range view.Incidents {
		lie(&view.Incidents[i].Title, &view.Incidents[i].Owner, &view.Incidents[i].Code)
	}
	for i := range view.Needs {
		lie(&view.Needs[i].Words)
	}
	lie(&view.ReadOnly)
	return view
}
