package simulator

import (
	"encoding/json"
	"time"
)

// clusterView is what the cluster scripts answer.
type clusterView struct {
	Applicable  bool          `json:"applicable"`
	Why         string        `json:"why"`
	Cluster     string        `json:"cluster"`
	Node        string        `json:"node"`
	State       string        `json:"state"`
	Drain       string        `json:"drain"`
	Ours        bool          `json:"ours"`
	Waiting     string        `json:"waiting"`
	Nodes       []clusterNode `json:"nodes"`
	Groups      []ownedGroup  `json:"groups"`
	StorageJobs []storageJob  `json:"storage_jobs"`
	Time        stamp         `json:"time"`
}

type clusterNode struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

type ownedGroup struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	State string `json:"state"`
}

type storageJob struct {
	Name    string `json:"name"`
	State   string `json:"state"`
	Percent int    `json:"percent"`
}

// clusterNodeDown is ERROR_CLUSTER_NODE_DOWN.
const clusterNodeDown = "0x800713BA"

// clusterAnswer locks the cluster, lets act change this node, and shows how everything stands then. What the real scripts wait
// for is named at once here: fleet time goes on between two calls, not within one.
func (h *host) clusterAnswer(now time.Time, act func(f *failover, n *node) (waiting string, err error)) (any, error) {
	v := clusterView{Node: h.name, Nodes: []clusterNode{}, Groups: []ownedGroup{}, StorageJobs: []storageJob{}, Time: h.shown(now)}
	f, n := h.failover, h.node
	if f == nil {
		v.Why = "no_cluster"
		return v, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.state(now) == "Down" {
		v.Why = "service_stopped"
		return v, nil
	}
	f.settle(now)
	waiting, err := act(f, n)
	if err != nil {
		return nil, err
	}
	f.settle(now)
	v.Applicable, v.Cluster, v.State, v.Drain = true, f.name, n.state(now), n.drain(now)
	v.Ours, v.Waiting, v.StorageJobs = n.ours, waiting, f.repairs(now)
	for _, other := range f.nodes {
		v.Nodes = append(v.Nodes, clusterNode{other.name, other.state(now)})
	}
	for _, g := range f.groups {
		v.Groups = append(v.Groups, ownedGroup{g.name, g.owner, "Online"})
	}
	return v, nil
}

func (h *host) runClusterState(_ json.RawMessage, now time.Time) (any, error) {
	return h.clusterAnswer(now, func(*failover, *node) (string, error) { return "", nil })
}

func (h *host) runClusterSuspend(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Suspend string `json:"suspend"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("suspend", asked.Suspend); err != nil {
		return nil, err
	}
	return h.clusterAnswer(now, func(f *failover, n *node) (string, error) {
		if !n.ours && n.paused {
			return "", nil // somebody else's
		}
		switch {
		case !n.paused && len(f.repairs(now)) > 0:
			return "storage", nil
		case !n.paused && !f.peersUp(n, now):
			return "", &problem{clusterNodeDown, "no other node of the cluster is up, so nothing can be moved off this one"}
		case !n.paused:
			n.ours, n.paused = true, true
			h.record(now, entry{Event: nodeSuspended, By: asked.Suspend})
			h.drain(now)
		case n.drain(now) == "Failed" && n.told:
			h.drain(now) // each call tries anew what failed
		}
		switch n.drain(now) {
		case "InProgress":
			return "drain", nil
		case "Failed":
			n.told = true
		}
		return "", nil
	})
}

// drain begins to move everything off the node. The failover is locked.
func (h *host) drain(now time.Time) {
	n := h.node
	n.drains++
	n.stuck, n.told = h.fate.stuckDrain && h.fate.strikes(n.drains), false
	n.drained = now.Add(h.draws.between(20*time.Second, 90*time.Second, "drain", n.drains))
	drains, ended := n.drains, nodeDrained
	if n.stuck {
		ended = drainFailed
	}
	h.at(n.drained, func(at time.Time) {
		h.failover.mu.Lock()
		defer h.failover.mu.Unlock()
		if n.paused && n.drains == drains {
			h.failover.settle(at)
			h.record(at, entry{Event: ended})
		}
	})
}

func (h *host) runClusterResume(_ json.RawMessage, now time.Time) (any, error) {
	return h.clusterAnswer(now, func(f *failover, n *node) (string, error) {
		if n.ours {
			n.ours, n.paused = false, false
			for i := range f.groups {
				if f.groups[i].home == n.name {
					f.groups[i].owner = n.name
				}
			}
			h.record(now, entry{Event: nodeResumed})
		}
		if len(f.repairs(now)) > 0 {
			return "storage", nil
		}
		return "", nil
	})
}
