package main

import "testing"

// monthSchedule are the windows of a month that is folded into a night of fleet time. A pilot whose day is over opens at once.
const monthSchedule = `zone: UTC
windows:
  - {id: P1, ring: pilot, day: 0, start: "20:00", length: 5h}
  - {id: D1, ring: Dev, day: 0, start: "23:00", length: 210m}
  - {id: W1, ring: Prod, day: 1, start: "03:00", length: 90m}
  - {id: W2, ring: Prod, day: 1, start: "04:30", length: 90m}
`

// A month from the inventory to the closed release, by the people whose job it is, each over SSH at a terminal and none by a command: the
// lead reads the fleet, imports the bulletin, makes the release, describes and submits the change; support writes a test plan and reports
// what it found; the authority settles the priority and authorises; the board approves the plan; Dev and Prod run in their windows without a
// server that the lead excluded; the month's review closes the release, a baseline is made, and the audit trail is verified.
func TestALeadRunsAMonthInTheConsole(t *testing.T) {
	if testing.Short() {
		t.Skip("a month over the wire takes most of a minute")
	}
	t.Parallel()
	site := newSite(t, monthSchedule, map[string]string{"k.osei": "lead", "r.varga": "authority", "s.lindqvist": "board", "j.brandt": "support of Desktop Service, Payroll, Shop Floor, Web Shop"},
		"--servers", "14", "--seed", "4", "--faults", "none", "--speed", "1200")

	lead := site.in("k.osei")
	lead.surveys(14)
	lead.presses("3", "c")
	lead.answers("Create release", "the monthly run")
	lead.sees("release 2026-11-security holds")
	lead.presses("4", "s", "h")
	lead.answers("Submit 2026-11-security", "the monthly run")
	lead.sees("CHG-1 2026-11-security submitted")
	lead.presses("d")
	lead.fills("What CHG-1 states", "holes in the kernel", "all Windows servers", "a worm takes the fleet")
	lead.sees("CHG-1 states it; 8 parts are left open")

	authority := site.in("r.varga")
	authority.presses("4", "p", "h")
	authority.answers("Record priority High for CHG-1?", "the windows of the month are soon enough")
	authority.sees("has priority High")
	authority.presses("\x7f") // backspace goes back as esc does, which a terminal would take for the beginning of the next key
	authority.sees("waits for")
	authority.presses("a")
	authority.answers("Authorise CHG-1?", "list and pilot reviewed")
	authority.sees("authorised r.varga")

	support := site.in("j.brandt")
	support.presses("4", "T", "j")
	support.sees("Desktop Service")
	support.presses("\r")
	support.fills("Test plan of Desktop Service", "log in", "print the list")
	support.sees("revision 1, 2 steps")

	lead.presses("6")
	lead.sees("R-1 pilot", "4 succeeded")
	board := site.in("s.lindqvist")
	board.presses("4", "a")
	board.answers("Approve CHG-1?", "the pilot is through")
	board.sees("approved s.lindqvist")

	lead.turns("]", "R-3 Prod · November")
	lead.presses("x")
	lead.answers("Exclude", "a vendor case is open")
	lead.sees("1 excluded")

	lead.turns("[", "R-2 Dev · November")
	lead.sees("2 succeeded")
	support.presses("4", "t", "g")
	support.sees("Acceptance of CHG-1", "Desktop Service pending")
	for _, application := range []string{"Desktop Service", "Payroll", "Shop Floor", "Web Shop"} {
		support.presses("p")
		support.answers("Record for CHG-1: "+application+" passed?", "logged in, printed the list")
		support.sees(application + " passed")
		support.presses("j")
	}

	lead.turns("]", "R-3 Prod · November")
	lead.sees("7 succeeded", "= 7 targeted", "1 excluded")
	lead.presses("7", "a", "h")
	lead.fills("Review of 2026-11", "all went well", "k.osei, s.lindqvist", "yes", "on every server but one", "it is", "stage earlier")
	lead.sees("held", "all went well")
	lead.presses("n")
	lead.fills("A new action of 2026-11", "stage the day before", "k.osei", "2026-12-01")
	lead.sees("ACT-1", "stage the day before")
	lead.presses("4", "r")
	lead.sees("Release 2026-11-security Closed")
	lead.presses("2", "u") // all are marked still
	lead.agrees("Ask 14 servers for their facts?")
	lead.counts(13, "compliant")
	lead.presses("b", "n")
	lead.reads("Make a baseline?")
	lead.presses("\t", "the quarter's end", "\t", "\t", "\r")
	lead.sees("Baseline 2026Q4", "0 below", "14 at")
	lead.presses("9", "V")
	lead.sees("verified", "none changed, none missing")
	for _, p := range []*person{lead, authority, board, support} {
		p.leaves()
	}
}
