package catalog

import (
	"reflect"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

func TestAnUpdateOfSeveralMonthsIsCombinedToItsWorst(t *testing.T) {
	earlier := released.Add(-30 * 24 * time.Hour)
	october := Bulletin{ID: "2026-Oct", Updates: []Update{
		{KB: "KB5999001", Bulletin: "2026-Oct", Released: released, Severity: Important, CVEs: []string{"CVE-2026-3", "CVE-2026-2"}, CVSS: 7.5, Restart: RestartNo,
			SubType: "Security Update", Supersedes: []string{"KB5998001"}, Products: []Product{
				{"Windows Server 2022", "10.0.20348.900", inventory.Build{10, 0, 20348, 900}},
				{Name: "Windows Server 2012 R2"}}},
		{KB: "KB5999002", Bulletin: "2026-Oct", Released: released, Severity: Low},
	}}
	september := Bulletin{ID: "2026-Sep", Updates: []Update{
		{KB: "KB5999001", Bulletin: "2026-Sep", Released: earlier, Severity: Critical, CVEs: []string{"CVE-2026-1", "CVE-2026-2"}, Exploited: true, CVSS: 6.1, Restart: RestartMaybe,
			SubType: "Monthly Rollup; Security Update", Supersedes: []string{"KB5997001", "KB5998001"}, Products: []Product{
				{"Windows Server 2022", "10.0.20348.1000", inventory.Build{10, 0, 20348, 1000}},
				{"Windows Server 2019", "10.0.17763.9001", inventory.Build{10, 0, 17763, 9001}}}},
	}}
	want := []Combined{
		{Update: Update{KB: "KB5999001", Bulletin: "2026-Oct", Released: earlier, Severity: Critical, CVEs: []string{"CVE-2026-1", "CVE-2026-2", "CVE-2026-3"}, Exploited: true,
			CVSS: 7.5, Restart: RestartMaybe, SubType: "Monthly Rollup; Security Update", Supersedes: []string{"KB5997001", "KB5998001"}, Products: []Product{
				{Name: "Windows Server 2012 R2"},
				{"Windows Server 2019", "10.0.17763.9001", inventory.Build{10, 0, 17763, 9001}},
				{"Windows Server 2022", "10.0.20348.1000", inventory.Build{10, 0, 20348, 1000}}}},
			Bulletins: []string{"2026-Oct", "2026-Sep"}},
		{Update: Update{KB: "KB5999002", Bulletin: "2026-Oct", Released: released, Severity: Low, CVEs: nil, Restart: RestartUnknown, Supersedes: []string{}, Products: []Product{}},
			Bulletins: []string{"2026-Oct"}},
	}
	got := Combine([]Bulletin{october, september})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if october.Updates[0].Severity != Important || len(october.Updates[0].CVEs) != 2 {
		t.Errorf("combining changed the bulletin: %+v", october.Updates[0])
	}
}

func TestTheMoreDemandingRestartStays(t *testing.T) {
	order := []Restart{RestartUnknown, RestartNo, RestartMaybe, RestartYes}
	for i, a := range order {
		for j, b := range order {
			got := Combine([]Bulletin{{ID: "a", Updates: []Update{{KB: "KB1", Restart: a}}}, {ID: "b", Updates: []Update{{KB: "KB1", Restart: b}}}})
			if len(got) != 1 || got[0].Restart != order[max(i, j)] {
				t.Errorf("%s and %s: %+v", a, b, got)
			}
		}
	}
}

func TestOneBulletinCombinesToItself(t *testing.T) {
	month := importBytes(t, read(t, "testdata/month.xml"))
	got := Combine([]Bulletin{month})
	if len(got) != len(month.Updates) {
		t.Fatalf("%d updates became %d", len(month.Updates), len(got))
	}
	for i, c := range got {
		if !reflect.DeepEqual(c.Update, month.Updates[i]) || !reflect.DeepEqual(c.Bulletins, []string{month.ID}) {
			t.Errorf("got %+v, want %+v", c, month.Updates[i])
		}
	}
}
