package remote

import (
	"context"
	"time"

	"patchdeck/engine/rollout"
)

// What can go wrong between a server and others.

func (n *trial) cluster(ctx context.Context) (Cluster, error) { return n.fleet.Cluster(ctx, n.to) }

func (n *trial) suspend(ctx context.Context) (Cluster, error) {
	return n.fleet.SuspendNode(ctx, n.to, "c-1", time.Minute)
}

// drained suspends a node until there is nothing left to wait for.
func (n *trial) drained() (c Cluster) {
	n.t.Helper()
	n.until("the end of the drain", func() bool { c = must(n, n.suspend); return c.Waiting == "" })
	return c
}

func drainFails(n *trial) {
	n = n.node()
	for range 2 {
		if c := n.drained(); c.Drain != "Failed" || c.Drained() || !c.Ours {
			n.t.Errorf("%+v", c)
		}
	}
	if n.events("drain_failed") != 2 || n.events("node_drained") != 0 {
		n.t.Errorf("%v", n.ledger.count(n.t))
	}
	if c := must(n, func(ctx context.Context) (Cluster, error) { return n.fleet.ResumeNode(ctx, n.to, time.Minute) }); c.State != "Up" || c.Ours {
		n.t.Errorf("it was not taken back: %+v", c)
	}
}

func drainFailsOnce(n *trial) {
	n = n.node()
	if c := n.drained(); c.Drain != "Failed" {
		n.t.Errorf("first: %+v", c)
	}
	if c := n.drained(); !c.Drained() {
		n.t.Errorf("second: %+v", c)
	}
}

func staysOut(n *trial) {
	n = n.node()
	n.restart("restart-1")
	n.until("the late services", func() bool {
		facts := must(n, n.facts)
		return facts.ClusterState == "Down"
	})
	if c := must(n, n.cluster); c.Applicable || c.Why != "service_stopped" {
		n.t.Errorf("%+v", c)
	}
}

func repairsForHours(n *trial) {
	n = n.node()
	n.restart("restart-1")
	n.until("the repair", func() bool {
		c := must(n, n.cluster)
		return c.State == "Up" && len(c.StorageJobs) == 1 && !c.Healthy()
	})
	if c := must(n, n.suspend); c.Waiting != "storage" || c.State != "Up" {
		n.t.Errorf("it was suspended while storage is repaired: %+v", c)
	}
}

func refusesRoles(n *trial) {
	n = n.on("-DC-")
	away := must(n, func(ctx context.Context) (Roles, error) { return n.fleet.MoveRoles(ctx, n.to, "m-1", "") })
	if len(away.Roles) != 5 || away.Complete() {
		n.t.Fatalf("%+v", away)
	}
	for _, role := range away.Roles {
		if role.Failure == nil || role.Failure.Class != rollout.ClassConfig || role.Failure.Code != "0x80131500" {
			n.t.Errorf("%+v", role.Failure)
		}
	}
	back := must(n, func(ctx context.Context) (Roles, error) { return n.fleet.ReturnRoles(ctx, n.to) })
	if !back.Complete() || len(back.Roles) != 5 || back.Roles[0].Result != "kept" {
		n.t.Errorf("%+v", back)
	}
	if n.events("role_refused") != 5 || n.events("role_moved") != 0 {
		n.t.Errorf("%v", n.ledger.count(n.t))
	}
}

func breaksMonitoring(n *trial) {
	_, err := patiently(n, func(ctx context.Context) (Monitoring, error) {
		return n.fleet.SuspendMonitoring(ctx, n.to, "CHG-1", time.Hour)
	})
	if !isFailure(err, rollout.ClassConfig, "PD-MONITORING") || n.events("monitoring_failed") != 1 {
		n.t.Errorf("%v %v", err, n.ledger.count(n.t))
	}
}

// What can go wrong with a restart, and be mended by asking.

func restartsThoughNobodyAsked(n *trial) {
	job := n.succeed("install-1", rollout.JobInstall)
	if job.Outcome.RestartRequired {
		n.t.Error("the agent says that a restart is wanted")
	}
	if facts := must(n, n.facts); !facts.RestartBlocks() {
		n.t.Errorf("servicing does not say so either: %+v", facts.PendingRestart)
	}
	if v := n.restart("restart-1"); v.Build.String() != fixedBuild {
		n.t.Errorf("%+v", v)
	}
}

func doesNotRestartAtFirst(n *trial) {
	before := n.order("restart-1")
	at := n.now()
	n.until("half an hour", func() bool { return n.now().Sub(at) > 30*time.Minute })
	if v := must(n, n.verify); !v.BootTime.Equal(before.BootTime) || n.events("restart_ignored") != 1 {
		n.t.Errorf("it restarted: %+v", v)
	}
	n.restart("restart-2")
}

func restartsByItself(n *trial) {
	before := must(n, n.facts)
	n.succeed("install-1", rollout.JobInstall)
	n.until("a restart that nobody ordered", func() bool { return must(n, n.verify).BootTime.After(before.BootTime) })
	if by := n.ledger.by(n.t, n.to.Name, "restarted"); len(by) != 1 || by[0] != "" {
		n.t.Errorf("ordered by %q", by)
	}
}

func restartsTwice(n *trial) {
	n.succeed("install-1", rollout.JobInstall)
	n.order("restart-1")
	n.until("the second start", func() bool { return n.events("restarted") == 2 })
	if by := n.ledger.by(n.t, n.to.Name, "restarted"); by[0] != "restart-1" || by[1] != "" {
		n.t.Errorf("ordered by %q", by)
	}
	n.until("rest", func() bool { v := must(n, n.verify); return !v.Busy && v.Build.String() == fixedBuild })
}

func jumps(n *trial) {
	n.restart("restart-1")
	n.until("a quick answer with the clock in it", func() bool {
		h := must(n, n.health)
		return h.ClockSkew > 0 && hasObstacle(&h, rollout.ClassConfig, "PD-CLOCK")
	})
}

// isLostAndFound leaves to the ledger that nobody could reach the server: what asks late finds it there again.
func isLostAndFound(n *trial) {
	n.succeed("install-1", rollout.JobInstall)
	if n.events("network_lost") != 1 || n.events("network_back") != 1 || n.events("job_lost") != 0 {
		n.t.Errorf("%v", n.ledger.count(n.t))
	}
}
