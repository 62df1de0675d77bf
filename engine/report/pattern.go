package report

import "fmt"

// fewestAlike is how many failures must agree before it is called a pattern.
const fewestAlike = 3

// patterns says what all failed installations have in common that not all installations have: the first place to look.
func patterns(servers []Server) []string {
	found := []string{}
	for _, property := range properties {
		failed := map[string]int{}
		failures, succeededThere, succeeded := 0, map[string]int{}, 0
		for _, s := range servers {
			switch {
			case s.Attempts == 0:
			case s.CountedAs == AccountFailed:
				failures++
				failed[property.value(s)]++
			case s.CountedAs == AccountSucceeded:
				succeeded++
				succeededThere[property.value(s)]++
			}
		}
		if failures < fewestAlike || len(failed) != 1 {
			continue
		}
		for value := range failed {
			if elsewhere := succeeded - succeededThere[value]; elsewhere > 0 {
				found = append(found, fmt.Sprintf("All %d failed installations share the %s %s, where %d succeeded; elsewhere %d succeeded and none failed.",
					failures, property.by, value, succeededThere[value], elsewhere))
			}
		}
	}
	return found
}
