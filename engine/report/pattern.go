package report

import (
	"fmt"
	"math"
)

// A pattern is told when so many failed installations agree, and when chance alone would seldom make them agree.
const (
	fewestAlike = 3
	byChance    = 0.01
)

// patterns says what all failed installations have in common that not all installations have: the first place to look. The environment
// is left out: it only says how far the rings came.
func patterns(servers []Server) []string {
	found := []string{}
	for _, property := range properties {
		if property.by == "environment" {
			continue
		}
		if words := alike(servers, property.by, property.value); words != "" {
			found = append(found, words)
		}
	}
	return found
}

// alike tells whether all failed installations share one value of a property.
func alike(servers []Server, by string, value func(Server) string) string {
	succeeded := map[string]int{}
	failed, everywhere, shared := 0, 0, ""
	for _, s := range servers {
		switch v := value(s); {
		case s.Attempts == 0:
		case s.CountedAs == AccountSucceeded:
			succeeded[v]++
			everywhere++
		case s.CountedAs == AccountFailed && failed > 0 && v != shared:
			return ""
		case s.CountedAs == AccountFailed:
			shared = v
			failed++
		}
	}
	share := float64(succeeded[shared]+failed) / float64(max(1, everywhere+failed))
	if failed < fewestAlike || math.Pow(share, float64(failed)) > byChance {
		return ""
	}
	return fmt.Sprintf("All %d failed installations share the %s %s, where %d succeeded; elsewhere %d succeeded and none failed.",
		failed, by, shared, succeeded[shared], everywhere-succeeded[shared])
}
