package rollout

import (
	"maps"
	"math"
	"math/rand/v2"

	"patchdeck/engine/inventory"
)

// MostAtOnce is the highest limit of servers in work at once.
const MostAtOnce = 10_000

// Enough is the least limit that lets everybody fit, in as many plays as the policy wants; it is found to a sixteenth. Where no limit does, it is
// the least one that lets as many fit as no limit at all would, and everybody is false.
func (p Prospect) Enough() (limit int, everybody bool) {
	s, want, low, high, everybody := p.bracket()
	for high-low > 1+high/16 {
		if middle := (low + high) / 2; s.suffices(middle, want) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, everybody
}

// Proposed is the limit that a plan gets when nobody names one: what is enough, and at least what the policy sets.
func (p Prospect) Proposed() int {
	floor := p.Policy.floor(p.Plan.Emergency)
	if len(p.Open) <= floor {
		return floor // more places than servers change nothing
	}
	if _, _, _, high, everybody := p.bracket(); everybody && high <= floor {
		return floor
	}
	limit, _ := p.Enough()
	return max(floor, limit)
}

// bracket finds two limits between which the least one lies that lets as many fit as are wanted: everybody, where a limit does that.
func (p Prospect) bracket() (s *stage, want []int, low, high int, everybody bool) {
	s, want = p.stage(), make([]int, p.plays())
	for i := range want {
		want[i] = len(p.Open)
	}
	if low, high, everybody = s.between(want); everybody {
		return s, want, low, high, true
	}
	s.Ceiling = s.most()
	for i := range want {
		want[i] = s.number(i).fits
	}
	low, high, _ = s.between(want)
	return s, want, low, high, false
}

// most is the highest limit that means anything.
func (p Prospect) most() int { return min(MostAtOnce, max(1, len(p.Open))) }

// between doubles the policy's least limit until a limit suffices; ok is false when none does.
func (s *stage) between(want []int) (low, high int, ok bool) {
	high = min(s.Policy.floor(s.Plan.Emergency), s.most())
	for !s.suffices(high, want) {
		if high == s.most() {
			return low, high, false
		}
		low, high = high, min(s.most(), 2*high)
	}
	return low, high, true
}

// suffices plays with a limit until it is decided whether enough of the plays bring as many home as are wanted.
func (s *stage) suffices(limit int, want []int) bool {
	s.Ceiling = limit
	bad := len(want) - int(math.Ceil(s.Policy.sure()*float64(len(want))))
	for i := range want {
		if s.number(i).fits < want[i] {
			if bad--; bad < 0 {
				return false
			}
		}
	}
	return true
}

// number is one play of the stage; the same number draws the same times at every limit.
func (s *stage) number(i int) course { return s.play(rand.New(rand.NewPCG(s.Seed, uint64(i)))) }

// plays is how often a prospect is played: less often the more servers it has.
func (p Prospect) plays() int { return min(mostPlays, max(leastPlays, workload/max(1, len(p.Open)))) }

// sure is the share of plays in which everybody must fit.
func (p Policy) sure() float64 { return float64(p.Confidence) / 100 }

// floor is the least limit that a plan gets when nobody names one.
func (p Policy) floor(emergency bool) int {
	if emergency {
		return p.EmergencyLimit
	}
	return p.LeastCeiling
}

// After is the prospect when servers before it have verified their builds: by the turn of a ring the rings before it are through.
func (p Prospect) After(before []*Advertisement) Prospect {
	p.Experience = maps.Clone(p.Experience)
	if p.Experience == nil {
		p.Experience = map[string]int{}
	}
	for _, ad := range before {
		p.Experience[ad.Base()]++
	}
	return p
}

// Planned are the servers of a plan as they would be advertised, by ring, without those that are out.
func (p *Plan) Planned(server func(inventory.ServerID) *inventory.Server, out func(inventory.ServerID) bool) map[Ring][]*Advertisement {
	rings := map[Ring][]*Advertisement{}
	for _, a := range p.Assignments {
		if out(a.Server) {
			continue
		}
		if a.Offer == Optional {
			continue // nobody has asked for it
		}
		ad := &Advertisement{ID: string(a.Server), Server: a.Server, Windows: a.Windows, Updates: a.Updates, Delivery: NotReceived}
		if s := server(a.Server); s != nil {
			ad.Site, ad.Cluster = s.Site, s.Cluster
			if s.Facts != nil {
				ad.Before = s.Facts.Build
			}
		}
		rings[a.Ring] = append(rings[a.Ring], ad)
	}
	return rings
}

// propose is the ceiling of a plan for which nobody named one: the highest that its forecast proposes for a ring.
func (d Draft) propose(p *Plan) int {
	servers := make(map[inventory.ServerID]*inventory.Server, len(d.Servers))
	for i := range d.Servers {
		servers[d.Servers[i].ID] = &d.Servers[i]
	}
	planned := p.Planned(func(id inventory.ServerID) *inventory.Server { return servers[id] }, func(inventory.ServerID) bool { return false })
	look := Prospect{Now: d.Now, Plan: p, Policy: d.Policy, Took: d.Took, Experience: d.Experience, Seed: SeedOf(p.Change)}
	limit := d.Policy.floor(p.Emergency)
	for _, ring := range AllRings {
		look.Ring, look.Open = ring, planned[ring]
		if len(look.Open) > 0 && !p.ByHand {
			limit = max(limit, look.Proposed())
		}
		look = look.After(planned[ring])
	}
	return limit
}
