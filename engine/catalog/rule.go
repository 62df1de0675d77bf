package catalog

import (
	"fmt"
	"slices"

	"patchdeck/engine/inventory"
)

// Ruling answers what an update may do to a server, and why where that is not to install.
type Ruling func(inventory.Server) (Action, string)

// Ruling prepares the dossier's approval rules. The first rule whose class selects a server holds; without one the update is installed. A
// rule that cannot be evaluated on a server withholds the update: nothing is installed by mistake.
func (d Dossier) Ruling() Ruling {
	type prepared struct {
		ClassRule
		filter *inventory.Filter
		err    error
	}
	var rules []prepared
	for _, r := range d.Rules {
		filter, err := inventory.CompileFilter(r.Class)
		rules = append(rules, prepared{r, filter, err})
	}
	return func(s inventory.Server) (Action, string) {
		for _, r := range rules {
			fits, err := false, r.err
			if err == nil {
				fits, err = r.filter.Match(s)
			}
			switch {
			case err != nil:
				return DetectOnly, fmt.Sprintf("the rule for %s cannot be evaluated: %v", r.Class, err)
			case fits && r.Action != Install:
				return r.Action, fmt.Sprintf("%s for %s by %s: %s", r.Action, r.Class, r.By, r.Why)
			case fits:
				return Install, ""
			}
		}
		return Install, ""
	}
}

// ManualUpdate checks an update that somebody describes by hand.
func ManualUpdate(u Update) error {
	if !isName(u.KB) {
		return fmt.Errorf("the update's name is %s: letters, digits, dash, dot and underscore are accepted, 3 to 40, and it is no KB number", quote(u.KB))
	}
	if text(u.Vendor).clean(60) != u.Vendor || u.Vendor == "" {
		return fmt.Errorf("the vendor is %s: name it with 1 to 60 printable characters", quote(u.Vendor))
	}
	if text(u.Title).clean(200) != u.Title {
		return fmt.Errorf("the title is %s: at most 200 printable characters are accepted", quote(u.Title))
	}
	if _, err := ParseKind(string(u.Kind)); err != nil {
		return err
	}
	switch {
	case u.Kind == Hotfix:
		return fmt.Errorf("a hotfix fixes one customer's problem and is not to be passed on: ask the vendor for the update that carries it")
	case u.Severity != Unrated && !u.Kind.Rated():
		return fmt.Errorf("a %s carries no severity, only a %s does", u.Kind, SecurityPatch)
	case !slices.Contains([]Restart{RestartYes, RestartMaybe, RestartNo, RestartUnknown}, u.Restart):
		return fmt.Errorf("restart is %s: use yes, maybe, no or unknown", quote(string(u.Restart)))
	case !slices.Contains([]string{"", "yes", "no"}, u.Removable):
		return fmt.Errorf("removable is %s: use yes or no", quote(u.Removable))
	case u.Size < 0:
		return fmt.Errorf("the size is %d bytes", u.Size)
	}
	if err := CheckPage(u.Site); err != nil {
		return err
	}
	for _, rule := range []struct{ name, text string }{{"the rule of applicability", u.Rule}, {"the detection", u.Detect}} {
		if _, err := inventory.CompileFilter(rule.text); err != nil {
			return fmt.Errorf("%s: %w", rule.name, err)
		}
	}
	return nil
}

// DetectByName is the detection of a package that servers are asked about themselves: what they have is listed under its name.
func DetectByName(kb string) string { return fmt.Sprintf("%q in updates", kb) }

// isName accepts what may stand for an update beside KB numbers: it becomes part of file names and of lists.
func isName(s string) bool {
	if len(s) < 3 || len(s) > 40 || !isDigit(s[0]) && !(s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z') {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	_, isKB := parseKB(s)
	return !isKB
}
