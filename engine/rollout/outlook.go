package rollout

import (
	"cmp"
	"container/heap"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Prospect is what an outlook is made from. Advertisements that are final need not be in it.
type Prospect struct {
	Now        time.Time
	Plan       *Plan
	Ring       Ring
	Ceiling    int
	Open       []*Advertisement
	Policy     Policy
	Took       map[string][]int // the release's measured durations in seconds, by base build
	Experience map[string]int   // the release's verified successes, by base build
	Gained     map[string]int   // those of them that this rollout has since its open window opened
	Seed       uint64
}

// Outlook is what may be expected of a rollout at one ceiling: its windows were played many times, with durations drawn from what was
// measured, or around what is planned where too little was. Nobody fails in a play. The same prospect gives the same outlook.
type Outlook struct {
	Ring    Ring `json:"ring"`
	Ceiling int  `json:"ceiling"`
	Enough  int  `json:"enough"` // the least limit at which everybody fits in as many plays as the policy wants; 0: no limit is
	// Proposed is the limit that a plan gets when nobody names one: what is enough, and at least what the policy sets.
	Proposed int             `json:"proposed"`
	Servers  int             `json:"servers"`
	Plays    int             `json:"plays"`
	Sure     float64         `json:"sure"`   // share of the plays in which everybody fits
	Likely   Course          `json:"likely"` // half of the plays are as good or better
	Late     Course          `json:"late"`   // as many as the policy wants are (95 of 100)
	Windows  []WindowOutlook `json:"windows"`
}

// Course is how far a rollout comes.
type Course struct {
	Done    time.Time `json:"done,omitzero"` // when the last server that fits is through
	Fits    int       `json:"fits"`
	WillNot int       `json:"will_not"`
}

// WindowOutlook is what one window may be expected to bring.
type WindowOutlook struct {
	ID       string    `json:"id"`
	Opens    time.Time `json:"opens"`
	Closes   time.Time `json:"closes"`
	Servers  int       `json:"servers"`  // that have their first place in it
	Capacity int       `json:"capacity"` // that it holds when every place is taken all the time
	Likely   int       `json:"likely"`   // that it finishes, in half of the plays at least
	Late     int       `json:"late"`     // in as many as the policy wants
	Why      string    `json:"why,omitempty"`
}

const (
	mostPlays  = 200
	leastPlays = 20
	workload   = 200_000 // servers times plays
)

// Look plays the windows and says what came of it.
func (p Prospect) Look() Outlook {
	out := p.at(p.Ceiling)
	limit, everybody := p.Enough()
	out.Proposed = max(p.Policy.floor(p.Plan.Emergency), limit)
	if everybody {
		out.Enough = limit
	}
	return out
}

func (p Prospect) at(ceiling int) Outlook {
	p.Ceiling = max(1, ceiling)
	s := p.stage()
	plays := p.plays()
	out := Outlook{Ring: p.Ring, Ceiling: p.Ceiling, Servers: len(p.Open), Plays: plays, Windows: s.windows}
	fits, finished := make([]int, plays), make([][]int, len(s.windows))
	var done []time.Time
	full := 0
	for i := range plays {
		play := s.number(i)
		fits[i] = play.fits
		done = append(done, play.done)
		for w, n := range play.finished {
			finished[w] = append(finished[w], n)
		}
		if play.fits == len(p.Open) {
			full++
		}
	}
	out.Sure = float64(full) / float64(plays)
	slices.Sort(fits)
	slices.SortFunc(done, time.Time.Compare)
	sure := p.Policy.sure()
	within := func(share float64) Course {
		n := fits[rank(plays, 1-share)]
		return Course{Done: done[rank(plays, share)], Fits: n, WillNot: len(p.Open) - n}
	}
	out.Likely, out.Late = within(0.5), within(sure)
	for w := range out.Windows {
		slices.Sort(finished[w])
		out.Windows[w].Likely, out.Windows[w].Late = finished[w][rank(plays, 0.5)], finished[w][rank(plays, 1-sure)]
		out.Windows[w].Why = s.why(w)
	}
	return out
}

// rank is the place of a quantile in a sorted list.
func rank(n int, share float64) int {
	return min(n-1, max(0, int(math.Ceil(share*float64(n)))-1))
}

// stage is what all plays of one prospect share.
type stage struct {
	Prospect
	windows []WindowOutlook
	kinds   []WindowKind
	guests  []visitor // shortest planned time first
}

// visitor is a server in a play.
type visitor struct {
	*Advertisement
	place   int // among the guests
	base    string
	planned time.Duration // with restart and check, as admission plans it
	trial   time.Duration // that a pilot server takes besides, where its window has it
	windows []bool        // that it may use, by place in the stage's list
}

func (p Prospect) stage() *stage {
	s := &stage{Prospect: p}
	at := map[string]int{}
	for _, w := range p.Plan.Windows {
		if w.Ring == p.Ring && p.Now.Before(w.Closes) {
			at[w.ID] = len(s.windows)
			s.windows, s.kinds = append(s.windows, WindowOutlook{ID: w.ID, Opens: w.Opens, Closes: w.Closes}), append(s.kinds, w.Kind)
		}
	}
	longest := make([]time.Duration, len(s.windows))
	for _, ad := range p.Open {
		v := visitor{Advertisement: ad, base: ad.Base(), windows: make([]bool, len(s.windows))}
		v.planned = p.Policy.ExpectedOn(ad.Before, p.Took[v.base]) + p.Policy.RestartReserve + p.Policy.CheckReserve + p.Policy.drainReserve(ad)
		v.trial = p.Policy.trialTime(p.Plan, ad, p.Took[v.base])
		first := true
		for _, id := range ad.Windows {
			i, ok := at[id]
			if !ok {
				continue
			}
			v.windows[i] = true
			if longest[i] = max(longest[i], v.planned); first {
				s.windows[i].Servers++
			}
			first = false
		}
		s.guests = append(s.guests, v)
	}
	for i := range s.windows {
		if w := &s.windows[i]; longest[i] > 0 {
			w.Capacity = s.Ceiling * int(w.Closes.Sub(latest(w.Opens, p.Now))/longest[i])
		}
	}
	slices.SortFunc(s.guests, func(a, b visitor) int {
		return cmp.Or(cmp.Compare(a.planned, b.planned), strings.Compare(a.ID, b.ID))
	})
	for i := range s.guests {
		s.guests[i].place = i
	}
	return s
}

// why says what keeps a window from finishing the servers that have their place in it; empty when it is expected to.
func (s *stage) why(i int) string {
	w := s.windows[i]
	if w.Late >= w.Servers {
		return ""
	}
	length, longest := w.Closes.Sub(latest(w.Opens, s.Now)), time.Duration(0)
	cold := false
	for _, g := range s.guests {
		if g.windows[i] {
			longest = max(longest, g.planned)
			cold = cold || s.Experience[g.base] < s.Policy.Experience
		}
	}
	switch {
	case longest > length:
		return fmt.Sprintf("a server needs up to %s, and the window has %s", minutes(longest), minutes(length))
	case w.Capacity < w.Servers:
		return fmt.Sprintf("it holds %d of its %d servers at %d at once", w.Capacity, w.Servers, s.Ceiling)
	case cold:
		return "it begins with one server at a time: a build has too few verified successes yet"
	}
	return "its places fill slowly, or clusters and sites take turns"
}

// course is one night as it might go.
type course struct {
	fits     int
	done     time.Time
	finished []int // by window
	ends     []time.Time
}

// busy is a server at work.
type busy struct {
	*visitor
	end    time.Time
	window int // -1: began before
}

type atWork []busy

func (a atWork) Len() int           { return len(a) }
func (a atWork) Less(i, j int) bool { return a[i].end.Before(a[j].end) }
func (a atWork) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *atWork) Push(v any)        { *a = append(*a, v.(busy)) }
func (a *atWork) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// floor is the state of a night while it is played.
type floor struct {
	work     atWork
	load     Load
	clusters map[string]bool
	begun    []bool          // by guest
	took     []time.Duration // by guest
	lines    []line
	grown    int // successes in the window
}

// line are the servers of one base build that wait in a window, those that somebody else's place holds up before the others.
type line struct {
	base string
	held []*visitor
	rest []*visitor
}

func (f *floor) begin(v *visitor, now time.Time, window int, closes time.Time) {
	end := now.Add(f.took[v.place])
	if !end.Add(v.trial).After(closes) {
		end = end.Add(v.trial)
	}
	heap.Push(&f.work, busy{v, end, window})
	f.begun[v.place] = true
	f.load.Add(v.Advertisement, 1)
	if v.Cluster != "" {
		f.clusters[v.Cluster] = true
	}
}

// queue lines up who may use a window.
func (f *floor) queue(guests []visitor, w int) {
	f.lines, f.grown = nil, 0
	at := map[string]int{}
	for i := range guests {
		g := &guests[i]
		if f.begun[i] || !g.windows[w] {
			continue
		}
		n, ok := at[g.base]
		if !ok {
			n = len(f.lines)
			at[g.base], f.lines = n, append(f.lines, line{base: g.base})
		}
		f.lines[n].rest = append(f.lines[n].rest, g)
	}
}

// play lets the servers go through the windows once.
func (s *stage) play(draw *rand.Rand) course {
	p := course{finished: make([]int, len(s.windows))}
	f := &floor{clusters: map[string]bool{}, begun: make([]bool, len(s.guests)), took: make([]time.Duration, len(s.guests))}
	for i := range s.guests {
		f.took[i] = s.duration(&s.guests[i], draw)
	}
	for i := range s.guests {
		if g := &s.guests[i]; g.Delivery.Status().Started {
			f.begin(g, latest(g.Started, s.Now.Add(-f.took[i])), -1, s.closes(g))
		}
	}
	for w := range s.windows {
		now := latest(s.windows[w].Opens, s.Now)
		f.queue(s.guests, w)
		if now.After(s.windows[w].Opens) {
			f.grown = s.gained()
		}
		for now.Before(s.windows[w].Closes) {
			s.admit(f, w, now)
			if len(f.work) == 0 {
				break
			}
			now = latest(now, f.work[0].end)
			s.finish(f, &p)
		}
	}
	for len(f.work) > 0 {
		s.finish(f, &p)
	}
	return p
}

// gained is what the open window brought before the play.
func (p Prospect) gained() int {
	n := 0
	for _, k := range p.Gained {
		n += k
	}
	return n
}

// admit lets those begin for whom there is a place now, the builds that take less time first.
func (s *stage) admit(f *floor, w int, now time.Time) {
	for i := range f.lines {
		l := &f.lines[i]
		limit := s.Policy.ramp(s.kinds[w], s.Experience[l.base], f.grown, s.Ceiling, false)
		fits := func(g *visitor) bool { return !now.Add(g.planned).After(s.windows[w].Closes) }
		free := func() bool { return f.load.Total < s.Ceiling && f.load.ByBase[l.base] < limit }
		var held []*visitor
		try := func(g *visitor) {
			if g.Cluster != "" && f.clusters[g.Cluster] || s.Policy.SiteLimit > 0 && f.load.BySite[g.Site] >= s.Policy.SiteLimit {
				held = append(held, g)
				return
			}
			f.begin(g, now, w, s.windows[w].Closes)
		}
		for n, g := range l.held {
			if !free() || !fits(g) {
				held = append(held, l.held[n:]...)
				break
			}
			try(g)
		}
		for len(l.rest) > 0 && free() && fits(l.rest[0]) {
			g := l.rest[0]
			l.rest = l.rest[1:]
			try(g)
		}
		l.held = held
	}
}

// closes is when the window closes in which a server was admitted.
func (s *stage) closes(g *visitor) time.Time {
	w, _ := s.Plan.Window(g.Window)
	return w.Closes
}

// finish ends the server that is through first.
func (s *stage) finish(f *floor, p *course) {
	b := heap.Pop(&f.work).(busy)
	f.load.Add(b.Advertisement, -1)
	delete(f.clusters, b.Cluster)
	f.grown++
	p.fits++
	p.done = latest(p.done, b.end)
	p.ends = append(p.ends, b.end)
	if b.window >= 0 {
		p.finished[b.window]++
	}
}

// spreadOfTimes is how widely times scatter around their middle where too few were measured: the logarithm's standard deviation.
const spreadOfTimes = 0.35

// duration draws how long a server takes, with restart and check.
func (s *stage) duration(g *visitor, draw *rand.Rand) time.Duration {
	rest := time.Duration((0.4 + 0.6*draw.Float64()) * float64(s.Policy.RestartReserve+s.Policy.CheckReserve+s.Policy.drainReserve(g.Advertisement)))
	if measured := s.Took[g.base]; len(measured) >= s.Policy.MinSamples {
		return time.Duration(measured[draw.IntN(len(measured))])*time.Second + rest
	}
	const p95 = 1.645 // standard deviations: what is planned is the 95th percentile
	planned := float64(s.Policy.ExpectedOn(g.Before, nil))
	return time.Duration(planned*math.Exp(spreadOfTimes*(draw.NormFloat64()-p95))) + rest
}

// SeedOf is a seed for the plays of what has a name.
func SeedOf(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
