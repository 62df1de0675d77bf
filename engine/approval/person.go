package approval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Person is somebody of the users file: the roles that they hold first, those in which they stand in for another person, and the
// applications whose support they are.
type Person struct {
	Name         string
	Primary      []Role
	Secondary    []Role
	Applications []string
}

// Responsible names who is to do what a role owes: its primary persons; once it is overdue its secondary persons as well, or those alone
// where nobody is primary.
func Responsible(people []Person, role Role, overdue bool) []string {
	var primary, secondary []string
	for _, p := range people {
		switch {
		case slices.Contains(p.Primary, role):
			primary = append(primary, p.Name)
		case slices.Contains(p.Secondary, role):
			secondary = append(secondary, p.Name)
		}
	}
	if overdue || len(primary) == 0 {
		return append(primary, secondary...)
	}
	return primary
}

// Named finds a person, without regard to case, and gives the name as the users file writes it. An error names those who were perhaps meant.
func Named(people []Person, name string) (string, error) {
	for _, p := range people {
		if strings.EqualFold(p.Name, name) {
			return p.Name, nil
		}
	}
	const most = 5
	near := nearest(people, name)
	if len(near) > 0 {
		return "", fmt.Errorf("the users file names nobody %.64q: did you mean %s?", name, strings.Join(near[:min(len(near), most)], ", "))
	}
	var all []string
	for _, p := range people {
		all = append(all, p.Name)
	}
	slices.Sort(all)
	if more := len(all) - most; more > 0 {
		return "", fmt.Errorf("the users file names nobody %.64q: it names %s and %d more", name, strings.Join(all[:most], ", "), more)
	}
	return "", fmt.Errorf("the users file names nobody %.64q: it names %s", name, strings.Join(all, ", "))
}

// nearest names the people whose names look like another one, the most alike first: a third of the letters may differ, and a part of a name will do.
func nearest(people []Person, name string) []string {
	typed := strings.ToLower(name[:min(len(name), 64)])
	distance := map[string]int{}
	var near []string
	for _, p := range people {
		known := strings.ToLower(p.Name)
		d := levenshtein.ComputeDistance(typed, known)
		if len(typed) > 1 && strings.Contains(known, typed) {
			d = min(d, 1)
		}
		if d <= max(1, len(known)/3) {
			near, distance[p.Name] = append(near, p.Name), d
		}
	}
	slices.SortFunc(near, func(a, b string) int { return cmp.Or(cmp.Compare(distance[a], distance[b]), strings.Compare(a, b)) })
	return near
}
