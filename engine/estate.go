package engine

import (
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// estate is what the inventory remembers beside its servers.
type estate struct {
	retired     map[inventory.ServerID]*inventory.Server
	collections map[string]inventory.Collection
	audits      map[int]inventory.Audit // by the number of their sweep
	findings    findings
	exempt      map[string]rollout.Exemption
	escalations map[string]approval.Escalation
	baselines   map[string]inventory.Baseline
	standards   inventory.StandardSet
	sources     map[inventory.SourceKind]inventory.Comparison // the newest of each kind
	continuity  map[string]inventory.Continuity               // by application
	contents    map[string]rollout.SiteContent                // by release and site

	// Not stored, made when they are needed:
	filters   expressions
	yardstick *yardstick // what servers are measured with beside a baseline; nil when releases or bulletins changed
}

func newEstate() estate {
	return estate{
		retired: map[inventory.ServerID]*inventory.Server{}, collections: map[string]inventory.Collection{}, exempt: map[string]rollout.Exemption{}, escalations: map[string]approval.Escalation{}, audits: map[int]inventory.Audit{},
		findings:  findings{byID: map[string]inventory.Finding{}, openOf: map[inventory.ServerID][]string{}},
		baselines: map[string]inventory.Baseline{}, sources: map[inventory.SourceKind]inventory.Comparison{}, continuity: map[string]inventory.Continuity{}, contents: map[string]rollout.SiteContent{}, filters: expressions{},
	}
}

// expressions are compiled once, by their text; nil is one that does not compile.
type expressions map[string]*inventory.Filter

// compiled gives an expression that was checked when it came in; nil if this version no longer reads it.
func (x expressions) compiled(text string) *inventory.Filter {
	f, known := x[text]
	if !known {
		f, _ = inventory.CompileFilter(text)
		x[text] = f
	}
	return f
}

// selects tells whether an expression holds for a server; the empty one holds for all, one that gives no answer for none.
func (x expressions) selects(text string, server inventory.Server) bool {
	if text == "" {
		return true
	}
	f := x.compiled(text)
	if f == nil {
		return false
	}
	holds, err := f.Match(server)
	return err == nil && holds
}

// signed is who decides something now, and why.
func signed(actor approval.Actor, reason string, now time.Time) inventory.Signed {
	return inventory.Signed{By: actor.Name, At: now, Reason: reason}
}

// serverOf finds a server, also one that has left the inventory.
func (s *state) serverOf(id inventory.ServerID) *inventory.Server {
	if server := s.servers[id]; server != nil {
		return server
	}
	return s.retired[id]
}

// managedServers are the servers that patchdeck looks after, by id.
func (s *state) managedServers() []inventory.Server {
	return s.serversWhere(func(v *inventory.Server) bool { return v.Unmanaged == "" })
}

// allServers are the servers of the inventory, by id.
func (s *state) allServers() []inventory.Server {
	return s.serversWhere(func(*inventory.Server) bool { return true })
}

func (s *state) serversWhere(keep func(*inventory.Server) bool) []inventory.Server {
	list := make([]inventory.Server, 0, len(s.servers))
	for _, id := range slices.Sorted(maps.Keys(s.servers)) {
		if v := s.servers[id]; keep(v) {
			list = append(list, *v)
		}
	}
	return list
}
