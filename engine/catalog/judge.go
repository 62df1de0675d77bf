package catalog

import (
	"errors"
	"fmt"
	"slices"

	"patchdeck/engine/inventory"
)

// Judge answers for one update which servers it concerns. The rules of an update that was added by hand are compiled once.
type Judge func(inventory.Server) Relevance

// NewJudge prepares an update. Where the servers' scans cannot tell, the update's rules decide; a rule that does not compile, or that asks
// what is not known of a server, makes the verdict Unknown, for a person to look at.
func NewJudge(u Update) Judge {
	if !u.IsPackage() {
		return func(s inventory.Server) Relevance { return byEvidence(u, s) }
	}
	rule, err := inventory.CompileFilter(u.Rule)
	detect, detectErr := inventory.CompileFilter(u.Detect)
	if err = errors.Join(err, detectErr); err != nil {
		why := fmt.Sprintf("the rules of %s cannot be used: %v", u.KB, err)
		return func(inventory.Server) Relevance { return Relevance{Unknown, why} }
	}
	return func(s inventory.Server) Relevance { return byRules(u, rule, detect, s) }
}

func byRules(u Update, rule, detect *inventory.Filter, s inventory.Server) Relevance {
	if s.Facts == nil {
		return Relevance{Unknown, "no facts were read yet, so the rules cannot tell"}
	}
	applies, err := rule.Match(s)
	if err != nil {
		return Relevance{Unknown, err.Error()}
	}
	if !applies {
		return Relevance{NotApplicable, fmt.Sprintf("the rule of %s does not select it: %s", u.KB, u.Rule)}
	}
	has, err := detect.Match(s)
	switch {
	case slices.Contains(s.Facts.Updates, u.KB):
		return Relevance{Compliant, fmt.Sprintf("the server was asked, and has %s", u.KB)}
	case err != nil:
		return Relevance{Unknown, err.Error()}
	case has:
		return Relevance{Compliant, fmt.Sprintf("%s is detected: %s", u.KB, u.Detect)}
	}
	return Relevance{Missing, fmt.Sprintf("%s applies and is not detected: %s", u.KB, u.Detect)}
}

// Relevant compares an update with what is known of a server.
func Relevant(u Update, s inventory.Server) Relevance { return NewJudge(u)(s) }

// Standing says on how many servers an update is what.
type Standing struct {
	Compliant     int `json:"compliant"`
	Missing       int `json:"missing"` // and no approved plan will give it
	Unknown       int `json:"unknown"`
	NotApplicable int `json:"not_applicable"`
	// Approved counts the servers that need the update and will get it by an approved plan: approved, not installed.
	Approved int `json:"approved_not_installed"`
}

// Count judges an update on servers. approved tells whether an approved plan gives the update to a server; it may be nil.
func Count(u Update, servers []inventory.Server, approved func(inventory.ServerID) bool) Standing {
	judge := NewJudge(u)
	var c Standing
	for i := range servers {
		switch judge(servers[i]).Verdict {
		case Compliant:
			c.Compliant++
		case Missing:
			if approved != nil && approved(servers[i].ID) {
				c.Approved++
			} else {
				c.Missing++
			}
		case NotApplicable:
			c.NotApplicable++
		default:
			c.Unknown++
		}
	}
	return c
}
