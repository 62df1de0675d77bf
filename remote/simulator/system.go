package simulator

import (
	"maps"
	"slices"
	"time"
)

// system is the servicing state of a server: what is installed, what content it has, what waits for the restart.
type system struct {
	ubr       int
	installed map[string]bool
	current   string // the cumulative update that gives the build; older ones are listed no more
	content   map[string]bool
	fetched   int64 // bytes of content
	staged    []staged
	under     []level           // what lies below the current cumulative update and comes back when that is removed
	leaving   *departure        // a removal that the next start completes
	claims    bool              // a restart is asked for, whether anything waits for it or not
	stages    int               // cumulative updates that were staged so far: the attempt of what the next start does with them
	dead      bool              // the workload's first service does not start
	things    map[string]string // what installers of packages left there, with its version
}

// staged is a cumulative update that a job brought and that the next start completes.
type staged struct {
	Published
	job string
}

// compliantShare is the part of the fleet that others had patched before anybody asked.
const compliantShare = 0.015

func newSystem(p *profile, published []Published, epoch time.Time) system {
	s := system{ubr: p.product.baseline(published), installed: make(map[string]bool), content: make(map[string]bool)}
	s.putCurrent(p.product.priorKB)
	newest := p.product.newest(published)
	if newest.UBR > 0 && !newest.From.After(epoch) && p.risk != "none" && p.draws.fraction("compliant", 0) < compliantShare {
		s.ubr = newest.UBR
		s.putCurrent(newest.KB)
	}
	return s
}

// putCurrent makes a cumulative update the one that the server lists.
func (s *system) putCurrent(kb string) {
	delete(s.installed, s.current)
	s.current = kb
	s.installed[kb] = true
}

func (s *system) kbs() []string { return slices.Sorted(maps.Keys(s.installed)) }

// offers is what the update agent finds at the moment now: every update for the product that is missing, and of the
// cumulative ones that are newer than the server the newest, or all of them with superseded. What waits for a restart is
// still offered.
func (h *host) offers(now time.Time, superseded bool) (offered []Published) {
	var newest []Published
	for _, u := range h.world.published {
		if u.BaseBuild != h.product.base || u.Hotpatch && !h.fate.elsewhere || u.From.After(now) || u.cumulative() && h.fate.hides {
			continue
		}
		switch {
		case !u.cumulative():
			if !h.system.installed[u.KB] {
				offered = append(offered, u)
			}
		case u.UBR > h.system.ubr:
			newest = append(newest, u)
		}
	}
	slices.SortFunc(newest, func(a, b Published) int { return b.UBR - a.UBR })
	if !superseded && len(newest) > 1 {
		newest = newest[:1]
	}
	return append(offered, newest...)
}

// put brings an update onto the server: cumulative ones wait for the restart, others are there at once.
func (h *host) put(u Published, job string, at time.Time) {
	if u.Restart {
		h.system.claims = true
	}
	if u.cumulative() && u.Restart {
		h.system.staged = append(h.system.staged, staged{u, job})
		h.system.stages++
		h.record(at, entry{Event: installStaged, Job: job, KB: u.KB})
		return
	}
	h.complete(u)
	h.record(at, entry{Event: installed, Job: job, KB: u.KB})
}

func (h *host) complete(u Published) {
	switch {
	case !u.cumulative():
		h.system.installed[u.KB] = true
	case u.UBR > h.system.ubr:
		h.system.under = append(h.system.under, level{h.system.ubr, h.system.current})
		h.system.ubr = u.UBR
		h.system.putCurrent(u.KB)
	}
}

// completeServicing is the second half of an installation, during the start: what waited is there, or is rolled back.
func (h *host) completeServicing(at time.Time) {
	waiting := h.system.staged
	h.system.staged, h.system.claims = nil, false
	for _, u := range waiting {
		if h.fate.undone && h.fate.strikes(h.system.stages) {
			h.record(at, entry{Event: rolledBack, Job: u.job, KB: u.KB})
			continue
		}
		h.complete(u.Published)
		h.record(at, entry{Event: installed, Job: u.job, KB: u.KB})
	}
	h.completeRemoval(at)
	h.system.dead = h.system.dead || h.fate.idleService && len(waiting) > 0
}

// claimed tells whether the agent says that a restart is wanted.
func (h *host) claimed() bool { return h.system.claims && !h.fate.unmarked }

// pending is one sign of a pending restart.
type pending struct {
	Reason string `json:"reason"`
	Blocks bool   `json:"blocks"`
	Detail string `json:"detail"`
}

// pendingRestart lists the signs that the server shows at the moment now.
func (h *host) pendingRestart(now time.Time) []pending {
	signs := []pending{}
	if len(h.system.staged) > 0 || h.system.leaving != nil {
		signs = append(signs, pending{"component_servicing", true, "RebootPending"})
	}
	if h.claimed() {
		signs = append(signs, pending{"windows_update", true, "RebootRequired"})
	}
	if h.servicingBusy(now) {
		signs = append(signs, pending{"servicing_in_progress", true, ""})
	}
	for _, n := range h.nuisances {
		signs = append(signs, n.noise...)
	}
	return signs
}

// services lists the server's services as they are at the moment now.
func (h *host) services(now time.Time) []service {
	list := slices.Concat(commonServices, h.workload.services)
	late := list[len(commonServices):]
	for i := range late {
		if h.system.dead && i == 0 || !h.servicesUp(now) {
			late[i].State = "Stopped"
		}
	}
	if h.cluster != "" {
		list = append(list, automatic("ClusSvc", "Cluster Service"))
	}
	slices.SortFunc(list, func(a, b service) int { return compareFolded(a.Name, b.Name) })
	return list
}

// freeBytes is what is left on the system drive.
func (h *host) freeBytes() int64 {
	if h.fate.freeBytes > 0 {
		return h.fate.freeBytes
	}
	share := 0.2 + 0.4*h.draws.fraction("disk", 0)
	return int64(share*float64(h.workload.disk)) - h.system.fetched
}

func (h *host) servicing(now time.Time) string {
	if h.servicingBusy(now) {
		return "busy"
	}
	return "idle"
}

// compareFolded orders names as Windows lists them, whatever the case of their (ASCII) letters.
func compareFolded(a, b string) int {
	lower := func(c byte) byte {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}
