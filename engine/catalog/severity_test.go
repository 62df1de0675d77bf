package catalog

import (
	"encoding/json"
	"testing"
)

func TestSeverityIsWrittenAsTheVendorsWord(t *testing.T) {
	for severity, word := range map[Severity]string{Critical: "Critical", Important: "Important", Moderate: "Moderate", Low: "Low", Unrated: ""} {
		data, err := json.Marshal(severity)
		if err != nil || string(data) != `"`+word+`"` {
			t.Errorf("%d is written %s, %v", severity, data, err)
		}
		var back Severity
		if err := json.Unmarshal(data, &back); err != nil || back != severity {
			t.Errorf("%s is read as %d, %v", data, back, err)
		}
	}
}

func TestASeverityThatDoesNotExistIsRefused(t *testing.T) {
	var s Severity
	if err := s.UnmarshalText([]byte("Severe")); err == nil {
		t.Error("read Severe as", s)
	}
	if text, err := Severity(9).MarshalText(); err == nil {
		t.Errorf("wrote %q", text)
	}
}

func TestUpdatesAreOrderedWorstFirst(t *testing.T) {
	inOrder := []Update{
		{KB: "KB5000009", Severity: Critical, Exploited: true},
		{KB: "KB5000001", Severity: Critical},
		{KB: "KB5000008", Severity: Important, Exploited: true},
		{KB: "KB999999", Severity: Important},
		{KB: "KB1000000", Severity: Important},
		{KB: "KB5000000"},
	}
	for i := range inOrder {
		for j := range inOrder {
			if got := compareUpdates(inOrder[i], inOrder[j]); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s against %s: %d", inOrder[i].KB, inOrder[j].KB, got)
			}
		}
	}
}
