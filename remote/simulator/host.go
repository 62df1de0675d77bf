package simulator

import (
	"slices"
	"strings"
	"sync"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// world is what all servers of a fleet share.
type world struct {
	clock     clock
	schedule  *schedule
	ledger    *ledger
	published []Published
	user      string
	password  string
}

// host is one simulated Windows server. What happens to it stands in its agenda; whoever looks at the server first lets
// everything happen that is due, so a look never sees the past.
type host struct {
	profile
	world     *world
	fate      *fault
	nuisances []*fault
	skew      time.Duration // its clock minus fleet time
	forest    *forest       // the directory that it is a controller of, or nil
	failover  *failover     // the cluster that it is a node of, or nil
	node      *node
	drop      func() // cuts its connections when it goes down; nil without a network

	mu       sync.Mutex
	agenda   []appointment
	road     road
	power    power
	system   system
	jobs     map[string]*job
	begun    map[string]int       // job kind -> how many have run
	requests map[wsman.Action]int // how many WinRM requests of a kind came that may end with a fault of the host's own
	spoiled  []spoiled
	moved    *movedRoles // the operation master roles that were taken from it, or nil
	watch    monitoring  // what its monitoring script was last asked for
	baseline *baseline   // the stamp in its registry, or nil
	refusals int         // requests that WinRM still refuses after the last start
	left     bool        // it is on its way off the network
	cut      bool        // connections are to be cut at the next visit
}

// appointment is something that happens on the server at a moment of fleet time.
type appointment struct {
	at time.Time
	do func(at time.Time)
}

func newHost(p profile, w *world, s *selection) *host {
	h := &host{profile: p, world: w, fate: s.fateOf(&p), nuisances: s.nuisancesOf(&p)}
	h.jobs = make(map[string]*job)
	h.begun = make(map[string]int)
	h.requests = make(map[wsman.Action]int)
	epoch := w.clock.epoch
	h.power = power{boots: 1, booted: epoch.Add(-p.draws.between(3*24*time.Hour, 35*24*time.Hour, "boot", 0)).Truncate(time.Millisecond)}
	h.power.answering, h.power.settled = h.power.booted, h.power.booted
	h.system = newSystem(&p, w.published, epoch)
	if h.gone() {
		h.road.close(span{from: epoch.AddDate(-1, 0, 0), reach: h.fate.away})
	}
	for _, n := range h.nuisances {
		if n.skews {
			h.skew = p.draws.between(2*time.Minute, 8*time.Minute, "skew", 0)
			if p.draws.fraction("skew sign", 0) < 0.5 {
				h.skew = -h.skew
			}
		}
	}
	return h
}

// gone tells whether the server is away from the first moment on.
func (h *host) gone() bool { return h.fate.away != wsman.Answering && !h.fate.leaves }

// away tells those who work with the server that it is gone from at on, and back at a moment; never when that is zero.
func (h *host) away(at, back time.Time) {
	if h.failover != nil {
		h.failover.leave(h.node, at)
		h.failover.expect(h.node, back)
	}
	if h.forest != nil {
		h.forest.expect(h.name, back)
	}
}

// enter locks the host, lets everything due happen, and tells the fleet time. The caller unlocks.
func (h *host) enter() time.Time {
	h.mu.Lock()
	now := h.world.clock.now()
	for {
		next := h.nextAppointment()
		if next < 0 || h.agenda[next].at.After(now) {
			return now
		}
		a := h.agenda[next]
		h.agenda = slices.Delete(h.agenda, next, next+1)
		a.do(a.at)
	}
}

// nextAppointment is the index of the earliest appointment, the first made among equals, or -1.
func (h *host) nextAppointment() int {
	earliest := -1
	for i := range h.agenda {
		if earliest < 0 || h.agenda[i].at.Before(h.agenda[earliest].at) {
			earliest = i
		}
	}
	return earliest
}

// at makes an appointment. The host is locked.
func (h *host) at(t time.Time, do func(at time.Time)) {
	h.agenda = append(h.agenda, appointment{t, do})
	h.world.schedule.add(t, h)
}

// visit is the schedule's call: what is due happens, and connections are cut if the server went down. Cutting asks the
// server for its reach, so it is done without the lock.
func (h *host) visit() {
	h.enter()
	cut := h.cut
	h.cut = false
	h.mu.Unlock()
	if cut && h.drop != nil {
		h.drop()
	}
}

// record writes to the ledger. The host is locked, so a server's lines stand in their order.
func (h *host) record(at time.Time, e entry) {
	e.At, e.Server, e.Build = stamp(at), h.name, h.product.buildString(h.system.ubr)
	h.world.ledger.write(e)
}

// shown is a moment of fleet time as the server's own clock has it.
func (h *host) shown(t time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	return stamp(t.Add(h.skew))
}

// The methods below make the host a wsman.Machine.

func (h *host) Reach() wsman.Reach {
	now := h.enter()
	defer h.mu.Unlock()
	return h.road.reach(now)
}

func (h *host) Boot() int {
	h.enter()
	defer h.mu.Unlock()
	return h.power.boots
}

func (h *host) Password(user string) (string, bool) {
	if strings.EqualFold(user, h.world.user) && !h.fate.refuses {
		return h.world.password, true
	}
	return "", false
}

func (h *host) ComputerName() string { return h.name }

func (h *host) Version() string {
	return strings.TrimSuffix(h.product.buildString(0), ".0")
}
