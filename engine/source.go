package engine

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

type (
	// CompareSource sets the inventory beside another list of machines: a directory, DNS or a configuration database.
	CompareSource struct {
		Kind    inventory.SourceKind
		Source  string
		Entries []inventory.Entry
	}
	// RecordDiscovery brings what a sweep of network ranges found: who answered, of all addresses in the ranges.
	RecordDiscovery struct {
		Ranges []netip.Prefix
		Asked  int // addresses
		Found  []inventory.Responder
	}
)

func (CompareSource) Action() string   { return "inventory.compare" }
func (RecordDiscovery) Action() string { return "inventory.discover" }

type (
	sourceCompared struct{ inventory.Comparison }
	discoveryMade  struct {
		Ranges  []netip.Prefix `json:"ranges"`
		Asked   int            `json:"asked"`
		Answers int            `json:"answers"`
		Rogues  int            `json:"rogues"`
	}
)

func init() {
	offer((*Engine).compareSource, approval.Lead, approval.Administrator, approval.Security).limit = 64 << 20 // only what comes of it is kept
	offer((*Engine).recordDiscovery, approval.Lead, approval.Administrator, approval.Security).limit = entryWeight
	register("inventory.compared",
		func(e sourceCompared) string { return "inventory" },
		func(e sourceCompared) string {
			return fmt.Sprintf("%s %s: %d of its %d entries matched, %d stale, %d unlisted, %d servers not in it", e.Kind, e.Source, e.Matched, e.Entries, e.Stale, e.Unlisted, e.NotInIt)
		},
		func(s *state, e sourceCompared, _ time.Time) error { s.putSource(e.Comparison); return nil })
	register("inventory.discovered",
		func(e discoveryMade) string { return "inventory" },
		func(e discoveryMade) string {
			return fmt.Sprintf("%d of %d addresses in %v answered, %d are on no list", e.Answers, e.Asked, e.Ranges, e.Rogues)
		},
		func(*state, discoveryMade, time.Time) error { return nil })
	keep("source", (*state).putSource, func(s *state, id string) any { return s.sources[inventory.SourceKind(id)] })
	nouns = append(nouns, noun{show: func(e *Engine, v *View, _ time.Time) {
		v.Sources = sortedValues(e.state.sources, func(c inventory.Comparison) string { return string(c.Kind) })
	}})
}

func (s *state) putSource(c inventory.Comparison) {
	s.sources[c.Kind] = c
	s.mark("source", string(c.Kind))
}

func (e *Engine) compareSource(actor approval.Actor, c CompareSource, now time.Time) (string, error) {
	if !slices.Contains([]inventory.SourceKind{inventory.Directory, inventory.DNS, inventory.ConfigRecord}, c.Kind) {
		return "", fmt.Errorf("a source is a %s, %s or %s, not %q", inventory.Directory, inventory.DNS, inventory.ConfigRecord, c.Kind)
	}
	if len(c.Entries) == 0 {
		return "", fmt.Errorf("%s names no machine", c.Source)
	}
	var retired []string
	for _, s := range e.state.retired {
		retired = append(retired, s.Name)
	}
	result, seen, err := e.options.Inventory.Compare(c.Kind, c.Source, c.Entries, e.state.allServers(), retired, now)
	if err != nil {
		return "", err
	}
	e.must(sourceCompared{result}, actor, "", now)
	e.settle(e.openWith(func(f inventory.Finding) bool { return f.Rule == string(c.Kind) }), seen, func(f inventory.Finding) bool {
		return f.Kind == inventory.NotInList || f.Kind == inventory.Unlisted || f.Kind == inventory.Stale
	}, fmt.Sprintf("the %s (%s)", c.Kind, c.Source), actor, "", now)
	return fmt.Sprintf("%s: %d of %s named; %d unlisted, %d stale, %s not in it", c.Source, result.Matched, count(len(e.state.servers), "server"),
		result.Unlisted, result.Stale, count(result.NotInIt, "server")), nil
}

// openWith lists the open findings for which something holds, whatever they are about.
func (e *Engine) openWith(holds func(inventory.Finding) bool) []inventory.Finding {
	var list []inventory.Finding
	for _, about := range slices.Sorted(maps.Keys(e.state.findings.openOf)) {
		for _, f := range e.state.openFindings(about) {
			if holds(f) {
				list = append(list, f)
			}
		}
	}
	return list
}

func (e *Engine) recordDiscovery(actor approval.Actor, c RecordDiscovery, now time.Time) (string, error) {
	if len(c.Ranges) == 0 {
		return "", fmt.Errorf("no range is named")
	}
	inside := func(address string) bool {
		ip, err := netip.ParseAddr(address)
		return err == nil && slices.ContainsFunc(c.Ranges, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
	}
	for _, f := range c.Found {
		if !inside(f.Address) {
			return "", fmt.Errorf("%q lies in none of the ranges", f.Address)
		}
	}
	seen := inventory.Rogues(c.Found, e.state.allServers())
	e.must(discoveryMade{Ranges: c.Ranges, Asked: c.Asked, Answers: len(c.Found), Rogues: len(seen)}, actor, "", now)
	e.settle(e.state.openFindings(""), seen, func(f inventory.Finding) bool { return f.Kind == inventory.Rogue && inside(f.Subject) },
		"a sweep of the network", actor, "", now)
	var names []string
	for _, o := range seen[:min(len(seen), 10)] {
		names = append(names, o.Subject)
	}
	words := fmt.Sprintf("%d of %d addresses answered, %d are on no list", len(c.Found), c.Asked, len(seen))
	if len(names) > 0 {
		words += ": " + strings.Join(names, ", ")
	}
	return words, nil
}
