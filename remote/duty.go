package remote

import (
	"context"
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// dutyCalls say for each duty how it is taken from a server and given back.
var dutyCalls = map[rollout.Duty]struct {
	take, give func(*Fleet, context.Context, engine.Target, engine.DutyOrder) (rollout.Handed, error)
}{
	rollout.Monitoring:   {(*Fleet).silence, (*Fleet).unsilence},
	rollout.MasterRoles:  {(*Fleet).lendRoles, (*Fleet).regainRoles},
	rollout.ClusterPlace: {(*Fleet).leaveCluster, (*Fleet).rejoinCluster},
}

// TakeDuty takes over what a server does for others, ahead of its installation. An answer that waits is asked again.
func (f *Fleet) TakeDuty(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	if call, ok := dutyCalls[order.Duty]; ok {
		return call.take(f, ctx, target, order)
	}
	return rollout.Handed{}, unknownDuty(order)
}

// GiveDuty gives it back. What was not taken by us stays as it is.
func (f *Fleet) GiveDuty(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	if call, ok := dutyCalls[order.Duty]; ok {
		return call.give(f, ctx, target, order)
	}
	return rollout.Handed{}, unknownDuty(order)
}

func unknownDuty(order engine.DutyOrder) error {
	return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-DUTY", Words: "there is no duty " + clean(string(order.Duty), 40)}
}

func (f *Fleet) silence(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	m, err := f.SuspendMonitoring(ctx, target, order.Change, order.Length)
	return m.handed("suspended"), err
}

func (f *Fleet) unsilence(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	m, err := f.ResumeMonitoring(ctx, target, order.Change)
	return m.handed("resumed"), err
}

func (m Monitoring) handed(done string) rollout.Handed {
	if !m.Configured {
		return rollout.Handed{Words: "no script for it"}
	}
	return rollout.Handed{Words: done}
}

// noModule is for a server that has a duty and lacks the commands to hand it over.
func noModule(what string) *rollout.Failure {
	return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-MODULE", Words: "the PowerShell commands for " + what + " are missing on it"}
}

func (f *Fleet) lendRoles(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	roles, err := f.MoveRoles(ctx, target, order.ID, "")
	if err != nil {
		return rollout.Handed{}, err
	}
	return roles.handed()
}

func (f *Fleet) regainRoles(ctx context.Context, target engine.Target, _ engine.DutyOrder) (rollout.Handed, error) {
	roles, err := f.ReturnRoles(ctx, target)
	if err != nil {
		return rollout.Handed{}, err
	}
	return roles.handed()
}

func (r *Roles) handed() (rollout.Handed, error) {
	switch {
	case r.Why == "no_module":
		return rollout.Handed{}, noModule("the directory")
	case !r.Applicable:
		return rollout.Handed{Words: "it is no domain controller"}, nil
	case len(r.Roles) == 0:
		return rollout.Handed{Words: "none"}, nil
	}
	var moved []string
	for _, role := range r.Roles {
		if role.Failure != nil {
			failure := *role.Failure
			failure.Words = role.Name + ": " + failure.Words
			return rollout.Handed{}, &failure
		}
		if role.Result == "moved" {
			moved = append(moved, role.Name+" -> "+role.To)
		} else {
			moved = append(moved, role.Name+" "+role.Result)
		}
	}
	return rollout.Handed{Words: strings.Join(moved, ", ")}, nil
}

// leaveCluster never waits on the server: it says what it waits for, and is asked again.
func (f *Fleet) leaveCluster(ctx context.Context, target engine.Target, order engine.DutyOrder) (rollout.Handed, error) {
	c, err := f.SuspendNode(ctx, target, order.ID, 0)
	if handed, settled, err := c.inAnyCase(err, rollout.Handed{Words: "it is down already: its cluster service is stopped"}); settled {
		return handed, err
	}
	switch {
	case !c.Drained():
		return rollout.Handed{}, &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-DRAIN", Retry: true,
			Words: fmt.Sprintf("the node is %s, its drain %s, and it still owns %d groups", c.State, c.Drain, c.owned())}
	case !c.Ours:
		return rollout.Handed{Words: "somebody else suspended it before, and it stays so"}, nil
	}
	return rollout.Handed{Words: fmt.Sprintf("drained and suspended in %s", c.Name)}, nil
}

// rejoinCluster is done when the node serves again and all storage is whole: only then may a peer be taken out.
func (f *Fleet) rejoinCluster(ctx context.Context, target engine.Target, _ engine.DutyOrder) (rollout.Handed, error) {
	c, err := f.ResumeNode(ctx, target, 0)
	if handed, settled, err := c.inAnyCase(err, rollout.Handed{Waiting: "its cluster service to start"}); settled {
		return handed, err
	}
	if c.State == "Paused" {
		return rollout.Handed{Words: "it stays suspended: that was not our doing"}, nil
	}
	return rollout.Handed{Words: "resumed in " + c.Name}, nil
}

// inAnyCase gives the answers that leaving and rejoining share: no answer, no cluster, a stopped service, something under way.
func (c *Cluster) inAnyCase(failure error, stopped rollout.Handed) (handed rollout.Handed, settled bool, err error) {
	switch {
	case failure != nil:
		return rollout.Handed{}, true, failure
	case c.Why == "no_module":
		return rollout.Handed{}, true, noModule("the cluster")
	case c.Why == "service_stopped":
		return stopped, true, nil
	case !c.Applicable:
		return rollout.Handed{Words: "it is in no failover cluster"}, true, nil
	case c.Waiting != "":
		return rollout.Handed{Waiting: waitsFor[c.Waiting]}, true, nil
	}
	return rollout.Handed{}, false, nil
}

// waitsFor tells what a cluster waits for in words.
var waitsFor = map[string]string{"storage": "repairs of its storage", "drain": "its groups to move", "node": "the node to join"}

func (c *Cluster) owned() int {
	n := 0
	for _, g := range c.Groups {
		if g.Owner == c.Node {
			n++
		}
	}
	return n
}
