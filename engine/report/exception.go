package report

import (
	"cmp"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Exception is one server that need not have something: who allowed that, why, since when and until when.
type Exception struct {
	Kind   string             `json:"kind"` // of ExceptionKinds
	ID     string             `json:"id"`   // of the exemption, the baseline, the collection or the change request
	Server inventory.ServerID `json:"server"`
	Name   string             `json:"name"`
	From   string             `json:"from"` // what it is kept from
	By     string             `json:"by"`
	Reason string             `json:"reason"`
	Since  time.Time          `json:"since"`
	Until  time.Time          `json:"until,omitzero"` // zero has no end
	Age    int                `json:"age_days"`
	Left   int                `json:"left_days"` // until the end; -1 has none
	Holds  bool               `json:"holds"`
}

// ExceptionKinds are where exceptions come from.
var ExceptionKinds = []string{exemptionKind, baselineKind, collectionKind, changeKind}

const (
	exemptionKind  = "exemption"  // from windows, or from updates of a severity
	baselineKind   = "baseline"   // from reaching it
	collectionKind = "collection" // taken out of what the collection's query selects
	changeKind     = "change"     // taken out of a change request that is not over
)

// Allowed is everything that may hold exceptions, as it stands at one moment.
type Allowed struct {
	At          time.Time
	Servers     []inventory.Server
	Exemptions  []rollout.Exemption
	Baselines   []inventory.Baseline
	Collections []inventory.Collection
	Changes     []approval.Change
}

// ExceptionTotals sums up the exceptions that hold.
type ExceptionTotals struct {
	Holding int `json:"holding"`
	Servers int `json:"servers"`     // that have any
	NoEnd   int `json:"without_end"` // nobody looks at them again by themselves
	Soon    int `json:"ending_in_30_days"`
	Oldest  int `json:"oldest_days"`        // age of the oldest
	Median  int `json:"median_days"`        // half are no older
	Ended   int `json:"ended_or_overtaken"` // that do not hold any more
}

// Exceptions lists them, the oldest first among those that hold, and those that ended after them.
func (a Allowed) Exceptions() ([]Exception, ExceptionTotals) {
	names := make(map[inventory.ServerID]string, len(a.Servers))
	for _, s := range a.Servers {
		names[s.ID] = s.Name
	}
	var list []Exception
	add := func(kind, id string, server inventory.ServerID, from string, signed inventory.Signed, until time.Time, holds bool) {
		x := Exception{Kind: kind, ID: id, Server: server, Name: cmp.Or(names[server], string(server)), From: from, By: signed.By, Reason: signed.Reason,
			Since: signed.At, Until: until, Age: days(a.At.Sub(signed.At)), Left: -1, Holds: holds}
		if !until.IsZero() {
			x.Left = max(0, days(until.Sub(a.At)))
		}
		list = append(list, x)
	}
	for _, x := range a.Exemptions {
		from := x.From + " updates"
		if x.From == rollout.FromWindows {
			from = "the automatic windows; enforced in " + x.Window
		}
		add(exemptionKind, x.ID, x.Server, from, x.Signed, x.Until, x.Holds(a.At))
	}
	for _, b := range a.Baselines {
		for id, x := range b.Exemptions {
			add(baselineKind, b.Name, id, "the baseline", x.Signed, x.Until, x.Holds(a.At))
		}
	}
	for _, c := range a.Collections {
		for id, x := range c.Exclusions {
			add(collectionKind, c.Name, id, "what is advertised to the collection", x.Signed, x.Until, x.Holds(a.At))
		}
	}
	for _, c := range a.Changes {
		for id, x := range c.Exclusions {
			add(changeKind, c.ID, inventory.ServerID(id), "release "+c.Release, inventory.Signed(x), time.Time{}, !c.State.Ended())
		}
	}
	ended := func(x Exception) int {
		if x.Holds {
			return 0
		}
		return 1
	}
	slices.SortFunc(list, func(x, y Exception) int {
		return cmp.Or(ended(x)-ended(y), x.Since.Compare(y.Since), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Server, y.Server))
	})
	return list, totalsOf(list)
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// soon is how near an end is that somebody should look at.
const soon = 30

func totalsOf(list []Exception) (t ExceptionTotals) {
	servers := map[inventory.ServerID]bool{}
	var ages []int
	for _, x := range list {
		if !x.Holds {
			t.Ended++
			continue
		}
		t.Holding++
		servers[x.Server] = true
		ages = append(ages, x.Age)
		switch {
		case x.Left < 0:
			t.NoEnd++
		case x.Left <= soon:
			t.Soon++
		}
	}
	t.Servers = len(servers)
	if len(ages) > 0 {
		slices.Sort(ages)
		t.Oldest, t.Median = ages[len(ages)-1], ages[(len(ages)-1)/2]
	}
	return t
}
