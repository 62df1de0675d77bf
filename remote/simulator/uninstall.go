package simulator

import (
	"fmt"
	"slices"
	"time"
)

// removalOrder is one update that an uninstallation shall remove: by the build that it brought, or else by its KB.
type removalOrder struct {
	KB      string          `json:"kb"`
	Build   string          `json:"build"`
	Package *plannedPackage `json:"package"`
}

// level is where a server stood before a cumulative update.
type level struct {
	ubr int
	kb  string
}

// departure is a cumulative update whose removal waits for the start.
type departure struct{ kb, job string }

const (
	removing     = "removing"
	notRemovable = "0x800F0825" // CBS_E_CANNOT_UNINSTALL
)

// present tells whether the server has what an order names: in place, or waiting for the start to come or go.
func (h *host) present(o removalOrder) bool {
	if o.Package != nil {
		return h.detected(o.Package.Detect)
	}
	if o.Build == "" {
		return h.system.installed[o.KB] && o.KB != h.system.current // a cumulative update has no package of that name
	}
	waits := func(u staged) bool { return o.Build == h.product.buildString(u.UBR) }
	return o.Build == h.product.buildString(h.system.ubr) || slices.ContainsFunc(h.system.staged, waits)
}

func (h *host) layRemovals(j *job, at time.Time) {
	for _, o := range j.removals {
		if h.present(o) {
			took := h.draws.between(h.product.install.shortest, h.product.install.longest, "removing "+o.KB, j.attempt)
			j.course = j.course.lay(removing, o.KB, at, took)
		}
	}
}

// concludeRemovals makes true what an uninstallation did by the end of its course.
func (h *host) concludeRemovals(j *job, at time.Time) outcome {
	o := outcome{Result: "nothing_to_do", Code: notApplicable, Words: "none of the updates is installed on this server"}
	for _, order := range j.removals {
		u := update{KB: order.KB, Code: notApplicable, Restart: "can"}
		if h.present(order) {
			if o.Result == "nothing_to_do" {
				o = outcome{Result: "succeeded", Code: noError, Updates: o.Updates}
			}
			if u.Code = noError; j.course.done(removing, order.KB, j.plan) {
				h.remove(order, &u, j, at)
			}
			if u.Result != resultSucceeded && o.Result == "succeeded" {
				o = h.unremoved(j, u, o.Updates)
			}
		}
		o.RestartRequired = o.RestartRequired || u.RestartRequired
		o.Updates = append(o.Updates, u)
	}
	return o
}

// unremoved is the outcome of an uninstallation that left something: refused, late, or stopped.
func (h *host) unremoved(j *job, u update, before []update) outcome {
	o := h.shortfall(j, u.KB)
	if u.Result == resultFailed {
		o = failed(u.Code, u.KB+" was not removed")
	}
	o.Updates = before
	return o
}

// remove takes one update off the server: what is cumulative goes at the next start.
func (h *host) remove(order removalOrder, u *update, j *job, at time.Time) {
	if order.Package != nil {
		h.dismiss(order, u, j, at)
		return
	}
	u.Result = resultSucceeded
	waiting := slices.IndexFunc(h.system.staged, func(s staged) bool { return order.Build == h.product.buildString(s.UBR) })
	switch {
	case waiting >= 0:
		u.Title = h.packageName(h.system.staged[waiting].UBR)
		h.system.staged = slices.Delete(h.system.staged, waiting, waiting+1)
		u.RestartRequired = true
		h.record(at, entry{Event: removed, Job: j.id, KB: order.KB})
	case order.Build == "":
		delete(h.system.installed, order.KB)
		h.record(at, entry{Event: removed, Job: j.id, KB: order.KB})
	case len(h.system.under) == 0:
		u.Result, u.Code = resultFailed, notRemovable
		h.record(at, entry{Event: removeFailed, Job: j.id, KB: order.KB, Code: notRemovable})
	default:
		u.Title, u.RestartRequired = h.packageName(h.system.ubr), true
		h.system.leaving, h.system.claims = &departure{order.KB, j.id}, true
	}
}

func (h *host) packageName(ubr int) string {
	return fmt.Sprintf("Package_for_RollupFix~31bf3856ad364e35~amd64~~%d.%d.1.0", h.product.base[2], ubr)
}

// completeRemoval is the second half of a removal, during the start: what lay below is there again.
func (h *host) completeRemoval(at time.Time) {
	gone := h.system.leaving
	if gone == nil {
		return
	}
	last := len(h.system.under) - 1
	before := h.system.under[last]
	h.system.leaving, h.system.under, h.system.ubr = nil, h.system.under[:last], before.ubr
	h.system.putCurrent(before.kb)
	h.record(at, entry{Event: removed, Job: gone.job, KB: gone.kb})
}
