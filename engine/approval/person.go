package approval

import "slices"

// Person is somebody of the users file: the roles that they hold first, and those in which they stand in for another person.
type Person struct {
	Name      string
	Primary   []Role
	Secondary []Role
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
