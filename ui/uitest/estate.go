package uitest

import (
	"sync"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

// Estate adds to a view what the inventory knows beside its servers: two collections, two audits, findings of several kinds, a baseline
// and a standard.
func Estate(view *engine.View) *engine.View {
	lead := inventory.Signed{By: "k.osei", At: At.Add(-20 * day), Reason: "monthly run"}
	first, second := &view.Servers[0], &view.Servers[1]
	for _, c := range []inventory.Collection{
		{Name: "prod-sql", Title: "Databases of production", Owner: "k.osei", Query: `environment == "Prod" and name contains "SQL"`, Made: lead, Rev: 2,
			Exclusions: map[inventory.ServerID]inventory.Exclusion{first.ID: {Signed: lead, Until: At.Add(10 * day)}}},
		{Name: "sample", Owner: "m.silva", Members: []inventory.ServerID{first.ID, second.ID}, Reference: true, Made: lead, Rev: 1},
	} {
		view.Collections = append(view.Collections, engine.CollectionView{Collection: c,
			Holds: sync.OnceValues(func() (inventory.Selection, error) { return c.Select(view.Servers, view.At) })})
	}
	n := len(view.Servers)
	view.Audits = []inventory.Audit{
		{Number: 4, Began: At.Add(-3 * time.Hour), Ended: At.Add(-2 * time.Hour), Whole: true, Known: n, Asked: n, Read: n - 3, Failed: 1, NoAnswer: 2, Added: 1, AddedNames: []string{second.Name},
			Before: 2, KnownThen: n - 1, ReadThen: n - 1},
		{Number: 2, Began: At.Add(-day), Ended: At.Add(-day + time.Hour), Whole: true, Known: n - 1, Asked: n - 1, Read: n - 1},
	}
	view.Findings = []inventory.Finding{
		{ID: "F-3", Kind: inventory.Rogue, Subject: "10.20.1.77", Severity: inventory.High, Words: "answers on port 5985 and is on no list", Todo: "find its owner",
			Opened: At.Add(-day), Evidence: "a sweep of the network"},
		{ID: "F-2", Kind: inventory.Violation, Subject: second.Name, Rule: "disk", Server: second.ID, Severity: inventory.Medium, Words: "not met: room on the system drive",
			Todo: "clean the component store", Opened: At.Add(-20 * day), Due: At.Add(-6 * day), Evidence: "AUD-2"},
		{ID: "F-1", Kind: inventory.OffNetwork, Subject: first.Name, Server: first.ID, Severity: inventory.Medium, Words: "no answer within 10 s", Todo: "find out where it is",
			Opened: At.Add(-20 * day), Closed: At.Add(-day), ClosedBy: "AUD-2", Evidence: "AUD-1"},
	}
	baseline := inventory.Baseline{Name: "2026Q3", Quarter: "2026Q3", Date: At.Add(-45 * day), Made: lead, Rev: 1,
		Updates: []inventory.BaselineUpdate{{KB: "KB5065432", Bulletin: "2026-Sep"}}}
	view.Baselines = []engine.BaselineView{{Baseline: baseline, Current: true, Stand: func() []inventory.Standing {
		return []inventory.Standing{{Server: first.ID, Place: inventory.At, Why: "build 10.0.20348.4773"},
			{Server: second.ID, Place: inventory.Below, Missing: []string{"KB5065432"}, Why: "misses KB5065432", Cause: "schedule: R-3 is window missed"}}
	}}}
	view.Standards = inventory.StandardSet{Source: "standards.yaml", Set: lead, Reviewed: lead, Standards: []inventory.Standard{
		{ID: "disk", Title: "Room on the system drive", Rule: "free_gb >= 10", Severity: inventory.Medium, Days: 14, Remedy: "clean the component store"}}}
	return view
}
