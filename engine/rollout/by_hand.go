package rollout

import (
	"fmt"
	"time"

	"patchdeck/engine/inventory"
)

// HandState is how far a server is that people patch one by one.
type HandState string

const (
	HandOpen    HandState = "open"         // nobody has said that it is done
	HandSaid    HandState = "not verified" // somebody said so; no check has shown it
	HandProven  HandState = "proven"       // a check showed it
	HandRefuted HandState = "refuted"      // a check showed that it is not so
)

// HandWork is what is known of an installation by hand. It never makes an advertisement succeed: that takes our own job and its evidence.
type HandWork struct {
	State HandState `json:"state"`
	// Unmanaged tells that the server is not ours to reach, whatever becomes of the rollout.
	Unmanaged bool      `json:"unmanaged,omitempty"`
	By        string    `json:"by,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Options   string    `json:"options,omitempty"` // with which it was installed
	Reason    string    `json:"reason,omitempty"`
	Sweep     int       `json:"sweep,omitempty"` // that reads the server to prove it; 0 where it cannot be reached
	Words     string    `json:"words,omitempty"` // what the check found
}

// Done tells that nothing more is to be done by hand.
func (h *HandWork) Done() bool { return h == nil || h.State == HandProven }

// Pending tells that a check was ordered and has not answered.
func (h *HandWork) Pending() bool {
	return h != nil && h.State == HandSaid && h.Sweep > 0 && h.Words == ""
}

// unmanaged tells that the server is not ours to reach: people do it.
func (ad *Advertisement) unmanaged() bool { return ad.Hand != nil && ad.Hand.Unmanaged }

// CompleteByHand takes a person's word that the server was patched by hand. What has not started will not; what has ended keeps its status.
func (ad *Advertisement) CompleteByHand(work HandWork) (*Moved, error) {
	to, status := ad.Delivery, ad.Delivery.Status()
	switch {
	case ad.Hand.Pending():
		return nil, fmt.Errorf("%s said so already, and a check is under way", ad.Hand.By)
	case status.Started:
		return nil, fmt.Errorf("it is %s: what has started finishes first", ad.Delivery)
	case ad.Delivery == Succeeded || ad.Delivery == NotApplicable || ad.Delivery == Excluded:
		return nil, fmt.Errorf("it is %s: nothing is to be done by hand", ad.Delivery)
	case !status.Final:
		to = Cancelled
	}
	work.State, work.Unmanaged = HandSaid, ad.unmanaged()
	m := ad.move(to, "said to be done by hand: "+work.Reason)
	m.Hand, m.Compliance, m.StopJob = &work, UnknownCompliance, ad.Delivery == Staging
	return m, nil
}

// HandChecked judges what a check found of an installation by hand; nil facts are that the server could not be read.
func (s Scene) HandChecked(ad *Advertisement, f *inventory.Facts, trouble string) *Moved {
	work := *ad.Hand
	if f == nil {
		work.Words = "could not be checked: " + trouble
		m := ad.move(ad.Delivery, "done by hand, not verified: "+trouble)
		m.Hand = &work
		return m
	}
	if missing := s.missing(ad, f.Build, f.Updates); len(missing) > 0 {
		work.State, work.Words = HandRefuted, fmt.Sprintf("%s is not on it: its build is %s", list(missing), f.Build)
		m := ad.move(ad.Delivery, "said to be done by hand, and it is not: "+work.Words)
		m.Hand, m.Compliance = &work, Missing
		return m
	}
	work.State, work.Words = HandProven, "build "+f.Build.String()
	m := ad.move(NotApplicable, "installed by hand, and a check proves it: "+work.Words)
	m.Hand, m.Compliance, m.After = &work, InstalledByOthers, f.Build
	m.Unlock = true // the check found the server well
	return m
}
