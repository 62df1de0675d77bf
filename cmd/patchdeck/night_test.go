package main

import (
	"strings"
	"testing"
)

// An emergency night of the on-call operator, from the call to the written incident: the line breaks while the failures are looked at by their
// error code, and the console comes back to the same place; the rollout is halted, what failed is tried again, the
// rollout goes on to its end, and the incidents are taken, written and resolved.
func TestAnOnCallOperatorLeadsAnEmergencyNight(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes most of a minute")
	}
	t.Parallel()
	site := newSite(t, emergencySchedule, map[string]string{"k.osei": "lead", "r.varga": "authority", "o.haddad": "on-call"},
		"--servers", "16", "--seed", "4", "--faults", "none,installation-fails=13", "--speed", "600")
	lead, authority := site.emergency(16)

	onCall := site.in("o.haddad")
	onCall.presses("6")
	onCall.turns("]", "R-2 Prod · November")
	onCall.presses("v", "v", "v")
	onCall.sees("0x800F0922 2 patch", "What to do")
	onCall.lost()
	onCall = site.in("o.haddad")
	onCall.sees("R-2 Prod · November", "0x800F0922 2 patch", "do: Look at CBS.log")

	onCall.presses("h")
	onCall.answers("Halt R-2 Prod?", "what fails with 0x800F0922?")
	onCall.sees("HALTED by o.haddad", "R-2 Prod HALTED")
	onCall.presses("r")
	onCall.answers("Retry 2 servers of R-2 Prod?", "the system partition has room now")
	onCall.sees("no server is in trouble")
	onCall.presses("R")
	onCall.answers("Resume R-2 Prod?", "no fault of the update")
	onCall.sees("R-2 is running")
	onCall.sees("10 succeeded", "2 failed", "= 12 targeted", "closed")

	onCall.presses("8")
	onCall.sees("Incidents: 2 open, 2 without an owner")
	onCall.presses("t")
	onCall.sees("1 without an owner", "o.haddad")
	onCall.presses("n")
	onCall.answers("Open an incident", "two system partitions are too small for the update")
	onCall.sees("Incidents: 3 open", "two system partitions are too small")
	onCall.presses("r")
	onCall.answers("Resolve", "a job for the day: enlarge them")
	onCall.sees("Incidents: 2 open")
	if strings.Contains(onCall.text(), "no news") {
		t.Errorf("the engine made its views, and the screen says that it fell silent:\n%s", onCall.text())
	}
	for _, p := range []*person{lead, authority, onCall} {
		p.leaves()
	}
}
