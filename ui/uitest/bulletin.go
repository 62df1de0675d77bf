package uitest

import (
	"fmt"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Bulletin is the catalogue's.
type Bulletin = catalog.Bulletin

func november() Bulletin {
	b := Bulletin{ID: "2026-Nov", Title: "November 2026 Security Updates", Released: time.Date(2026, 11, 10, 18, 0, 0, 0, time.UTC),
		Revised: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), Revision: "1.2",
		Skipped: []catalog.Skipped{{Where: "CVE-2026-50999", Reason: "names no product"}}}
	rows := []struct {
		kb        string
		severity  catalog.Severity
		exploited bool
		restart   catalog.Restart
		cves      int
		os        int
	}{
		{"KB5072033", catalog.Critical, true, catalog.RestartYes, 41, 2},
		{"KB5071547", catalog.Critical, false, catalog.RestartYes, 38, 3},
		{"KB5071544", catalog.Important, false, catalog.RestartYes, 36, 1},
		{"KB5071543", catalog.Important, false, catalog.RestartYes, 33, 0},
		{"KB5071726", catalog.Important, false, catalog.RestartMaybe, 4, -1},
		{"KB5072010", catalog.Moderate, false, catalog.RestartNo, 1, -1},
		{"KB5072014", catalog.Low, false, catalog.RestartNo, 1, -1},
	}
	for n, r := range rows {
		u := catalog.Update{KB: r.kb, Bulletin: b.ID, Severity: r.severity, Exploited: r.exploited, Restart: r.restart, CVSS: 9.8 - float64(n)*0.6,
			SubType: "Security Update", Supersedes: []string{fmt.Sprintf("KB50667%02d", 80+n)}}
		for c := range r.cves {
			u.CVEs = append(u.CVEs, fmt.Sprintf("CVE-2026-%05d", 50100+n*60+c))
		}
		if r.os >= 0 {
			build := inventory.Build{10, 0, oses[r.os].base, oses[r.os].fixed}
			u.Products = []catalog.Product{{Name: oses[r.os].name, FixedBuild: build.String(), Build: build},
				{Name: oses[r.os].name + " (Server Core installation)", FixedBuild: build.String(), Build: build}}
		} else {
			u.Products = []catalog.Product{{Name: "Microsoft .NET Framework 4.8 on Windows Server 2019", FixedBuild: "4.8.4795.0"}}
		}
		b.Updates = append(b.Updates, u)
	}
	return b
}

func october() Bulletin {
	return Bulletin{ID: "2026-Oct", Title: "October 2026 Security Updates", Released: time.Date(2026, 10, 13, 17, 0, 0, 0, time.UTC), Revision: "2.0",
		Updates: []catalog.Update{{KB: "KB5066780", Bulletin: "2026-Oct", Severity: catalog.Critical, Restart: catalog.RestartYes, CVEs: []string{"CVE-2026-40001"},
			Products: []catalog.Product{{Name: oses[2].name, FixedBuild: "10.0.20348.4242", Build: inventory.Build{10, 0, 20348, 4242}}}}}}
}
