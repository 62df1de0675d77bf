package simulator

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// pair finds the two nodes of a cluster that mirrors its storage, or does not.
func (b *workbench) pair(mirrors bool) (first, second *host) {
	b.t.Helper()
	for i, h := range b.hosts {
		if h.failover != nil && h.failover.mirrors == mirrors && i%2 == 0 {
			return h, b.hosts[i+1]
		}
	}
	b.t.Fatal("the fleet has no such cluster")
	return nil, nil
}

func suspend(b *workbench, h *host) clusterShown {
	return ask[clusterShown](b, h, "cluster-suspend", map[string]any{"suspend": "c-1", "wait_seconds": 60})
}

// clusterShown is clusterView as a client reads it.
type clusterShown struct {
	Applicable        bool
	Why, State, Drain string
	Ours              bool
	Waiting           string
	Nodes             []clusterNode
	Groups            []ownedGroup
	StorageJobs       []storageJob `json:"storage_jobs"`
}

func (c *clusterShown) owned(by *host) (n int) {
	for _, g := range c.Groups {
		if g.Owner == by.name {
			n++
		}
	}
	return n
}

func TestANodeIsDrainedRestartedAndTakenBackWithItsGroups(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 1})
	first, second := b.pair(true)
	before := ask[clusterShown](b, first, "cluster-state", struct{}{})
	if before.owned(first) == 0 || before.owned(second) == 0 || before.State != "Up" {
		t.Fatalf("before: %+v", before)
	}
	if c := suspend(b, first); c.State != "Paused" || c.Waiting != "drain" || !c.Ours || c.owned(first) == 0 {
		t.Errorf("while it drains: %+v", c)
	}
	b.pass(2 * time.Minute)
	if c := suspend(b, first); c.Drain != "Completed" || c.Waiting != "" || c.owned(first) != 0 {
		t.Errorf("drained: %+v", c)
	}
	restartAndWait(b, first, "restart-1")
	b.pass(serviceDelay)
	if c := ask[clusterShown](b, first, "cluster-state", struct{}{}); c.State != "Paused" || !c.Ours {
		t.Errorf("a restart took the node back: %+v", c)
	}
	if c := ask[clusterShown](b, first, "cluster-resume", struct{}{}); c.State != "Up" || c.Ours || c.owned(first) != before.owned(first) || c.Waiting != "storage" || len(c.StorageJobs) != 1 {
		t.Errorf("resumed: %+v", c)
	}
	if c := suspend(b, second); c.Waiting != "storage" || c.State != "Up" {
		t.Errorf("a node was suspended while storage is being repaired: %+v", c)
	}
	b.pass(15 * time.Minute)
	if c := suspend(b, second); c.State != "Paused" {
		t.Errorf("the second node: %+v", c)
	}
	if got := strings.Join(b.events(first), ","); got != "node_suspended,node_drained,going_down,restarted,node_resumed" {
		t.Errorf("ledger: %s", got)
	}
}

func TestGroupsOfANodeThatGoesDownMoveByThemselves(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 1})
	first, second := b.pair(false)
	orderRestart(b, first, "restart-1")
	b.pass(30 * time.Second)
	c := ask[clusterShown](b, second, "cluster-state", struct{}{})
	if c.owned(first) != 0 || c.Nodes[0].State != "Down" {
		t.Errorf("%+v", c)
	}
	exit := second.Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(t, "cluster-suspend", map[string]any{"suspend": "c-1"})})
	if !strings.Contains(string(exit.Stdout), clusterNodeDown) {
		t.Errorf("the last node was suspended: %s", exit.Stdout)
	}
}

func TestAServerOutsideAClusterHasNothingToSuspend(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	for _, script := range []string{"cluster-state", "cluster-suspend", "cluster-resume"} {
		c := ask[clusterShown](b, b.hosts[0], script, map[string]any{"suspend": "c-1"})
		if c.Applicable || c.Why != "no_cluster" {
			t.Errorf("%s: %+v", script, c)
		}
	}
}

func TestANodeThatSomebodyElsePausedIsLeftAlone(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 1})
	first, _ := b.pair(false)
	first.node.paused = true
	if c := suspend(b, first); c.Ours || c.State != "Paused" {
		t.Errorf("%+v", c)
	}
	if c := ask[clusterShown](b, first, "cluster-resume", json.RawMessage("{}")); c.State != "Paused" {
		t.Errorf("somebody else's pause was ended: %+v", c)
	}
}
