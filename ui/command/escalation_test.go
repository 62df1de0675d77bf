package command_test

import (
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// Handbook 5, the last rungs of the ladder on the command line: asked for, approved, done, lifted and listed.
func TestEscalationsAreAskedForApprovedAndLifted(t *testing.T) {
	view := uitest.Night(60)
	server := view.Servers[3]
	view.Escalations = []approval.Escalation{{ID: "ESC-1", Server: string(server.ID), Release: "R", Measure: approval.IsolateServer, State: approval.EscalationAsked,
		Asked: approval.Signature{By: "k.osei", At: view.At, Reason: "exploited\x1b[2J"}}}
	s := at(t, view, approval.Lead, approval.Board)
	s.expect(command.Done, "escalation.ask done", "escalation", "ask", server.Name, "--release", "R", "--measure", "Isolate-Server", "--reason", "why")
	s.gave(engine.AskEscalation{Release: "R", Measure: approval.IsolateServer, Servers: []inventory.ServerID{server.ID}, Reason: "why"})
	s.expect(command.Done, "escalation.approve done", "escalation", "approve", "esc-1", "--executive", " E. Ekholm", "--reason", "why")
	s.gave(engine.ApproveEscalation{IDs: []string{"ESC-1"}, Executive: "E. Ekholm", Reason: "why"})
	s.expect(command.Done, "escalation.done done", "escalation", "done", "ESC-1", "--reason", "why")
	s.gave(engine.FinishEscalation{IDs: []string{"ESC-1"}, Reason: "why"})
	s.expect(command.Done, "escalation.lift done", "escalation", "lift", "ESC-1", "--reason", "why")
	s.gave(engine.LiftEscalation{IDs: []string{"ESC-1"}, Reason: "why"})
	s.expect(command.Done, server.Name, "escalation", "list")
	s.expect(command.Done, `"name":"`+server.Name+`","id":"ESC-1"`, "escalation", "list", "--json")
	s.expect(command.Usage, "a reason is missing", "escalation", "lift", "ESC-1")
	s.expect(command.Usage, "use disable-account or isolate-server", "escalation", "ask", server.Name, "--release", "R", "--measure", "burn", "--reason", "why")
	s.expect(command.Usage, "--release is missing", "escalation", "ask", server.Name, "--measure", "isolate-server", "--reason", "why")
	s.expect(command.Usage, "--executive: an executive's approval is needed", "escalation", "approve", "ESC-1", "--reason", "why")
	s.expect(command.Failure, `there is no escalation "ESC-7"`, "escalation", "done", "ESC-7", "--reason", "why")
}
