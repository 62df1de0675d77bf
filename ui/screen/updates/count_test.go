package updates

import (
	"testing"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

func TestServersAreCountedByScanByBuildAndByList(t *testing.T) {
	build := func(revision int) inventory.Build { return inventory.Build{10, 0, 20348, revision} }
	scan := func(kbs ...string) *inventory.Scan {
		s := &inventory.Scan{}
		for _, kb := range kbs {
			s.Offered = append(s.Offered, inventory.Offer{KB: kb})
		}
		return s
	}
	fleet := []inventory.Server{
		{ID: "misses it", Facts: &inventory.Facts{Build: build(100)}, Scan: scan("KB1", "KB2")},
		{ID: "has it by build", Facts: &inventory.Facts{Build: build(200)}, Scan: scan()},
		{ID: "has a newer build", Facts: &inventory.Facts{Build: build(300)}},
		{ID: "was never scanned", Facts: &inventory.Facts{Build: build(100)}},
		{ID: "is another product", Facts: &inventory.Facts{Build: inventory.Build{10, 0, 17763, 900}}},
		{ID: "lists it", Facts: &inventory.Facts{Build: build(100), Updates: []string{"KB2"}}, Scan: scan()},
		{ID: "was never read"},
	}
	s := surveyOf(fleet)
	byBuild := catalog.Update{KB: "KB1", Products: []catalog.Product{{Build: build(200)}}}
	if got, want := s.count(byBuild), (counts{missing: 1, compliant: 2, unknown: 1}); got != want {
		t.Errorf("by build: %+v, want %+v", got, want)
	}
	byList := catalog.Update{KB: "KB2", Products: []catalog.Product{{Name: "a runtime", FixedBuild: "4.8.1"}}}
	if got, want := s.count(byList), (counts{missing: 1, compliant: 1}); got != want {
		t.Errorf("by list: %+v, want %+v", got, want)
	}
}

func TestTheWorstUpdatesComeFirst(t *testing.T) {
	sorted := worstFirst([]catalog.Update{
		{KB: "KB4", Severity: catalog.Low}, {KB: "KB3", Severity: catalog.Critical}, {KB: "KB2", Severity: catalog.Important, Exploited: true},
		{KB: "KB1", Severity: catalog.Critical},
	})
	for i, want := range []string{"KB2", "KB1", "KB3", "KB4"} {
		if sorted[i].KB != want {
			t.Errorf("place %d has %s, want %s", i, sorted[i].KB, want)
		}
	}
}
