package report_test

import (
	"fmt"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

// aYear is twelve months of releases on so many servers: each update replaces that of the month before, and one server in twenty failed.
func aYear(servers int) report.Work {
	w := report.Work{At: today}
	for n := range servers {
		w.Servers = append(w.Servers, aServer(n, "Windows Server 2022"))
	}
	for m := range 12 {
		at := today.AddDate(0, m-12, 0)
		kb, id := fmt.Sprintf("KB51%05d", m), fmt.Sprintf("2026-%02d", m+1)
		u := catalog.Update{KB: kb, Severity: catalog.Critical, Released: at, Supersedes: []string{fmt.Sprintf("KB51%05d", m-1)}}
		w.Bulletins = append(w.Bulletins, catalog.Bulletin{ID: id, Released: at, Updates: []catalog.Update{u}})
		w.Releases = append(w.Releases, approval.Release{ID: id, Bulletin: id, Created: at, Updates: []approval.ReleaseUpdate{{KB: kb, Severity: catalog.Critical}}})
		change := approval.Change{ID: "CHG-" + id, Release: id, State: approval.Completed, Deadline: at.AddDate(0, 1, 0), Board: &approval.Signature{At: at.Add(day)}}
		w.Requests = append(w.Requests, report.Requested{Change: change})
		run := report.Run{Rollout: rollout.Rollout{ID: "R-" + id, Change: change.ID, Release: id, Ring: rollout.Prod}}
		for n := range servers {
			ad := &rollout.Advertisement{Server: inventory.ServerID(fmt.Sprintf("s%05d", n)), Delivery: rollout.Succeeded, Since: at.Add(time.Duration(48+n%100) * time.Hour), Updates: []string{kb}}
			if (n+m)%20 == 0 {
				ad.Delivery = rollout.Failed
			}
			run.Advertisements = append(run.Advertisements, ad)
		}
		w.Runs = append(w.Runs, run)
	}
	return w
}

func BenchmarkTheTrendOfAYearOnTenThousandServers(b *testing.B) {
	w := aYear(10_000)
	for b.Loop() {
		if months := w.Trend(w.Installations()); len(months) < 12 {
			b.Fatalf("%d months", len(months))
		}
	}
}
