package command_test

import (
	"strings"
	"testing"

	"patchdeck/engine/approval"
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
