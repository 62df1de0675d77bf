package command_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// Handbook 8, advertisement status: totals by window, collection, site, system and update. Those of a property add up to the rollout.
func TestARolloutIsTotalledByWhatPeopleAskFor(t *testing.T) {
	view := uitest.Estate(uitest.Night(120))
	s := at(t, view, approval.Viewer)
	r := view.Rollouts[2]
	for _, by := range engine.TotalsBy {
		out := s.expect(command.Done, "", "rollout", "totals", r.ID, "--by", by, "--json").out
		sum, lines := 0, strings.Split(strings.TrimSpace(out), "\n")
		for _, line := range lines {
			var total engine.Total
			if err := json.Unmarshal([]byte(line), &total); err != nil || total.Name == "" {
				t.Fatalf("by %s: %q, %v", by, line, err)
			}
			for _, n := range total.Counts {
				sum += n
			}
		}
		want := len(r.Cells)
		switch by {
		case "update":
			want = 0
			for _, ad := range r.Advertisements {
				want += len(ad.Updates)
			}
		case "collection":
			want = 0
			for _, c := range view.Collections {
				held, err := c.Holds()
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range held.Members {
					for _, cell := range r.Cells {
						if cell.Server == id {
							want++
						}
					}
				}
			}
		}
		if sum != want || len(lines) < 1 {
			t.Errorf("by %s %d lines count %d servers, want %d", by, len(lines), sum, want)
		}
	}
	first := view.Totals(r, "window")[0]
	if first.Name != r.Windows[0].ID || first.Counts[rollout.Succeeded] != r.Windows[0].Counts[rollout.Succeeded] {
		t.Errorf("the first window's total is %+v, and the rollout counts %v", first, r.Windows[0].Counts)
	}
	table := s.expect(command.Done, "SITE", "rollout", "totals", r.ID, "--by", "site")
	if head := strings.Fields(table.out); head[1] != "TARGETED" || !strings.Contains(table.out, "SUCCEEDED") || strings.Contains(table.out, "CANCELLED") {
		t.Errorf("the table shows what nobody is, or not what some are:\n%s", table.out)
	}
	s.expect(command.Usage, `--by "colour" is not known: use window, collection, site, os, owner, update`, "rollout", "totals", r.ID, "--by", "colour")
	s.expect(command.Failure, `there is no rollout "R-99"`, "rollout", "totals", "R-99")
}

// Handbook 8: each status keeps when it was reached, the attempt, code and text, voluntary or enforced, and how the restart was handled.
func TestAServersStatusKeepsWhatBecameOfIt(t *testing.T) {
	view := uitest.Night(120)
	r := &view.Rollouts[2]
	set := func(i int, d rollout.Delivery, c rollout.Compliance, restarts int) {
		r.Cells[i].Delivery, r.Cells[i].Compliance = d, c
		for j, ad := range r.Advertisements {
			if ad.ID == r.Cells[i].ID {
				one := *ad
				one.Delivery, one.Compliance, one.Restarts = d, c, restarts
				r.Advertisements[j] = &one
			}
		}
	}
	set(0, rollout.Succeeded, rollout.Compliant, 1)
	set(1, rollout.Succeeded, rollout.Compliant, 0)
	set(2, rollout.NotApplicable, rollout.InstalledByOthers, 0)
	set(3, rollout.RestartPending, rollout.AwaitsRestart, 0)
	set(4, rollout.Restarting, rollout.AwaitsRestart, 1)
	set(5, rollout.Failed, rollout.HasFailed, 2)
	r.Cells[5].Code, r.Cells[5].Why = "0x800F0922", "rolled back at the restart"
	s := at(t, view, approval.Viewer)
	lines := strings.Split(s.expect(command.Done, "", "rollout", "servers", r.ID, "--json").out, "\n")
	for i, want := range []string{"enforced/ordered by us//", "enforced/not needed//", "voluntary///", "/owed//", "/ordered, not back yet//", "/ordered by us, 2 times/0x800F0922/rolled back at the restart"} {
		var got struct{ Installed, Restart, Code, Why, Since string }
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil || got.Since == "" {
			t.Fatalf("%q, %v", lines[i], err)
		}
		if i < 5 { // what was failed before is none of this
			got.Code, got.Why = "", ""
		}
		if line := fmt.Sprintf("%s/%s/%s/%s", got.Installed, got.Restart, got.Code, got.Why); line != want {
			t.Errorf("server %d is told as %q, want %q", i, line, want)
		}
	}
}
