package command_test

import (
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// Handbook 8, forecast on the command line: what-if over several limits, the windows of one, and what is wrong with a word.
func TestAForecastComparesLimits(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Viewer)
	one := s.expect(command.Done, "WHY NOT ALL", "rollout", "forecast", "chg-12")
	if !strings.Contains(one.out, "FIT, 95 OF 100") {
		t.Errorf("%s", one.out)
	}
	several := s.expect(command.Done, "ENOUGH", "rollout", "forecast", "chg-12", "--ceiling", "1,64")
	if strings.Contains(several.out, "WHY NOT ALL") || strings.Count(several.out, "\n") < 3 {
		t.Errorf("%s", several.out)
	}
	s.expect(command.Done, `"sure":`, "rollout", "forecast", "chg-12", "--json")
	s.expect(command.Usage, "--ceiling 0 is out of range", "rollout", "forecast", "chg-12", "--ceiling", "0")
	s.expect(command.Failure, `there is no change request "CHG-99"`, "rollout", "forecast", "CHG-99")
}

// Handbook 7, progress on the command line: each step of the window against its plan, and what is expected of the rest.
func TestProgressIsToldAgainstThePlan(t *testing.T) {
	s := at(t, uitest.Night(200), approval.Viewer)
	p := s.console.View().Rollouts[2].Track.Progress()
	told := s.expect(command.Done, "were planned by now", "rollout", "progress", "r-3")
	if lines := strings.Count(told.out, "\n"); lines != 2+len(p.Planned.Low) {
		t.Errorf("%d lines for %d steps:\n%s", lines, len(p.Planned.Low), told.out)
	}
	s.expect(command.Done, `"standing":"`+string(rollout.Behind)+`"`, "rollout", "progress", "--json")
	s.expect(command.Done, "no rollout has a window", "rollout", "progress", "R-1")
	s.expect(command.Failure, `there is no rollout "R-9"`, "rollout", "progress", "R-9")
}

// screens.md, Plan: the Gantt of a release on the command line.
func TestTheGanttOfAChangeIsDrawn(t *testing.T) {
	s := at(t, uitest.Night(200), approval.Viewer)
	drawn := s.expect(command.Done, "CHG-12 2026-11-security", "change", "gantt", "chg-12")
	for _, want := range []string{"\napproval ", "\nacceptance ", "\nProd ", "\nW24 "} {
		if !strings.Contains(drawn.out, want) {
			t.Errorf("%q is missing:\n%s", want, drawn.out)
		}
	}
	s.expect(command.Done, `"progress":`, "change", "gantt", "CHG-12", "--json")
	s.expect(command.Failure, `there is no change request "CHG-99"`, "change", "gantt", "CHG-99")
}

// The verbs of a person's hand give their commands, and take no reason for granted.
func TestForceAndCompleteGiveTheirCommands(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	r := s.console.View().Rollouts[2]
	cell := r.Cells[0]
	s.expect(command.Done, "rollout.force done", "rollout", "force", r.ID, cell.Name, "--reason", "why")
	s.gave(engine.ForceStart{Rollout: r.ID, Servers: []inventory.ServerID{cell.Server}, Reason: "why"})
	s.expect(command.Done, "rollout.complete done", "rollout", "complete", r.ID, cell.Name, "--options", "/quiet", "--reason", "why")
	s.gave(engine.CompleteByHand{Rollout: r.ID, Servers: []inventory.ServerID{cell.Server}, Options: "/quiet", Reason: "why"})
	s.expect(command.Usage, "a reason is missing", "rollout", "force", r.ID, cell.Name)
	s.expect(command.Usage, "a reason is missing", "rollout", "complete", r.ID, cell.Name)
}
