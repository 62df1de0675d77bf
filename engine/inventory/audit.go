package inventory

import (
	"fmt"
	"time"
)

// Audit is what one sweep of facts found, kept to be compared with the next.
type Audit struct {
	Number     int       `json:"number"` // of the sweep
	Began      time.Time `json:"began"`
	Ended      time.Time `json:"ended"`
	Collection string    `json:"collection,omitempty"` // whose members were asked; empty when servers were named, or all
	Whole      bool      `json:"whole"`                // every managed server was asked
	Known      int       `json:"known"`                // servers in the inventory, managed or not
	Asked      int       `json:"asked"`
	Read       int       `json:"read"`
	Failed     int       `json:"failed"`                  // answered, and could not be read
	NoAnswer   int       `json:"no_answer"`               // gave no answer at all
	Unmanaged  int       `json:"unmanaged"`               // in the inventory and never asked
	Added      int       `json:"added"`                   // servers that the audit before did not ask
	Retired    int       `json:"retired"`                 // servers that left the inventory since then
	AddedNames []string  `json:"added_names,omitempty"`   // the first of them
	GoneNames  []string  `json:"retired_names,omitempty"` // the first of them
	Before     int       `json:"before,omitempty"`        // number of the whole audit that this one is compared with; 0 is none
	KnownThen  int       `json:"known_then,omitempty"`    // servers in the inventory at that one
	ReadThen   int       `json:"read_then,omitempty"`     // servers read by that one
}

// ID names an audit to people.
func (a Audit) ID() string { return AuditID(a.Number) }

// AuditID names the audit of a sweep.
func AuditID(sweep int) string { return fmt.Sprintf("AUD-%d", sweep) }

// ClassNetwork is the class of a trouble that means: no answer at all.
const ClassNetwork = "network"

// Take adds one asked server to the audit.
func (a *Audit) Take(s Server) {
	a.Asked++
	switch {
	case s.Trouble == "":
		a.Read++
	case s.TroubleClass == ClassNetwork:
		a.NoAnswer++
	default:
		a.Failed++
	}
}

// mostNamed bounds the names that an audit keeps of those who came and went.
const mostNamed = 200

// Compare sets the audit beside the whole audit before it: who came and who went.
func (a *Audit) Compare(before Audit, added, retired []string) {
	a.Before, a.KnownThen, a.ReadThen = before.Number, before.Known, before.Read
	a.Added, a.Retired = len(added), len(retired)
	a.AddedNames, a.GoneNames = added[:min(len(added), mostNamed)], retired[:min(len(retired), mostNamed)]
}

// Marked says which counts rose or fell markedly since the audit before; empty when none did.
func (a Audit) Marked(p Policy) []string {
	if !a.Whole || a.Before == 0 {
		return nil
	}
	var words []string
	for _, count := range []struct {
		what      string
		then, now int
	}{{"servers in the inventory", a.KnownThen, a.Known}, {"servers that could be read", a.ReadThen, a.Read}} {
		if count.then == 0 || 100*abs(count.now-count.then) <= p.MarkedChange*count.then {
			continue
		}
		verb := "rose"
		if count.now < count.then {
			verb = "fell"
		}
		words = append(words, fmt.Sprintf("the %s %s from %d to %d since %s", count.what, verb, count.then, count.now, AuditID(a.Before)))
	}
	return words
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
