package catalog

import (
	"fmt"
	"strings"
)

// severityWords are the ratings as the vendor writes them; an unrated update has no word.
var severityWords = [...]string{Unrated: "", Low: "Low", Moderate: "Moderate", Important: "Important", Critical: "Critical"}

// ParseSeverity reads a rating without regard to case; the empty word is Unrated.
func ParseSeverity(word string) (Severity, error) {
	for severity, w := range severityWords {
		if strings.EqualFold(strings.TrimSpace(word), w) {
			return Severity(severity), nil
		}
	}
	return Unrated, fmt.Errorf("severity %s is none of Critical, Important, Moderate, Low", quote(word))
}

func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityWords) {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityWords[s]
}

// MarshalText writes the vendor's word, nothing for Unrated.
func (s Severity) MarshalText() ([]byte, error) {
	if s < 0 || int(s) >= len(severityWords) {
		return nil, fmt.Errorf("severity %d does not exist", int(s))
	}
	return []byte(severityWords[s]), nil
}

// UnmarshalText is the inverse of MarshalText.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}
