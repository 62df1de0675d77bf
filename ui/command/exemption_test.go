package command_test

import (
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// Handbook 8, exemptions on the command line, and the enforcement date of a plan.
func TestExemptionsAreAddedListedAndEnded(t *testing.T) {
	view := uitest.Night(60)
	view.Exemptions = []rollout.Exemption{{ID: "EX-1", Server: view.Servers[0].ID, From: rollout.FromWindows, Window: "W2", Until: view.At.Add(time.Hour), Signed: inventory.Signed{By: "k.osei", Reason: "year end"}}}
	s := at(t, view, approval.Lead)
	name, until := view.Servers[3].Name, time.Date(2030, 1, 2, 3, 4, 0, 0, time.UTC)
	s.expect(command.Done, "exemption.add done", "exemption", "add", name, "--window", "W2", "--until", "2030-01-02 03:04", "--reason", "why")
	s.gave(engine.AddExemption{Servers: []inventory.ServerID{view.Servers[3].ID}, From: "windows", Window: "W2", Until: until, Reason: "why"})
	s.expect(command.Done, "exemption.end done", "exemption", "end", "ex-1", "--reason", "why")
	s.gave(engine.EndExemption{ID: "EX-1", Reason: "why"})
	s.expect(command.Done, "year end", "exemption", "list")
	s.expect(command.Done, `"from":"windows"`, "exemption", "list", "--json")
	s.expect(command.Usage, "a reason is missing", "exemption", "add", name)
	s.expect(command.Failure, `there is no exemption "EX-7"`, "exemption", "end", "EX-7", "--reason", "why")
	s.expect(command.Done, "change.resubmit done", "change", "resubmit", "chg-12", "--override-audit", "old", "--reason", "why")
	s.gave(engine.ResubmitChange{Change: "CHG-12", OverrideAudit: "old", Reason: "why"})
	s.expect(command.Done, "change.submit done", "change", "submit", "R", "--offer", "optional@lab", "--offer", "grace=14d", "--reason", "why")
	s.gave(engine.SubmitChange{Release: "R", Offers: []rollout.Offering{{Offer: rollout.Optional, Collection: "lab"}, {Offer: rollout.AfterGrace, Grace: 14 * 24 * time.Hour}}, Reason: "why"})
	s.expect(command.Usage, `--offer: the offer "forced" is not known`, "change", "submit", "R", "--offer", "forced", "--reason", "why")
	s.expect(command.Done, "release.catch-up done", "release", "catch-up", "R", name, "--reason", "why")
	s.gave(engine.CatchUp{Release: "R", Servers: []inventory.ServerID{view.Servers[3].ID}, Reason: "why"})
	r := view.Rollouts[2]
	s.expect(command.Done, "rollout.request done", "rollout", "request", r.ID, r.Cells[0].Name, "--reason", "why")
	s.gave(engine.RequestUpdate{Rollout: r.ID, Servers: []inventory.ServerID{r.Cells[0].Server}, Reason: "why"})
	s.expect(command.Done, "change.submit done", "change", "submit", "R", "--enforce", "grace", "--reason", "why")
	s.gave(engine.SubmitChange{Release: "R", Enforce: view.At.Add(view.Policy.Grace), Reason: "why"})
	s.expect(command.Done, "change.submit done", "change", "submit", "R", "--enforce", "7d", "--reason", "why")
	s.gave(engine.SubmitChange{Release: "R", Enforce: view.At.Add(7 * 24 * time.Hour), Reason: "why"})
}
