package rollout

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// Drain is how far a server is taken out of service for its installation. It is beside the delivery, because it must be undone
// whatever becomes of that: a server that failed, or whose window closed, returns to service like one that succeeded. People see it as
// the phase of a running or ended advertisement.
type Drain string

const (
	InService Drain = ""          // nothing was taken from it
	Draining  Drain = "draining"  // ordered: what it does for others is being taken from it
	Drained   Drain = "drained"   // all of it is taken: the installation or the restart may begin
	Returning Drain = "returning" // ordered: all of it is being given back; its lock stays until that is done
)

// DrainTransition is one line of the table of drains.
type DrainTransition struct {
	From, To Drain
	By       string // "admission", "host", "time", "person"
	Why      string
	Crash    string // what the next start does in the new state
}

// DrainTransitions is the whole machine of drains. Every way out of Draining and Drained leads over Returning.
var DrainTransitions = []DrainTransition{
	{InService, Draining, "admission", "admitted, or its restart is due: monitoring, roles and node are taken from it in this order", "all of it is ordered again, which a host does once"},
	{Draining, Drained, "host", "it says of each that it is taken", "the installation or restart is asked for as ever"},
	{Draining, Returning, "host", "something could not be taken: failed, nothing was started", "all of it is given back again, which a host does once"},
	{Draining, Returning, "time", "it took too long, or nobody may start any more", "all of it is given back again"},
	{Drained, Returning, "host", "verified, failed, or tried again later", "all of it is given back again"},
	{Drained, Returning, "time", "lost, or its window has no time for the restart", "all of it is given back again"},
	{Returning, InService, "host", "it says of each that it has it back: node, roles, monitoring", ""},
	{Returning, InService, "person", "somebody gave it back by hand", ""},
}

// Duty is one thing that a server does for others.
type Duty string

const (
	Monitoring   Duty = "monitoring"   // alarms about it: suspended and resumed
	MasterRoles  Duty = "roles"        // operation master roles of a domain controller: moved to a peer and returned
	ClusterPlace Duty = "cluster node" // its place in a failover cluster: drained, suspended and resumed
)

// controllerRole is the least Win32_ComputerSystem.DomainRole of a domain controller.
const controllerRole = 4

// DutiesOf lists what has to be taken from a server, in the order in which it is taken; it is given back the other way round. Whether
// there is truly something to take the server says when it is asked.
func DutiesOf(f *inventory.Facts, cluster string) []Duty {
	duties := []Duty{Monitoring}
	if f.DomainRole >= controllerRole {
		duties = append(duties, MasterRoles)
	}
	if f.Cluster != "" || cluster != "" {
		duties = append(duties, ClusterPlace)
	}
	return duties
}

// Handed is a host's answer about one duty.
type Handed struct {
	Words   string // the evidence: "PDCEmulator -> DC2", or why there was nothing to do
	Waiting string // what it still waits for; empty when it is done
}

// DrainID names the current drain of an advertisement; the host notes for whom it did what.
func DrainID(ad *Advertisement) string { return fmt.Sprintf("%s-drain-%d", ad.hostName(), ad.Drains) }

// drainStep is the call that a drain under way owes. Where a process began anew it begins with the first duty: each is done once,
// however often it is asked for.
func (ad *Advertisement) drainStep(c Contact, step Step) Step {
	step.Do, step.DrainID = TakeDuty, DrainID(ad)
	duties := slices.Clone(ad.Duties)
	if ad.Drain == Returning {
		step.Do = GiveDuty
		slices.Reverse(duties)
	}
	if done := c.handed(ad); done < len(duties) {
		step.Duty = duties[done]
	}
	return step
}

// handed is how many duties the host took, or gave back, in the advertisement's present state.
func (c Contact) handed(ad *Advertisement) int {
	if c.HandedRev != ad.Rev {
		return 0
	}
	return c.Handed
}

// handed judges what a host says of one duty.
func (s Scene) handed(ad *Advertisement, c Contact, r Reply) (*Moved, Contact) {
	if r.Handed.Waiting != "" {
		c.Next = s.Now.Add(s.Policy.Poll)
		c.Phase = fmt.Sprintf("%s: %s waits for %s", ad.Drain, r.Step.Duty, r.Handed.Waiting)
		return nil, c
	}
	if c.HandedRev != ad.Rev {
		c.Handed, c.HandedRev, c.HandedWords = 0, ad.Rev, nil
	}
	c.Next = s.Now
	c.Handed++
	if r.Handed.Words != "" {
		c.HandedWords = append(slices.Clone(c.HandedWords), string(r.Step.Duty)+": "+r.Handed.Words)
	}
	if c.Handed < len(ad.Duties) {
		c.Phase = string(ad.Drain)
		return nil, c
	}
	evidence := strings.Join(c.HandedWords, "; ")
	if ad.Drain == Returning {
		back := ad.move(ad.Delivery, "back in service"+colon(evidence))
		back.Returned, back.Was = true, ad.Was
		return back, c.fresh(s.Now)
	}
	return s.drained(ad, c, evidence)
}

func colon(words string) string {
	if words == "" {
		return ""
	}
	return ": " + words
}

// drained goes on with what the server was taken out of service for, if that may still be done.
func (s Scene) drained(ad *Advertisement, c Contact, evidence string) (*Moved, Contact) {
	if ad.Delivery == RestartPending {
		m := ad.move(RestartPending, "out of service for its restart"+colon(evidence))
		m.Drain = Drained
		return m, c.fresh(s.Now)
	}
	if !s.MayStart(ad) {
		return s.unstarted(ad, "it was drained, and now it may not start"), c.fresh(s.Now)
	}
	m := ad.move(Running, "out of service"+colon(evidence)+"; the "+string(s.Plan.work())+" is ordered")
	m.Drain = Drained
	m.orderInstall(ad, s)
	return m, c.fresh(s.Now)
}

// unstarted takes an admission back: nothing was installed, and what was drained returns.
func (s Scene) unstarted(ad *Advertisement, cause string) *Moved {
	m := ad.move(Staged, cause)
	m.Unlock = true
	return m
}

// notDrained fails a server from which a duty could not be taken. Nothing was installed by this attempt, so it says nothing about
// the update; the lock goes back when the server has returned to service.
func (s Scene) notDrained(ad *Advertisement, failure *Failure) *Moved {
	f := *failure
	f.Words = "it could not be taken out of service: " + f.Words
	m := ad.fail(&f, "drain")
	m.Scores, m.Unlock = nil, true
	if ad.Delivery == RestartPending {
		m.Compliance = AwaitsRestart
	}
	return m
}

// expireDrain finds what time alone changes while a server is being drained.
func (s Scene) expireDrain(ad *Advertisement, c Contact, past, silent bool) *Moved {
	slow := outOfTime("PD-DRAIN-TIME", fmt.Sprintf("not done after %v; %s", s.Policy.DrainTime, orElse(c.Trouble, orElse(c.Phase, "it did not say why"))), ClassBusy)
	switch {
	case ad.Delivery == Running && (silent || past && c.Silent > 0):
		return s.unknown(ad)
	case past:
		return s.notDrained(ad, slow)
	case ad.Delivery == Running && !s.MayStart(ad):
		return s.unstarted(ad, "nobody may start any more: it returns to service")
	}
	return nil
}

// drainForRestart takes a server out of service whose restart is owed from an earlier attempt or window, and returns one that waits in
// vain for room in its windows.
func (s Scene) drainForRestart(ad *Advertisement, w Window, open, free bool) *Moved {
	switch {
	case ad.Drain == InService && open && free:
		m := ad.move(RestartPending, "taken out of service for its restart in window "+w.ID)
		m.Window, m.Lock, m.Drain, m.Deadline = w.ID, ad.Cluster, Draining, s.Now.Add(s.Policy.DrainTime)
		m.Seats = s.Seats.Groups
		return m
	case ad.Drain == Drained && !open:
		m := ad.move(RestartPending, "no window has time for its restart: it returns to service until then")
		m.Drain = Returning
		return m
	}
	return nil
}

// applyDrain folds what a transition says of the server's service and of its lock. Whoever is not at work returns to service, however
// that came: no transition can forget it.
func (m Moved) applyDrain(ad Advertisement) Advertisement {
	if m.Drain == Draining && ad.Drain != Draining {
		ad.Drains++
	}
	setIf(&ad.Drain, m.Drain)
	if (ad.Drain == Draining || ad.Drain == Drained) && !m.To.Status().Started {
		ad.Drain = Returning
	}
	if m.Returned {
		ad.Drain = InService
	}
	if m.Lock != "" || m.Seats != nil {
		setIf(&ad.Lock, m.Lock)
		ad.LockDue = false
	}
	if m.Seats != nil {
		ad.Seats = m.Seats
	}
	if m.Unlock {
		ad.LockDue = true
	}
	if ad.LockDue && ad.Drain == InService {
		ad.Lock, ad.Seats, ad.LockDue = "", nil, false
	}
	return ad
}

// ByHand notes that a person gave a server back what had been taken from it.
func (ad *Advertisement) ByHand(reason string) (*Moved, error) {
	if ad.Drain != Returning {
		return nil, fmt.Errorf("it is %s: only what cannot be returned to service is returned by hand", orElse(string(ad.Drain), "in service"))
	}
	m := ad.move(ad.Delivery, "returned to service by hand: "+reason)
	m.Returned, m.Was = true, ad.Was
	return m, nil
}
