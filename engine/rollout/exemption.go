package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// FromWindows is an exemption from the automatic windows; the others are from updates of one severity.
const FromWindows = "windows"

// exemptible are the severities that a server may be exempt from. Nobody is exempt from critical updates.
var exemptible = []catalog.Severity{catalog.Low, catalog.Moderate, catalog.Important}

// longest is how long an exemption may hold: then somebody must want it again.
const longest = 366 * 24 * time.Hour

// Exemption keeps one server out of the automatic windows, or from updates of one severity, until a time. It is never from critical updates.
type Exemption struct {
	ID     string             `json:"id"` // EX-1
	Server inventory.ServerID `json:"server"`
	From   string             `json:"from"`
	Window string             `json:"window,omitempty"` // its enforcement window, when it is exempt from the automatic ones
	Until  time.Time          `json:"until"`
	inventory.Signed
	Ended *inventory.Signed `json:"ended,omitempty"`
	// Warned and Over are when people were told that it ends soon, and when it was over without anybody ending it.
	Warned time.Time `json:"warned,omitzero"`
	Over   time.Time `json:"over,omitzero"`
}

// Holds tells whether an exemption counts at a time.
func (x Exemption) Holds(at time.Time) bool { return x.Ended == nil && at.Before(x.Until) }

// Check says what an exemption lacks, and gives it with its words as they are kept.
func (x Exemption) Check(now time.Time) (Exemption, error) {
	words := []string{FromWindows}
	for _, s := range exemptible {
		words = append(words, strings.ToLower(s.String()))
	}
	x.From = strings.ToLower(x.From)
	switch {
	case x.From == "critical":
		return x, fmt.Errorf("no server is exempt from critical updates")
	case !slices.Contains(words, x.From):
		return x, fmt.Errorf("an exemption from %q is not known: use one of %s", x.From, strings.Join(words, ", "))
	case x.From == FromWindows && x.Window == "":
		return x, fmt.Errorf("a server that is exempt from the automatic windows needs a named enforcement window: give --window")
	case x.From != FromWindows && x.Window != "":
		return x, fmt.Errorf("an enforcement window goes with an exemption from windows, not with one from %s updates", x.From)
	case !x.Until.After(now):
		return x, fmt.Errorf("an exemption ends at a time to come: give --until")
	case x.Until.Sub(now) > longest:
		return x, fmt.Errorf("an exemption holds for a year at the most: give an earlier --until")
	}
	return x, nil
}

// Exemptions are those that hold, by server.
type Exemptions map[inventory.ServerID][]Exemption

// from gives the exemption of a server from something, if it has one.
func (list Exemptions) from(id inventory.ServerID, what string) *Exemption {
	for i, x := range list[id] {
		if x.From == what {
			return &list[id][i]
		}
	}
	return nil
}

// Withheld says why a server does not get an update of a severity; empty when it does.
func (list Exemptions) Withheld(severity catalog.Severity, id inventory.ServerID) string {
	if severity == catalog.Critical {
		return ""
	}
	if x := list.from(id, strings.ToLower(severity.String())); x != nil {
		return "exempt (" + x.ID + "): " + x.Reason
	}
	return ""
}

// Enforced says how an update came to a server whose advertisement has ended: "enforced" by us, "voluntary" by its administrator, or "".
func (ad *Advertisement) Enforced() string {
	switch {
	case ad.Delivery == Succeeded && ad.Asked != nil:
		return "voluntary" // they need not have had it
	case ad.Delivery == Succeeded:
		return "enforced"
	case ad.Compliance == InstalledByOthers:
		return "voluntary"
	}
	return ""
}
