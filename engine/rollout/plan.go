package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Plan is what gets approved: the updates, the servers with the windows that each may use, and the gates, frozen and
// hashed. A plan never changes; narrowing is recorded on the change request beside it.
type Plan struct {
	Hash        string          `json:"hash"` // SHA-256 over the rest, hexadecimal
	Change      string          `json:"change"`
	Release     string          `json:"release"`
	Emergency   bool            `json:"emergency,omitempty"`
	ByHand      bool            `json:"by_hand,omitempty"` // its updates ship as packages without an installer that needs nobody: people install them
	Removal     bool            `json:"removal,omitempty"` // it takes the updates away
	Updates     []PlannedUpdate `json:"updates"`
	Windows     []Window        `json:"windows"` // ordered by opening
	Assignments []Assignment    `json:"assignments"`
	// Compliant and outside servers are named so that the plan accounts for the whole inventory.
	Compliant  []inventory.ServerID `json:"compliant,omitempty"`   // have everything already
	NotOffered []inventory.ServerID `json:"not_offered,omitempty"` // no update of the release applies
	// Excluded are left out on purpose: by an exclusion of a collection that the plan was made for, or because nobody manages them.
	Excluded []Omission `json:"excluded,omitempty"`
	// AcceptBy is when silence about acceptance counts as no issues; Prod opens no earlier.
	AcceptBy time.Time `json:"accept_by,omitzero"`
	// Enforce is the enforcement date: until then administrators of Prod servers may install by hand, and no window of Prod is used.
	Enforce time.Time `json:"enforce,omitzero"`
	// Offers are its advertisements, where there is another than the mandatory one; an assignment names its own.
	Offers   []Offering `json:"offers,omitempty"`
	Ceiling  int        `json:"ceiling"` // servers in work at once, at the most
	Findings []Finding  `json:"findings,omitempty"`
	// Shared names the windows in which members of one cluster have their places: nothing is advertised so unless somebody says why.
	Shared []string `json:"shared,omitempty"`
}

// Omission is a server that a plan leaves out on purpose.
type Omission struct {
	Server inventory.ServerID `json:"server"`
	Reason string             `json:"reason"`
	// Exemption is the one by which it is left out, as long as that holds.
	Exemption string `json:"exemption,omitempty"`
}

// PlannedUpdate is one update with the build that proves it on each product.
type PlannedUpdate struct {
	KB    string            `json:"kb"`
	Fixed []inventory.Build `json:"fixed,omitempty"`
	// Package is how servers install what no update agent knows, and what proves it; nil for everything else.
	Package *catalog.Package `json:"package,omitempty"`
	Stays   string           `json:"stays,omitempty"` // why it is known that it cannot be removed
}

// Assignment gives one server its ring, its updates and its windows in the order in which it may use them.
type Assignment struct {
	Server  inventory.ServerID `json:"server"`
	Ring    Ring               `json:"ring"`
	Windows []string           `json:"windows"`
	Updates []string           `json:"updates"`
	Without []string           `json:"without,omitempty"` // updates of the release that it does not get, whatever it needs
	// Offer and Enforce are how binding it is for the server, where that is another than the plan's: mandatory from its enforcement date on.
	Offer   Offer     `json:"offer,omitempty"`
	Enforce time.Time `json:"enforce,omitzero"`
}

// Finding is something about a plan that its approvers should know.
type Finding struct {
	Server inventory.ServerID `json:"server,omitempty"`
	Words  string             `json:"words"`
}

// Seal computes the hash over everything else.
func (p Plan) Seal() (Plan, error) {
	p.Hash = ""
	text, err := json.Marshal(p)
	if err != nil {
		return Plan{}, err
	}
	sum := sha256.Sum256(text)
	p.Hash = hex.EncodeToString(sum[:])
	return p, nil
}

// Window finds a window of the plan by its id.
func (p *Plan) Window(id string) (Window, bool) {
	i := slices.IndexFunc(p.Windows, func(w Window) bool { return w.ID == id })
	if i < 0 {
		return Window{}, false
	}
	return p.Windows[i], true
}

// Fixed gives the build that proves an update on a server with the given build; ok is false when only the presence of
// the KB can prove it.
func (p *Plan) Fixed(kb string, on inventory.Build) (fixed inventory.Build, ok bool) {
	for _, u := range p.Updates {
		if u.KB != kb {
			continue
		}
		for _, b := range u.Fixed {
			if b.SameBase(on) {
				return b, true
			}
		}
	}
	return inventory.Build{}, false
}
