package simulator

import (
	"slices"
	"sync"
	"time"
)

// failover is one failover cluster: what its nodes share. Its lock is taken while that of a host is held, never the other way.
type failover struct {
	name    string
	mirrors bool // its nodes mirror each other's storage: a node that was away is repaired afterwards
	draws   draws
	mu      sync.Mutex
	nodes   []*node
	groups  []clusterGroup
}

// node is one member of a failover cluster.
type node struct {
	name     string
	away     time.Time // when it left the cluster; zero for a node that never did
	back     time.Time // when it joined again; zero while nobody knows
	paused   bool
	drained  time.Time // when the drain is, or was, complete
	repaired time.Time // when the storage that it missed is whole again
	ours     bool      // it bears the mark of a suspension by script
	drains   int
	stuck    bool // the drain under way ends as Failed
	told     bool // somebody has seen that it failed
}

// clusterGroup is a group of resources: it lives on its home node unless that cannot have it.
type clusterGroup struct {
	name, home, owner string
}

// mirrorShare is the part of the clusters whose nodes mirror each other's storage.
const mirrorShare = 0.3

// unite makes the clusters that the servers say they belong to.
func unite(hosts []*host) {
	known := make(map[string]*failover)
	for _, h := range hosts {
		if h.cluster == "" {
			continue
		}
		f := known[h.cluster]
		if f == nil {
			f = &failover{name: h.cluster, draws: draws{h.draws.seed, h.cluster}}
			f.mirrors = f.draws.fraction("mirrors", 0) < mirrorShare
			f.groups = []clusterGroup{{"Cluster Group", h.name, h.name}}
			known[h.cluster] = f
		}
		f.groups = append(f.groups, clusterGroup{"SQL Server (" + h.name + ")", h.name, h.name})
		h.failover, h.node = f, &node{name: h.name}
		f.nodes = append(f.nodes, h.node)
	}
}

func (n *node) state(now time.Time) string {
	switch {
	case !n.away.IsZero() && !now.Before(n.away) && (n.back.IsZero() || now.Before(n.back)):
		return "Down"
	case n.paused:
		return "Paused"
	}
	return "Up"
}

// stateOf is a node's state as others ask for it, with the failover not locked.
func (f *failover) stateOf(n *node, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return n.state(now)
}

func (n *node) drain(now time.Time) string {
	switch {
	case !n.paused:
		return "NotInitiated"
	case now.Before(n.drained):
		return "InProgress"
	case n.stuck:
		return "Failed"
	}
	return "Completed"
}

// settle moves groups off nodes that are down, or drained, to the first that is up. The failover is locked.
func (f *failover) settle(now time.Time) {
	taker := slices.IndexFunc(f.nodes, func(n *node) bool { return n.state(now) == "Up" })
	if taker < 0 {
		return
	}
	for _, n := range f.nodes {
		if state := n.state(now); state != "Down" && (state != "Paused" || n.drain(now) != "Completed") {
			continue
		}
		for i := range f.groups {
			if f.groups[i].owner == n.name {
				f.groups[i].owner = f.nodes[taker].name
			}
		}
	}
}

// peersUp tells whether a node other than n is up.
func (f *failover) peersUp(n *node, now time.Time) bool {
	return slices.ContainsFunc(f.nodes, func(other *node) bool { return other != n && other.state(now) == "Up" })
}

// repairs are the storage jobs under way at the moment now.
func (f *failover) repairs(now time.Time) []storageJob {
	jobs := []storageJob{}
	for _, n := range f.nodes {
		if n.state(now) != "Down" && !n.back.IsZero() && now.Before(n.repaired) {
			percent := 100 * now.Sub(n.back) / n.repaired.Sub(n.back)
			jobs = append(jobs, storageJob{"Repair of " + n.name, "Running", int(percent)})
		}
	}
	return jobs
}

// leave is what the cluster sees when a node goes down.
func (f *failover) leave(n *node, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n.away, n.back = at, time.Time{}
	f.settle(at)
}

// expect says from when on a node that left is back without having missed anything; never when that is zero.
func (f *failover) expect(n *node, back time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n.back, n.repaired = back, back
}

// slowRepair is how long the repair of storage takes that drags on.
const slowRepair = 5 * time.Hour

// join is what the cluster sees when a node comes back: a paused one stays paused.
func (f *failover) join(n *node, at time.Time, attempt int, slow bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n.back, n.repaired = at, at
	switch {
	case slow:
		n.repaired = at.Add(slowRepair)
	case f.mirrors:
		n.repaired = at.Add(f.draws.between(4*time.Minute, 12*time.Minute, "repair of "+n.name, attempt))
	}
}
