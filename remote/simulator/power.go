package simulator

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// power is what a server is between: its starts, and the restart that was ordered last.
type power struct {
	boots     int
	booted    time.Time // start of the kernel: LastBootUpTime
	answering time.Time // WinRM answers again
	settled   time.Time // servicing is idle again

	order   string // id of the restart that was ordered last
	ordered map[string]bool
	down    time.Time // when that order takes the server down; zero when none is waiting
}

// restartOrder is what the restart script asks for.
type restartOrder struct {
	Restart      string    `json:"restart"`
	BootTime     time.Time `json:"boot_time"`
	DelaySeconds int       `json:"delay_seconds"`
	Comment      string    `json:"comment"`
}

type restartReply struct {
	Ordered  bool   `json:"ordered"`
	Already  string `json:"already"`
	BootTime stamp  `json:"boot_time"`
}

func (h *host) runRestart(parameters json.RawMessage, now time.Time) (any, error) {
	o, err := read[restartOrder](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("restart", o.Restart); err != nil {
		return nil, err
	}
	if o.BootTime.IsZero() {
		return nil, &problem{badArgument, "boot_time: want the start that is to end"}
	}
	reply := h.restart(o, now)
	if reply.Ordered && h.chance("restart", h.power.boots, 0.5) {
		h.spoilNext("restart", h.power.boots)
	}
	return reply, nil
}

const (
	bootTolerance   = 2 * time.Second // how far two readings of one start may lie apart
	maxDelaySeconds = 3600
)

// restart orders a restart, unless the start that it was to end has ended, the same order was given before, or another
// shutdown is on its way. The order is marked before it is carried out, so its id is spent whatever becomes of it.
func (h *host) restart(o restartOrder, now time.Time) restartReply {
	reply := restartReply{BootTime: h.shown(h.power.booted)}
	switch {
	case time.Time(reply.BootTime).Sub(o.BootTime) > bootTolerance:
		reply.Already = "booted_since"
		return reply
	case h.power.ordered[o.Restart]:
		reply.Already = "ordered"
		return reply
	}
	if h.power.ordered == nil {
		h.power.ordered = make(map[string]bool)
	}
	h.power.ordered[o.Restart] = true
	if !h.power.down.IsZero() {
		reply.Already = "shutdown_in_progress"
		return reply
	}
	reply.Ordered = true
	if h.fate.ignores && h.fate.strikes(len(h.power.ordered)) {
		h.record(now, entry{Event: restartIgnored, By: o.Restart})
		return reply
	}
	h.power.order = o.Restart
	h.power.down = now.Add(time.Duration(min(max(o.DelaySeconds, 0), maxDelaySeconds)) * time.Second)
	h.at(h.power.down, h.goDown)
	return reply
}

// The share of a restart's time at which each stage begins; it begins with the shutdown at 0.
const (
	networkGone = 0.06 // services are stopped, the updates' first half is done, the network card goes
	kernelRuns  = 0.45
	kernelHeard = 0.74 // the kernel answers on the network, nobody listens yet
	updateDone  = 0.82 // the updates' second half is done
	listening   = 0.88 // http.sys answers for a service that is not up yet
)

// goDown begins the restart: processes end, connections break, and the way back is laid out.
func (h *host) goDown(at time.Time) {
	for _, id := range slices.Sorted(maps.Keys(h.jobs)) {
		h.lose(h.jobs[id], at)
	}
	h.cut = true
	h.record(at, entry{Event: goesDown, By: h.power.order})
	h.away(at, time.Time{})
	attempt := h.power.boots
	p := h.product.restart
	whole := stretched(h.draws.between(p.shortest, p.longest, "restart", attempt), factor(h.bootStretch())*factor(h.fate.drag))
	stage := func(share float64) time.Time {
		return at.Add(time.Duration(float64(whole) * share).Truncate(time.Millisecond))
	}
	h.road.close(span{at, stage(networkGone), wsman.Refusing})
	if h.fate.neverBack && len(h.system.staged) > 0 {
		h.road.close(span{from: stage(networkGone), reach: wsman.Silent})
		return
	}
	h.road.close(span{stage(networkGone), stage(kernelHeard), wsman.Silent})
	h.road.close(span{stage(kernelHeard), stage(listening), wsman.Refusing})
	h.road.close(span{stage(listening), stage(1), wsman.Unavailable})
	if h.fate.deaf && len(h.system.staged) > 0 {
		h.road.close(span{from: stage(kernelHeard), reach: wsman.Refusing})
	}
	if h.fate.relapses {
		again := stage(1).Add(h.draws.between(time.Minute, 2*time.Minute, "relapse", attempt))
		h.road.close(span{again, again.Add(h.draws.between(4*time.Minute, 9*time.Minute, "end of the relapse", attempt)), wsman.Unavailable})
	}
	if h.fate.twice && len(h.system.staged) > 0 {
		h.restartUnasked(stage(1).Add(serviceDelay))
	}
	settling := h.draws.between(time.Minute, 2*time.Minute, "settling", attempt)
	h.at(stage(kernelRuns), func(at time.Time) { h.boot(at, stage(1), stage(1).Add(settling)) })
	h.at(stage(updateDone), h.completeServicing)
}

// restartUnasked has the server restart by itself at a moment, unless it goes down otherwise before.
func (h *host) restartUnasked(at time.Time) {
	boots := h.power.boots
	if !h.power.down.IsZero() {
		boots++ // it is on its way down: the start that follows is the one that ends
	}
	h.at(at, func(at time.Time) {
		if h.power.boots == boots && h.power.down.IsZero() {
			h.power.order, h.power.down = "", at
			h.goDown(at)
		}
	})
}

// bootStretch is the factor on the time of a restart: a start that undoes an update takes longer only when there is one.
func (h *host) bootStretch() float64 {
	if h.fate.undone && len(h.system.staged) == 0 {
		return 1
	}
	return h.fate.bootStretch
}

// boot is the start of the kernel.
func (h *host) boot(at, answering, settled time.Time) {
	h.power.boots++
	h.power.booted, h.power.answering, h.power.settled = at, answering, settled
	h.power.down = time.Time{}
	h.refuseAfterBoot()
	if h.fate.steps && h.power.boots == 2 {
		h.skew += clockStep
	}
	if h.failover != nil && !h.fate.outside {
		h.failover.join(h.node, answering.Add(serviceDelay), h.power.boots, h.fate.slowRepair)
	}
	if h.forest != nil {
		h.forest.expect(h.name, answering.Add(serviceDelay))
	}
	h.record(at, entry{Event: restarted, Boot: stamp(at), By: h.power.order})
}

// clockStep is how far a clock jumps.
const clockStep = 11 * time.Minute

// What a server still does in the first minutes after a start, counted from WinRM's first answer.
const (
	logonDelay   = 15 * time.Second
	serviceDelay = 40 * time.Second
)

func (h *host) logonReady(now time.Time) bool { return !now.Before(h.power.answering.Add(logonDelay)) }

// servicesUp tells whether the services that start late have started.
func (h *host) servicesUp(now time.Time) bool {
	return !now.Before(h.power.answering.Add(serviceDelay))
}

// servicingBusy tells whether component servicing works: after a start, and while an installation runs.
func (h *host) servicingBusy(now time.Time) bool {
	if now.Before(h.power.settled) {
		return true
	}
	for _, j := range h.jobs {
		if j.busyWith(installing, now) {
			return true
		}
	}
	return false
}
