package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

var (
	ada   = approval.Actor{Name: "ada", Roles: []approval.Role{approval.ServerAdmin}, Owns: []string{"Team Payroll"}, Via: "ssh"}
	bruno = approval.Actor{Name: "bruno", Roles: []approval.Role{approval.ServerAdmin}, Owns: []string{"team payroll"}, Via: "ssh"}
)

// mapping is a night of 20 servers, SRV-0010 to SRV-0019 of Team Payroll, two of them a cluster.
type mapping struct {
	*night
	ctx context.Context
	e   *engine.Engine
}

func whileMapping(t *testing.T, reached func(*engine.View) bool, body func(m mapping)) {
	servers := enginetest.Servers(20)
	for i := 10; i < 20; i++ {
		servers[i].Owner = "Team Payroll"
	}
	servers[10].Cluster, servers[11].Cluster = "PAYSQL", "PAYSQL"
	scenarioOf(t, servers, nil, func(t *testing.T, ctx context.Context, n *night) {
		n.schedule = configured
		body(mapping{n, ctx, n.until(ctx, engine.NewWallClock(), reached)})
		foldsToItsRecords(t, n.store)
	})
}

func (m mapping) do(who approval.Actor, choices ...engine.WindowChoice) (string, error) {
	return m.e.Do(m.ctx, who, engine.MapWindow{Choices: choices, Reason: "after the nightly batch"})
}

func (m mapping) server(name string) inventory.Server {
	m.t.Helper()
	for _, s := range m.e.View().Servers {
		if s.Name == name {
			return s
		}
	}
	m.t.Fatalf("no server %s", name)
	return inventory.Server{}
}

func (m mapping) id(name string) inventory.ServerID { return m.server(name).ID }
func (m mapping) window(name string) string         { return m.server(name).Window }

func read(v *engine.View) bool {
	return len(v.Servers) > 0 && len(v.Sweeps) == 0 && len(v.Bulletins) > 0
}

// Handbook 5 and 8, windows: server administrators map their own servers, and no others, to one of the windows of the servers' ring.
func TestServerAdministratorsMapTheirOwnServers(t *testing.T) {
	whileMapping(t, read, func(m mapping) {
		t := m.t
		own, foreign := m.id("SRV-0012"), m.id("SRV-0006")
		if words, err := m.do(ada, engine.WindowChoice{Server: own, Window: "w2"}); err != nil || !strings.Contains(words, "1 server mapped to window W2") {
			t.Fatalf("%q %v", words, err)
		}
		if got := m.window("SRV-0012"); got != "W2" {
			t.Errorf("it has %q", got)
		}
		var denied *approval.Denied
		_, err := m.do(ada, engine.WindowChoice{Server: own, Window: "W1", Was: "W2"}, engine.WindowChoice{Server: foreign, Window: "W1"})
		if !errors.As(err, &denied) || !strings.Contains(err.Error(), "SRV-0006 (of team)") || m.window("SRV-0012") != "W2" {
			t.Errorf("a server of others: %v", err)
		}
		if _, err := m.do(rehearsal.Watcher, engine.WindowChoice{Server: own, Window: "W1", Was: "W2"}); !errors.As(err, &denied) {
			t.Errorf("a viewer: %v", err)
		}
		if _, err := m.do(rehearsal.Lead, engine.WindowChoice{Server: foreign, Window: "W1"}); err != nil {
			t.Errorf("the lead: %v", err)
		}
		for window, says := range map[string]string{"W9": "choose one of W1, W2, or none", "D1": "choose one of W1, W2, or none", "E1": "choose one of W1, W2, or none"} {
			if _, err := m.do(ada, engine.WindowChoice{Server: own, Window: window, Was: "W2"}); err == nil || errors.As(err, &denied) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", window, err)
			}
		}
		if _, err := m.do(ada, engine.WindowChoice{Server: own, Was: "W2"}); err != nil || m.window("SRV-0012") != "" {
			t.Errorf("none: %v, it has %q", err, m.window("SRV-0012"))
		}
		if _, err := m.e.Do(m.ctx, ada, engine.MapWindow{Choices: []engine.WindowChoice{{Server: own, Window: "W1"}}}); err == nil {
			t.Error("taken without a reason")
		}
		if got := enginetest.Actions(t, m.store)["server.window"]; got != 3 {
			t.Errorf("%d mappings stand in the trail, want 3", got)
		}
	})
}

// Issue 4: two people acting on the same thing: the second is told what changed, by whom and why. What the first one did is taken back by an inverse, as
// long as nobody did more.
func TestTheSecondToMapAServerIsToldWhatChanged(t *testing.T) {
	whileMapping(t, read, func(m mapping) {
		t := m.t
		own := m.id("SRV-0012")
		first := engine.WindowChoice{Server: own, Window: "W2"}
		if _, err := m.do(ada, first); err != nil {
			t.Fatal(err)
		}
		var clash *approval.Conflict
		for name, choice := range map[string]engine.WindowChoice{"another window": {Server: own, Window: "W1"}, "the same": first} {
			if _, err := m.do(bruno, choice); !errors.As(err, &clash) || !strings.Contains(err.Error(), "(ada, ") || !strings.Contains(err.Error(), "after the nightly batch") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := engine.Undo(m.e.View(), bruno, engine.MapWindow{Choices: []engine.WindowChoice{first}}); err == nil {
			t.Error("what another person did is taken back by a key")
		}
		inverse, err := engine.Undo(m.e.View(), ada, engine.MapWindow{Choices: []engine.WindowChoice{first}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.e.Do(m.ctx, ada, inverse.Command("the wrong one")); err != nil || m.window("SRV-0012") != "" {
			t.Errorf("%v, it has %q", err, m.window("SRV-0012"))
		}
	})
}

// Handbook 8, clusters: members of one cluster never share a window; mapping and importing warn, plans refuse.
func TestMembersOfAClusterInOneWindowAreWarnedOf(t *testing.T) {
	whileMapping(t, read, func(m mapping) {
		t := m.t
		const warning = "SRV-0010 and SRV-0011 of cluster PAYSQL in W2"
		if words, err := m.do(ada, engine.WindowChoice{Server: m.id("SRV-0010"), Window: "W2"}); err != nil || strings.Contains(words, "warning") {
			t.Errorf("alone: %q %v", words, err)
		}
		if words, err := m.do(ada, engine.WindowChoice{Server: m.id("SRV-0011"), Window: "W2"}); err != nil || !strings.Contains(words, warning) {
			t.Errorf("together: %q %v", words, err)
		}
		words, err := m.e.Do(m.ctx, rehearsal.Lead, engine.ImportServers{Source: "again.csv", Servers: m.script.Servers})
		if err != nil || !strings.Contains(words, warning) || !strings.Contains(words, "20 unchanged") {
			t.Errorf("an import that names no window takes none away, and warns: %q %v", words, err)
		}
		moved := m.script.Servers[11]
		moved.Window = "W1"
		words, err = m.e.Do(m.ctx, rehearsal.Lead, engine.ImportServers{Source: "again.csv", Servers: []inventory.Server{moved}})
		if err != nil || !strings.Contains(words, "it moves SRV-0011 from window W2 (ada, ") || m.window("SRV-0011") != "W1" {
			t.Errorf("an import that names another window says whose choice it takes back: %q %v", words, err)
		}
	})
}

// Handbook 4 and 8: a frozen plan keeps its windows; who maps a server is told so, and the next plan follows.
func TestAFrozenPlanKeepsItsWindows(t *testing.T) {
	whileMapping(t, func(v *engine.View) bool { return len(v.Changes) > 0 }, func(m mapping) {
		t := m.t
		plan := m.e.View().Changes[0].Plan
		for _, a := range plan.Assignments {
			if a.Ring != rollout.Prod || a.Server != m.id("SRV-0012") {
				continue
			}
			other := map[string]string{"W1": "W2", "W2": "W1"}[a.Windows[0]]
			if other == "" {
				other = "W1"
			}
			words, err := m.do(ada, engine.WindowChoice{Server: a.Server, Window: other})
			if err != nil || !strings.Contains(words, "CHG-1 is frozen and keeps SRV-0012 in "+a.Windows[0]) || !strings.Contains(words, "next plan") {
				t.Errorf("%q %v", words, err)
			}
			return
		}
		t.Fatal("SRV-0012 is not in Prod of the plan")
	})
}
