package catalog

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// An advisory on one vulnerability says what it has inside texts: the KB, the fixed build, the kind.
func TestAnAdvisoryOnOneVulnerabilityIsABulletin(t *testing.T) {
	b, err := Import(bytes.NewReader(read(t, "testdata/advisory.json")), 0)
	if err != nil || b.SkippedCount != 0 {
		t.Fatalf("%v, skipped %v", err, b.Skipped)
	}
	if b.ID != "msrc_CVE-2026-90077" || b.Revision != "1.2" || !b.Revised.Equal(time.Date(2026, 11, 14, 8, 0, 0, 0, time.UTC)) || len(b.Updates) != 1 {
		t.Fatalf("%s %s %s: %d updates", b.ID, b.Revision, b.Revised, len(b.Updates))
	}
	u := b.Updates[0]
	if u.KB != "KB5999001" || u.Severity != Important || !u.Exploited || u.Disclosed || u.CVSS != 7.8 || u.Restart != RestartYes || u.SubType != "Security Update" ||
		!slices.Equal(u.CVEs, []string{"CVE-2026-90077"}) {
		t.Errorf("%+v", u)
	}
	if fixed, ok := u.FixedBuild(inventory.Build{10, 0, 20348, 1}); !ok || fixed[3] != 4773 || u.Products[0].Name != "Windows Server 2022" {
		t.Errorf("fixed %v in %+v", fixed, u.Products)
	}
	// What it adds to the month's document is seen where both are: the worst of both holds.
	month := Bulletin{ID: "2026-Nov", Updates: []Update{{KB: "KB5999001", Severity: Important, CVEs: []string{"CVE-2026-1"}}}}
	if all := Combine([]Bulletin{b, month}); len(all) != 1 || !all[0].Exploited || len(all[0].CVEs) != 2 {
		t.Errorf("together with the month: %+v", all)
	}
}

func TestAnAdvisoryThatCannotBeReadSaysSo(t *testing.T) {
	whole := string(read(t, "testdata/advisory.json"))
	for name, c := range map[string][3]string{ // what is replaced, by what, and what is said of it
		"no KB anywhere":       {"/help/5999001", "/help/none", "has no KB number"},
		"an unknown product":   {`"product_ids": ["1"],`, `"product_ids": ["77"],`, `product "77"`},
		"a severity of no use": {`"text": "Important"`, `"text": "Dire"`, "severity"},
	} {
		b, err := Import(strings.NewReader(strings.ReplaceAll(whole, c[0], c[1])), 0)
		if err != nil || !slices.ContainsFunc(b.Skipped, func(s Skipped) bool { return strings.Contains(s.Reason, c[2]) }) {
			t.Errorf("%s: %v, skipped %v", name, err, b.Skipped)
		}
	}
	if _, err := Import(strings.NewReader(whole[:len(whole)/2]), 0); err == nil || !strings.Contains(err.Error(), "ends too early") {
		t.Errorf("cut off: %v", err)
	}
	deep := `{"document":{"tracking":{"id":"x"}},"product_tree":` + strings.Repeat(`{"branches":[`, 500) + strings.Repeat(`]}`, 500) + `}`
	if _, err := Import(strings.NewReader(deep), 0); err == nil || !strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("nested: %v", err)
	}
}
