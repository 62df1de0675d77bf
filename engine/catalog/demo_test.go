package catalog_test

import (
	"bytes"
	"maps"
	"os"
	"testing"

	"patchdeck/engine/catalog"
)

// The demonstration's month is read from its own folder: this room takes documents as readers and embeds none.
func TestTheDemonstrationsMonthHasAnUpdatePerRelease(t *testing.T) {
	data, err := os.ReadFile("../../assets/demo/bulletin.xml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := catalog.Import(bytes.NewReader(data), 0)
	if err != nil || b.SkippedCount != 0 || b.ID != "2026-Nov" {
		t.Fatalf("month %q, skipped %v, %v", b.ID, b.Skipped, err)
	}
	builds := map[string]string{}
	for _, u := range b.Updates {
		builds[u.KB] = u.Products[0].Build.String()
		wantRestart := catalog.RestartYes
		if u.KB == "KB5999125" {
			wantRestart = catalog.RestartNo
		}
		if u.Severity != catalog.Critical || !u.Exploited || u.Restart != wantRestart || len(u.Supersedes) != 1 || len(u.Products) != 2 {
			t.Errorf("%+v", u)
		}
	}
	want := map[string]string{
		"KB5999016": "10.0.14393.8783", "KB5999019": "10.0.17763.8513", "KB5999022": "10.0.20348.4773",
		"KB5999025": "10.0.26100.7462", "KB5999125": "10.0.26100.7392",
	}
	if !maps.Equal(builds, want) {
		t.Errorf("builds %v, want %v", builds, want)
	}
}
