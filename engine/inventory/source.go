package inventory

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// SourceKind is another list of machines that the inventory is compared with.
type SourceKind string

const (
	Directory    SourceKind = "directory" // computer objects
	DNS          SourceKind = "dns"
	ConfigRecord SourceKind = "configuration database"
)

// Entry is one machine as a source names it.
type Entry struct {
	Name    string    // short or full
	Address string    // IP address, where the source knows it
	OS      string    // where the source knows it
	Renewed time.Time // when the machine or somebody last renewed the entry; zero when the source does not say
	Gone    string    // why the source itself holds it for gone: disabled, retired; empty when it does not
}

// Comparison is what came of comparing the inventory with a source.
type Comparison struct {
	Kind     SourceKind `json:"kind"`
	Source   string     `json:"source"`
	At       time.Time  `json:"at"`
	Entries  int        `json:"entries"`
	Others   int        `json:"others"`    // entries of machines that are no servers
	Matched  int        `json:"matched"`   // servers of the inventory that it names
	Stale    int        `json:"stale"`     // entries that nobody renews, of retired servers, or gone by its own words
	Unlisted int        `json:"unlisted"`  // entries that the inventory does not know
	NotInIt  int        `json:"not_in_it"` // servers of the inventory that it does not name
}

// mostDifferences bounds what one comparison may find: beyond it the source is hardly the right one.
const mostDifferences = 5000

// Compare sets the inventory beside a source. Retired are the names of servers that left the inventory.
func (p Policy) Compare(kind SourceKind, source string, entries []Entry, servers []Server, retired []string, now time.Time) (Comparison, []Observation, error) {
	c := Comparison{Kind: kind, Source: source, At: now, Entries: len(entries)}
	names, gone := newDirectory(servers), map[string]bool{}
	for _, name := range retired {
		gone[nameKey(firstLabel(name))] = true
	}
	var seen []Observation
	named := map[ServerID]bool{}
	observe := func(kind FindingKind, subject string, server ServerID, format string, args ...any) {
		seen = append(seen, Observation{Kind: kind, Subject: subject, Rule: string(c.Kind), Server: server, Words: fmt.Sprintf(format, args...)})
	}
	told := map[string]bool{}
	for _, e := range entries {
		id, known := names.find(e)
		if known {
			named[id] = true
		}
		key := nameKey(e.Name)
		stale := p.staleness(e, now)
		switch {
		case told[key]:
		case known && stale == "":
		case known:
			// The server itself is read by sweeps; what its entry lacks is the source's matter.
			c.Stale++
			observe(Stale, e.Name, id, "its entry in the %s: %s, though the inventory holds the server", kind, stale)
		case gone[nameKey(firstLabel(e.Name))]:
			c.Stale++
			observe(Stale, e.Name, "", "the %s still names a server that was retired", kind)
		case stale != "":
			c.Stale++
			observe(Stale, e.Name, "", "its entry in the %s: %s", kind, stale)
		case e.OS != "" && !strings.Contains(strings.ToLower(e.OS), "server"):
			c.Others++
		default:
			c.Unlisted++
			observe(Unlisted, e.Name, "", "the %s names it (%s), the inventory does not", kind, describe(e))
		}
		told[key] = true
	}
	c.Matched = len(named)
	for i := range servers {
		if s := &servers[i]; !named[s.ID] {
			c.NotInIt++
			observe(NotInList, s.Name, s.ID, "the %s does not name it", kind)
		}
	}
	if len(seen) > mostDifferences {
		return c, nil, fmt.Errorf("%s differs from the inventory in %d entries, more than %d: is it the right %s?", source, len(seen), mostDifferences, kind)
	}
	return c, seen, nil
}

// staleness is why an entry is stale; empty when it is not.
func (p Policy) staleness(e Entry, now time.Time) string {
	switch {
	case e.Gone != "":
		return e.Gone
	case !e.Renewed.IsZero() && now.Sub(e.Renewed) > p.StaleAfter:
		return "not renewed since " + e.Renewed.UTC().Format(time.DateOnly)
	}
	return ""
}

func describe(e Entry) string {
	words := slices.DeleteFunc([]string{e.OS, e.Address}, func(s string) bool { return s == "" })
	if len(words) == 0 {
		return "no more is said"
	}
	return strings.Join(words, ", ")
}

func firstLabel(name string) string {
	label, _, _ := strings.Cut(name, ".")
	return label
}

// directory finds servers by what other lists call them. Two full names mean the same machine only when they are equal; a short name
// means the machine whose full name begins with it.
type directory struct {
	full, short, begins map[string]ServerID
	addresses           map[netip.Addr]ServerID
}

func newDirectory(servers []Server) directory {
	d := directory{full: map[string]ServerID{}, short: map[string]ServerID{}, begins: map[string]ServerID{}, addresses: map[netip.Addr]ServerID{}}
	for i := range servers {
		s := &servers[i]
		d.add(s.Name, s.ID)
		if ip, err := netip.ParseAddr(s.Address); err == nil {
			d.addresses[ip.Unmap()] = s.ID
		} else {
			d.add(s.Address, s.ID)
		}
		if s.Facts != nil {
			d.add(s.Facts.Hostname, s.ID)
			if s.Facts.Domain != "" {
				d.add(firstLabel(s.Facts.Hostname)+"."+s.Facts.Domain, s.ID)
			}
		}
	}
	return d
}

func (d directory) add(name string, id ServerID) {
	key := nameKey(strings.TrimSuffix(name, "."))
	switch {
	case key == "":
	case strings.Contains(key, "."):
		d.full[key], d.begins[firstLabel(key)] = id, id
	default:
		d.short[key] = id
	}
}

func (d directory) find(e Entry) (ServerID, bool) {
	key := nameKey(strings.TrimSuffix(e.Name, "."))
	places := []map[string]ServerID{d.full, d.short}
	if !strings.Contains(key, ".") {
		places = append(places, d.begins)
	}
	for _, place := range places {
		for _, k := range []string{key, firstLabel(key)} {
			if id, ok := place[k]; ok {
				return id, true
			}
		}
	}
	if ip, err := netip.ParseAddr(e.Address); err == nil {
		id, ok := d.addresses[ip.Unmap()]
		return id, ok
	}
	return "", false
}

// Responder is a machine that took a connection in a sweep of the network.
type Responder struct {
	Address string `json:"address"`
	Port    int    `json:"port"`
	Name    string `json:"name,omitempty"` // of the inventory, where that name resolves to this address
}

// Rogues are the responders that stand on no list.
func Rogues(found []Responder, servers []Server) []Observation {
	names := newDirectory(servers)
	ports := map[string][]string{}
	for _, f := range found {
		if _, known := names.find(Entry{Name: f.Name, Address: f.Address}); !known {
			ports[f.Address] = append(ports[f.Address], fmt.Sprint(f.Port))
		}
	}
	var seen []Observation
	for address, list := range ports {
		seen = append(seen, Observation{Kind: Rogue, Subject: address, Words: "answers on port " + strings.Join(list, ", ") + " and is on no list"})
	}
	slices.SortFunc(seen, func(a, b Observation) int { return strings.Compare(a.Subject, b.Subject) })
	return seen
}
