package main

import (
	"strings"
	"testing"

	"patchdeck/ui/command"
)

// An emergency from the bulletin to the last verified server, by the people whose job it is, each over SSH at a terminal: the lead makes the
// release and asks for it, the authority starts it, the on-call operator halts and resumes it at night, the board confirms it, and a team
// looks at its servers and changes nothing. The servers, the store, the engine, the daemon and SSH are the real ones.
func TestPeopleRunAnEmergencyNightOverSSH(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes most of a minute")
	}
	t.Parallel()
	site := newSite(t, emergencySchedule, map[string]string{"k.osei": "lead", "r.varga": "authority", "s.lindqvist": "board", "o.haddad": "on-call", "web.team": "viewer"},
		"--servers", "12", "--seed", "4", "--faults", "none", "--speed", "600")

	lead, authority := site.emergency(12)

	onCall := site.in("o.haddad")
	onCall.presses("6")
	onCall.sees("R-1", "pilot")
	onCall.presses("]")
	onCall.sees("R-2", "Prod", "running")
	onCall.presses("h")
	onCall.answers("Halt R-2 Prod?", "the web shop is slow")
	onCall.sees("halted", "the web shop is slow")

	team := site.in("web.team")
	team.presses("6", "h", "R", "p", "s", "r", "x")
	team.sees("halted")
	if code, out := team.runs("rollout resume R-2 --reason mine"); code != command.Denied {
		t.Errorf("a viewer resumes: exit %d, %s", code, out)
	}

	onCall.presses("R")
	onCall.answers("Resume R-2 Prod?", "it was the cache")
	onCall.sees("R-2 is running")

	board := site.in("s.lindqvist")
	board.presses("4", "a")
	board.answers("CHG-1", "confirmed")
	board.sees("s.lindqvist")

	onCall.sees("closed", "8 succeeded", "= 8 targeted")
	if code, out := onCall.runs("rollout status R-2 --json"); code != command.Done || !strings.Contains(out, `"open":0`) || strings.Contains(out, `"failed"`) {
		t.Errorf("the end of the night: exit %d, %s", code, out)
	}
	if code, out := team.runs("audit verify"); code != command.Done {
		t.Errorf("the trail: exit %d, %s", code, out)
	}
	for _, p := range []*person{lead, authority, board, onCall, team} {
		p.leaves()
	}
}
