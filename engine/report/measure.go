package report

import (
	"cmp"
	"math/bits"
	"slices"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// shownPhases are the columns of the cycle; a closed release is back in Assess.
var shownPhases = []approval.Phase{approval.Assess, approval.Identify, approval.Evaluate, approval.Deploy}

// shownSeverities are all severities, the worst first.
var shownSeverities = []catalog.Severity{catalog.Critical, catalog.Important, catalog.Moderate, catalog.Low, catalog.Unrated}

// sets is a set of sets of updates: one bit for all of them, one for each severity, one for each phase.
type sets uint

const allUpdates sets = 1

func severitySet(place int) sets { return 1 << (1 + place) }
func phaseSet(place int) sets    { return 1 << (1 + len(shownSeverities) + place) }

// judgedServer is a managed server with where it stands.
type judgedServer struct {
	*inventory.Server
	Judged
	old bool // what is known of it is stale
}

// Measure counts the managed servers of a fleet.
func (g *Gauge) Measure(f Fleet) Compliance {
	c := Compliance{At: f.At, Fresh: f.Fresh, FreshHours: f.Fresh.Hours(), AtLeast: f.AtLeast, Replaced: g.Replaced, Irrelevant: g.Irrelevant}
	servers := make([]judgedServer, 0, len(f.Servers))
	missed := make([]int, len(g.Updates)) // servers that miss each update
	for i := range f.Servers {
		if f.Servers[i].Unmanaged != "" {
			c.Unmanaged++
			continue
		}
		j := f.Judged(i)
		servers = append(servers, judgedServer{&f.Servers[i], j, !j.Seen.IsZero() && f.At.Sub(j.Seen) > f.Fresh})
		for _, u := range j.Missing {
			missed[u]++
		}
	}
	in, filled := g.sort(&c, f, missed)
	tallies := make([]Tally, bits.Len(uint(filled)))
	groups := []group{{lines: &c.Systems, name: func(s *inventory.Server) string { return s.OS }},
		{lines: &c.Sites, name: func(s *inventory.Server) string { return s.Site }},
		{lines: &c.Owners, name: func(s *inventory.Server) string { return s.Owner }},
		{lines: &c.Environments, name: func(s *inventory.Server) string { return string(s.Environment) }}}
	grades := map[inventory.ServerID]graded{}
	for _, s := range servers {
		standing := g.stand(s.Judged, in, f.Exempt, s.ID)
		for place := range tallies {
			if set := sets(1 << place); filled&set != 0 {
				tallies[place].count(standing.grade(set, s.old), s.Restart)
			}
		}
		all := graded{standing.grade(allUpdates, s.old), s.Restart}
		if len(f.Collections) > 0 {
			grades[s.ID] = all
		}
		for i := range groups {
			groups[i].count(s.Server, all)
		}
	}
	c.All = tallies[0]
	for i := range c.Severities {
		c.Severities[i].Tally = tallyAt(tallies, severitySet(i))
	}
	for i := range c.Phases {
		c.Phases[i].Tally = tallyAt(tallies, phaseSet(i))
	}
	for _, one := range groups {
		one.list()
	}
	c.Collections = collected(f.Collections, grades)
	return c
}

// tallyAt gives the tally of a set; one that holds no update has none.
func tallyAt(tallies []Tally, set sets) Tally {
	if place := bits.TrailingZeros(uint(set)); place < len(tallies) {
		return tallies[place]
	}
	return Tally{}
}

// group counts servers by one of their properties.
type group struct {
	lines   *[]ComplianceLine
	name    func(*inventory.Server) string
	tallies map[string]*Tally
}

func (x *group) count(s *inventory.Server, g graded) {
	if x.tallies == nil {
		x.tallies = map[string]*Tally{}
	}
	t := x.tallies[x.name(s)]
	if t == nil {
		t = &Tally{}
		x.tallies[x.name(s)] = t
	}
	t.count(g.grade, g.restart)
}

// list puts the counts in the order of their names.
func (x *group) list() {
	*x.lines = make([]ComplianceLine, 0, len(x.tallies))
	for name, t := range x.tallies {
		*x.lines = append(*x.lines, ComplianceLine{name, *t})
	}
	slices.SortFunc(*x.lines, func(a, b ComplianceLine) int { return cmp.Compare(a.Name, b.Name) })
}

// graded is a server's grade over all updates.
type graded struct {
	grade   Grade
	restart bool
}

func collected(collections []Membership, grades map[inventory.ServerID]graded) []ComplianceLine {
	lines := make([]ComplianceLine, 0, len(collections))
	for _, m := range collections {
		line := ComplianceLine{Name: m.Name}
		for _, id := range m.Members {
			if one, managed := grades[id]; managed {
				line.count(one.grade, one.restart)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// sort puts each update that counts into its sets, and begins the lines of severities and phases. filled are the sets that hold any.
func (g *Gauge) sort(c *Compliance, f Fleet, missed []int) (in []sets, filled sets) {
	for _, s := range shownSeverities {
		c.Severities = append(c.Severities, SeverityLine{Severity: s})
	}
	phases := make([]map[catalog.Severity]int, len(shownPhases))
	for i, p := range shownPhases {
		phases[i] = map[catalog.Severity]int{}
		line := PhaseLine{Phase: p, Severities: []SeverityCount{}}
		for _, r := range f.Releases {
			if r.Phase == p {
				line.Releases++
			}
		}
		c.Phases = append(c.Phases, line)
	}
	in, filled = make([]sets, len(g.Updates)), allUpdates
	phaseOf := PhaseOf(f.Releases)
	for i, u := range g.Updates {
		if u.Severity < f.AtLeast {
			continue
		}
		c.Updates++
		severity := slices.Index(shownSeverities, u.Severity)
		c.Severities[severity].Updates++
		in[i] = allUpdates | severitySet(severity)
		if p := phaseOf(u.KB); p != approval.Closed && (p != approval.Assess || missed[i] > 0) {
			place := slices.Index(shownPhases, p)
			c.Phases[place].Updates++
			phases[place][u.Severity]++
			in[i] |= phaseSet(place)
		}
		filled |= in[i]
	}
	for i := range c.Phases {
		for _, s := range shownSeverities {
			if n := phases[i][s]; n > 0 {
				c.Phases[i].Severities = append(c.Phases[i].Severities, SeverityCount{s, n})
			}
		}
	}
	return in, filled
}

// serverStanding says in which sets a server has, misses, need not have, or may have updates.
type serverStanding struct{ compliant, missing, exempt, unknown sets }

func (g *Gauge) stand(v Judged, in []sets, exempt rollout.Exemptions, id inventory.ServerID) (s serverStanding) {
	for _, u := range v.Compliant {
		s.compliant |= in[u]
	}
	for _, u := range v.Withheld {
		s.exempt |= in[u]
	}
	for _, u := range v.Unknown {
		s.unknown |= in[u]
	}
	for _, u := range v.Missing {
		if exempt.Withheld(g.Updates[u].Severity, id) != "" {
			s.exempt |= in[u]
		} else {
			s.missing |= in[u]
		}
	}
	return s
}

// grade is the worst that a server is in a set.
func (s serverStanding) grade(set sets, old bool) Grade {
	switch {
	case (s.compliant|s.missing|s.exempt|s.unknown)&set == 0:
		return GradeNotApplicable
	case old:
		return GradeStale
	case s.missing&set != 0:
		return GradeMissing
	case s.unknown&set != 0:
		return GradeUnknown
	case s.exempt&set != 0:
		return GradeExempt
	}
	return GradeCompliant
}
