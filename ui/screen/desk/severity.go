package desk

import "patchdeck/engine/catalog"

// Severity is the vendor's word, or that there is none.
func Severity(s catalog.Severity) string {
	if s == catalog.Unrated {
		return "not rated"
	}
	return s.String()
}
