package remote

import (
	"context"
	"time"

	"patchdeck/engine"
)

// Cluster is a failover cluster as one of its nodes sees it.
type Cluster struct {
	Applicable  bool   // the server is a node and can be asked
	Why         string // otherwise: "no_cluster", "no_module" (a node without the commands), "service_stopped" (a node that is down)
	Name        string
	Node        string // this server
	State       string // of this node: Up, Paused, Down, Joining
	Drain       string // NotInitiated, InProgress, Completed, Failed
	Ours        bool   // it was suspended by us and not yet resumed
	Waiting     string // what is under way and worth another call: "storage", "drain", "node" or nothing
	Nodes       []ClusterNode
	Groups      []ClusterGroup
	StorageJobs []StorageJob
	Time        time.Time // the server's clock
}

// ClusterNode is a node and its state.
type ClusterNode struct{ Name, State string }

// ClusterGroup is a group of resources and the node that owns it now.
type ClusterGroup struct{ Name, Owner, State string }

// StorageJob is work on the storage of the cluster that is not done yet, such as a repair after a node was away.
type StorageJob struct {
	Name, State string
	Percent     int
}

// Drained tells whether this node is out of service and owns nothing any more.
func (c *Cluster) Drained() bool {
	return c.Applicable && c.State == "Paused" && c.Drain == "Completed" && c.owned() == 0
}

// Healthy tells whether every node is up and all storage is whole: only then may another node be taken out.
func (c *Cluster) Healthy() bool {
	for _, n := range c.Nodes {
		if n.State != "Up" {
			return false
		}
	}
	return c.Applicable && len(c.StorageJobs) == 0
}

// clusterResult is CLUSTER of the script protocol.
type clusterResult struct {
	Applicable *bool  `json:"applicable"`
	Why        string `json:"why"`
	Cluster    string `json:"cluster"`
	Node       string `json:"node"`
	State      string `json:"state"`
	Drain      string `json:"drain"`
	Ours       bool   `json:"ours"`
	Waiting    string `json:"waiting"`
	Nodes      []struct {
		Name  string `json:"name"`
		State string `json:"state"`
	} `json:"nodes"`
	Groups []struct {
		Name  string `json:"name"`
		Owner string `json:"owner"`
		State string `json:"state"`
	} `json:"groups"`
	StorageJobs []struct {
		Name    string `json:"name"`
		State   string `json:"state"`
		Percent int64  `json:"percent"`
	} `json:"storage_jobs"`
	Time string `json:"time"`
}

type suspendParameters struct {
	Suspend string `json:"suspend"`
	Seconds int    `json:"wait_seconds"`
}

type resumeParameters struct {
	Seconds int `json:"wait_seconds"`
}

// longestClusterWait is how long one call may wait on the server; what takes longer is asked for again.
const longestClusterWait = 2 * time.Minute

func clusterSeconds(wait time.Duration) int {
	return int(min(max(wait, 0), longestClusterWait) / time.Second)
}

// Cluster asks how the server's cluster stands.
func (f *Fleet) Cluster(ctx context.Context, target engine.Target) (Cluster, error) {
	return f.cluster(ctx, target, "cluster-state", struct{}{})
}

// SuspendNode moves everything off this node, waiting at most wait. It is called again while the answer says that it waits
// for something; the node is suspended once. id names who asks for it.
func (f *Fleet) SuspendNode(ctx context.Context, target engine.Target, id string, wait time.Duration) (Cluster, error) {
	return f.cluster(ctx, target, "cluster-suspend", suspendParameters{id, clusterSeconds(wait)})
}

// ResumeNode takes the node back into service, waiting at most wait. A node that was not suspended by SuspendNode stays as it is.
func (f *Fleet) ResumeNode(ctx context.Context, target engine.Target, wait time.Duration) (Cluster, error) {
	return f.cluster(ctx, target, "cluster-resume", resumeParameters{clusterSeconds(wait)})
}

func (f *Fleet) cluster(ctx context.Context, target engine.Target, script string, parameters any) (Cluster, error) {
	var result clusterResult
	if err := f.call(ctx, target, script, parameters, &result); err != nil {
		return Cluster{}, err
	}
	cluster, err := result.believe()
	if err != nil {
		return Cluster{}, protocolFailure(err)
	}
	return cluster, nil
}

// Largest clusters that Windows knows, with room to spare.
const (
	mostNodes       = 128
	mostGroups      = 10000
	mostStorageJobs = 1000
)

func (r *clusterResult) believe() (Cluster, error) {
	var c check
	cluster := Cluster{Why: c.oneOf("why", r.Why, "", "no_cluster", "no_module", "service_stopped"), Node: clean(r.Node, shortWords), Time: c.time("time", r.Time)}
	switch {
	case r.Applicable == nil || *r.Applicable == (r.Why != ""):
		c.refuse("applicable", "and the reason against it do not fit together")
		return cluster, c.err
	case !*r.Applicable:
		return cluster, c.err
	}
	cluster.Applicable, cluster.Name, cluster.Ours = true, clean(r.Cluster, shortWords), r.Ours
	cluster.State = c.oneOf("state", r.State, "Up", "Paused", "Down", "Joining", "Unknown")
	cluster.Drain = c.oneOf("drain", r.Drain, "NotInitiated", "InProgress", "Completed", "Failed")
	cluster.Waiting = c.oneOf("waiting", r.Waiting, "", "storage", "drain", "node")
	r.lists(&c, &cluster)
	return cluster, c.err
}

func (r *clusterResult) lists(c *check, cluster *Cluster) {
	c.list("nodes", len(r.Nodes), mostNodes)
	for _, n := range r.Nodes[:min(len(r.Nodes), mostNodes)] {
		cluster.Nodes = append(cluster.Nodes, ClusterNode{clean(n.Name, shortWords), clean(n.State, 32)})
	}
	if len(r.Nodes) == 0 {
		c.refuse("nodes", "are missing, though the server is one")
	}
	c.list("groups", len(r.Groups), mostGroups)
	for _, g := range r.Groups[:min(len(r.Groups), mostGroups)] {
		cluster.Groups = append(cluster.Groups, ClusterGroup{clean(g.Name, shortWords), clean(g.Owner, shortWords), clean(g.State, 32)})
	}
	c.list("storage_jobs", len(r.StorageJobs), mostStorageJobs)
	for _, j := range r.StorageJobs[:min(len(r.StorageJobs), mostStorageJobs)] {
		cluster.StorageJobs = append(cluster.StorageJobs, StorageJob{clean(j.Name, shortWords), clean(j.State, 32), int(c.within("storage_jobs", j.Percent, 0, 100))})
	}
}
