package report_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

// The estate of these tests: two systems, three updates that count, one that is replaced, one that is decided to be not relevant.
const (
	cumulative = "KB5000001" // Critical, has a build on both systems
	dotnet     = "KB5000002" // Important, is proved by the scan alone
	tool       = "KB5000003" // not rated, for one system
	older      = "KB4000001" // replaced by the cumulative one
	ignored    = "KB5000009"
)

var (
	today       = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	released    = today.Add(-5 * 24 * time.Hour)
	newestBuild = map[string]inventory.Build{"Windows Server 2019": {10, 0, 17763, 8513}, "Windows Server 2022": {10, 0, 20348, 4773}}
)

func measuredBulletins() []catalog.Bulletin {
	update := func(kb string, severity catalog.Severity, systems ...string) catalog.Update {
		u := catalog.Update{KB: kb, Severity: severity, Released: released, Bulletin: "2026-Nov"}
		for _, name := range systems {
			u.Products = append(u.Products, catalog.Product{Name: name, FixedBuild: newestBuild[name].String(), Build: newestBuild[name]})
		}
		return u
	}
	proved := func(u catalog.Update) catalog.Update { // by the scan, not by a build
		for i := range u.Products {
			u.Products[i].FixedBuild, u.Products[i].Build = "", inventory.Build{}
		}
		return u
	}
	newest := update(cumulative, catalog.Critical, "Windows Server 2019", "Windows Server 2022")
	newest.Supersedes = []string{older}
	return []catalog.Bulletin{{ID: "2026-Nov", Released: released, Updates: []catalog.Update{newest,
		proved(update(dotnet, catalog.Important, "Windows Server 2019", "Windows Server 2022")),
		proved(update(tool, catalog.Unrated, "Windows Server 2022")),
		proved(update(ignored, catalog.Low, "Windows Server 2022"))}},
		{ID: "2026-Oct", Released: released.Add(-30 * 24 * time.Hour), Updates: []catalog.Update{update(older, catalog.Critical, "Windows Server 2019", "Windows Server 2022")}}}
}

func measuredGauge() *report.Gauge {
	return report.NewGauge(measuredBulletins(), map[string]catalog.Dossier{
		ignored: {KB: ignored, Decisions: []catalog.Decision{{Relevant: false, Why: "nobody has the feature"}}},
		tool:    {KB: tool, Rules: []catalog.ClassRule{{Class: `site == "RED"`, Action: catalog.DetectOnly, Why: "the team does it"}}},
	})
}

// aServer is one that was read an hour ago, has every build, and whose scan offers the given updates.
func aServer(n int, os string, offered ...string) inventory.Server {
	s := inventory.Server{ID: inventory.ServerID(fmt.Sprintf("s%05d", n)), Name: fmt.Sprintf("SRV-%d", n), OS: os, Site: "DUB", Owner: "Payroll",
		Environment: inventory.Prod, Facts: &inventory.Facts{At: today.Add(-time.Hour), Build: newestBuild[os]}, Scan: &inventory.Scan{At: today.Add(-time.Hour)}}
	for _, kb := range offered {
		s.Scan.Offered = append(s.Scan.Offered, inventory.Offer{KB: kb})
	}
	return s
}

func outdated(s inventory.Server) inventory.Server {
	facts := *s.Facts
	facts.Build[3]--
	s.Facts = &facts
	return s
}

// measured is what a gauge makes of servers.
func measured(g *report.Gauge, f report.Fleet) report.Compliance {
	f.At, f.Fresh = today, 48*time.Hour
	f.Judged = func(place int) report.Judged { return g.Judge(f.Servers[place], nil, false) }
	return g.Measure(f)
}

func severityLine(c report.Compliance, s catalog.Severity) report.SeverityLine {
	return c.Severities[slices.IndexFunc(c.Severities, func(l report.SeverityLine) bool { return l.Severity == s })]
}

// Handbook 9: compliance by severity, OS, site, owner, with what is not known apart from what is.
func TestComplianceIsCountedBySeverityWithItsDenominator(t *testing.T) {
	stale := aServer(5, "Windows Server 2019")
	stale.Facts.At = today.Add(-49 * time.Hour)
	never := inventory.Server{ID: "s00006", Name: "SRV-6", OS: "Windows Server 2019", Site: "RED"}
	left := aServer(7, "Windows Server 2022", cumulative)
	left.Unmanaged = "no agent"
	restart := outdated(aServer(4, "Windows Server 2022", cumulative, dotnet, tool))
	restart.Facts.PendingRestart = []inventory.PendingReason{{Reason: "servicing", Blocks: true}}
	red := aServer(8, "Windows Server 2022", tool)
	red.Site = "RED"
	exempt := aServer(9, "Windows Server 2019", dotnet)
	c := measured(measuredGauge(), report.Fleet{
		Servers:     []inventory.Server{aServer(1, "Windows Server 2019"), aServer(2, "Windows Server 2022", dotnet), outdated(aServer(3, "Windows Server 2019", cumulative)), restart, stale, never, left, red, exempt},
		Exempt:      rollout.Exemptions{"s00009": {{ID: "EX-1", Server: "s00009", From: "important"}}},
		Collections: []report.Membership{{Name: "payroll", Members: []inventory.ServerID{"s00001", "s00002", "s00007"}}},
	})
	if c.Updates != 3 || c.Replaced != 1 || c.Irrelevant != 1 || c.Unmanaged != 1 {
		t.Errorf("%d updates count, %d are replaced, %d not relevant, %d servers outside; want 3, 1, 1, 1", c.Updates, c.Replaced, c.Irrelevant, c.Unmanaged)
	}
	for name, want := range map[string]struct{ got, want report.Tally }{
		"all":      {c.All, report.Tally{Servers: 8, Compliant: 1, Missing: 3, Exempt: 2, Unknown: 1, Stale: 1, RestartOwed: 1}},
		"Critical": {severityLine(c, catalog.Critical).Tally, report.Tally{Servers: 8, Compliant: 4, Missing: 2, Unknown: 1, Stale: 1, RestartOwed: 1}},
		// 2 and 4 are offered it, 9 need not have it; 1, 3 and 8 were scanned and not offered it, and it is proved by nothing else
		"Important": {severityLine(c, catalog.Important).Tally, report.Tally{Servers: 8, Missing: 2, Exempt: 1, NotApplicable: 4, Unknown: 1, RestartOwed: 1}},
		"not rated": {severityLine(c, catalog.Unrated).Tally, report.Tally{Servers: 8, Missing: 1, Exempt: 1, NotApplicable: 5, Unknown: 1, RestartOwed: 1}},
		"Moderate":  {severityLine(c, catalog.Moderate).Tally, report.Tally{}},
	} {
		if want.got != want.want {
			t.Errorf("%s is %+v, want %+v", name, want.got, want.want)
		}
	}
	if got := c.All.Concerned(); got != 6 {
		t.Errorf("the denominator is %d, want 6: the unknown and the stale server are in it, the exempt ones are not", got)
	}
	percent, _ := c.All.Percent()
	known, _ := c.All.KnownPercent()
	if fmt.Sprintf("%.1f of all, %.1f of the known", percent, known) != "16.7 of all, 25.0 of the known" {
		t.Errorf("%.1f of all, %.1f of the known", percent, known)
	}
	if len(c.Sites) != 2 || c.Sites[0].Name != "DUB" || c.Sites[0].Servers != 6 || c.Sites[1].Servers != 2 {
		t.Errorf("the sites are %+v", c.Sites)
	}
	if want := (report.ComplianceLine{Name: "payroll", Tally: report.Tally{Servers: 2, Compliant: 1, Missing: 1}}); c.Collections[0] != want {
		t.Errorf("the collection is %+v, want %+v: unmanaged servers are outside", c.Collections[0], want)
	}
}

// Handbook 1: an update is in the phase of the release that is furthest with it; what nobody took up is in Assess while a server misses it.
func TestUpdatesAreCountedInThePhaseOfTheirRelease(t *testing.T) {
	holding := func(id string, phase approval.Phase, kbs ...string) approval.Release {
		r := approval.Release{ID: id, Phase: phase}
		for _, kb := range kbs {
			r.Updates = append(r.Updates, approval.ReleaseUpdate{KB: kb})
		}
		return r
	}
	dropped := holding("d", approval.Deploy, tool)
	dropped.Updates[0].Dropped = &approval.Amendment{Reason: "breaks the backup"}
	undoing := holding("u", approval.Deploy, tool)
	undoing.Undoes = "R-1"
	servers := []inventory.Server{aServer(1, "Windows Server 2022"), outdated(aServer(2, "Windows Server 2022", cumulative, tool))}
	c := measured(measuredGauge(), report.Fleet{Servers: servers, Releases: []approval.Release{
		holding("a", approval.Identify, cumulative), holding("b", approval.Evaluate, cumulative), holding("c", approval.Closed, cumulative, dotnet), dropped, undoing}})
	for i, want := range []struct {
		phase             approval.Phase
		releases, updates int
		tally             report.Tally
	}{
		{approval.Assess, 0, 1, report.Tally{Servers: 2, Missing: 1, NotApplicable: 1}}, // the tool: dropped, and held by what takes it back
		{approval.Identify, 1, 0, report.Tally{}},
		{approval.Evaluate, 1, 1, report.Tally{Servers: 2, Compliant: 1, Missing: 1}},
		{approval.Deploy, 2, 0, report.Tally{}},
	} {
		if l := c.Phases[i]; l.Phase != want.phase || l.Releases != want.releases || l.Updates != want.updates || l.Tally != want.tally {
			t.Errorf("%s is %+v, want %+v", want.phase, l, want)
		}
	}
	if got := c.Phases[2].Severities; !reflect.DeepEqual(got, []report.SeverityCount{{Severity: catalog.Critical, Updates: 1}}) {
		t.Errorf("what is being evaluated is %v", got)
	}
}

// What a rollout proved after the server was read counts at once; what was read after it wins.
func TestTheWordOfARolloutWinsOverOlderFacts(t *testing.T) {
	g := measuredGauge()
	s := outdated(aServer(1, "Windows Server 2022", cumulative, dotnet))
	ad := &rollout.Advertisement{ID: "r1-s00001", Server: s.ID, Delivery: rollout.Succeeded, Since: today, Updates: []string{cumulative, dotnet}, After: newestBuild["Windows Server 2022"]}
	names := func(places []int) (kbs []string) {
		for _, i := range places {
			kbs = append(kbs, g.Updates[i].KB)
		}
		return kbs
	}
	check := func(what string, j report.Judged, compliant, missing []string, seen time.Time) {
		t.Helper()
		if got := names(j.Compliant); !slices.Equal(got, compliant) || !slices.Equal(names(j.Missing), missing) || !j.Seen.Equal(seen) {
			t.Errorf("%s: it has %v and misses %v, seen %s; want %v and %v, seen %s", what, got, names(j.Missing), j.Seen, compliant, missing, seen)
		}
	}
	read := s.Facts.At
	check("before", g.Judge(s, nil, false), nil, []string{cumulative, dotnet}, read)
	check("after", g.Judge(s, ad, false), []string{cumulative, dotnet}, nil, today)
	failed := *ad
	failed.Delivery = rollout.Failed
	check("after a failure", g.Judge(s, &failed, false), nil, []string{cumulative, dotnet}, read)
	earlier := *ad
	earlier.Since = read.Add(-time.Hour)
	check("read again since", g.Judge(s, &earlier, false), nil, []string{cumulative, dotnet}, read)
	removed := *ad
	removed.After = s.Facts.Build
	had := aServer(1, "Windows Server 2022")
	check("taken back", g.Judge(had, &removed, true), nil, []string{cumulative, dotnet}, today)
	if s.Facts.Build == ad.After || len(s.Scan.Offered) != 2 {
		t.Error("the record of the server was changed")
	}
}

// Whatever is known of whom: every line counts each of its servers once, the lines of a table add up to all, and reading less never looks better.
func TestComplianceAddsUp(t *testing.T) {
	g := measuredGauge()
	rapid.Check(t, func(t *rapid.T) {
		f := report.Fleet{Exempt: rollout.Exemptions{}, AtLeast: rapid.SampledFrom([]catalog.Severity{catalog.Unrated, catalog.Important, catalog.Critical}).Draw(t, "least")}
		for n := range rapid.IntRange(0, 30).Draw(t, "servers") {
			s := aServer(n, rapid.SampledFrom([]string{"Windows Server 2019", "Windows Server 2022"}).Draw(t, "os"),
				rapid.SliceOfDistinct(rapid.SampledFrom([]string{cumulative, dotnet, tool}), func(kb string) string { return kb }).Draw(t, "offered")...)
			s.Site = rapid.SampledFrom([]string{"", "DUB", "RED"}).Draw(t, "site")
			switch rapid.IntRange(0, 5).Draw(t, "luck") {
			case 0:
				s.Facts, s.Scan = nil, nil
			case 1:
				s.Facts.At = today.Add(-100 * time.Hour)
			case 2:
				s = outdated(s)
			case 3:
				s.Unmanaged = "no access"
			case 4:
				f.Exempt[s.ID] = []rollout.Exemption{{ID: "EX-1", From: "important"}}
			}
			f.Servers = append(f.Servers, s)
		}
		c := measured(g, f)
		if c.All.Servers+c.Unmanaged != len(f.Servers) {
			t.Fatalf("%d servers and %d outside are not %d", c.All.Servers, c.Unmanaged, len(f.Servers))
		}
		whole := func(what string, y report.Tally) {
			if y.Compliant+y.Missing+y.Exempt+y.NotApplicable+y.Unknown+y.Stale != y.Servers {
				t.Fatalf("%s does not add up: %+v", what, y)
			}
		}
		whole("all", c.All)
		for _, l := range c.Severities {
			whole(l.Severity.String(), l.Tally)
			if l.Updates > 0 && l.Missing > c.All.Missing {
				t.Fatalf("%d servers miss %s updates, and %d miss any", l.Missing, l.Severity, c.All.Missing)
			}
		}
		for _, lines := range [][]report.ComplianceLine{c.Systems, c.Sites, c.Owners, c.Environments} {
			var sum report.Tally
			for _, l := range lines {
				whole(l.Name, l.Tally)
				sum.Servers, sum.Compliant, sum.Missing, sum.Stale = sum.Servers+l.Servers, sum.Compliant+l.Compliant, sum.Missing+l.Missing, sum.Stale+l.Stale
			}
			if sum.Servers != c.All.Servers || sum.Compliant != c.All.Compliant || sum.Missing != c.All.Missing || sum.Stale != c.All.Stale {
				t.Fatalf("the lines %+v add up to %+v, not %+v", lines, sum, c.All)
			}
		}
		if len(f.Servers) > 0 {
			before, concerned := c.All.Percent()
			i := rapid.IntRange(0, len(f.Servers)-1).Draw(t, "forgotten")
			f.Servers[i].Facts, f.Servers[i].Scan = nil, nil
			if after, ok := measured(g, f).All.Percent(); concerned && ok && after > before {
				t.Fatalf("without what is known of %s compliance rises from %.1f to %.1f", f.Servers[i].Name, before, after)
			}
		}
	})
}

func TestTheWorstLinesComeFirst(t *testing.T) {
	lines := []report.ComplianceLine{{Name: "none", Tally: report.Tally{Servers: 3, NotApplicable: 3}}, {Name: "good", Tally: report.Tally{Servers: 2, Compliant: 2}},
		{Name: "b", Tally: report.Tally{Servers: 2, Compliant: 1, Stale: 1}}, {Name: "a", Tally: report.Tally{Servers: 4, Compliant: 2, Missing: 2}}}
	report.WorstFirst(lines)
	var names []string
	for _, l := range lines {
		names = append(names, l.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "good", "none"}) {
		t.Errorf("the order is %v", names)
	}
}
