package remote

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

// trial is a small fleet whose servers all have one fault, and ours to reach it. What it asks is asked again as long as a
// server looks like one that is restarting, or a machine is busy.
type trial struct {
	*rehearsal
	ctx context.Context
	all []simulator.Description
	to  engine.Target // a server that misses the month's update
}

// try makes a trial. A fleet of 40 has clusters and two domain controllers.
func try(t *testing.T, servers int, fault string, speed float64) *trial {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
	t.Cleanup(cancel)
	n := &trial{ctx: ctx}
	n.rehearsal, n.all = rehearseOn(t, simulator.Config{Servers: servers, Seed: 4, Speed: speed, Faults: simulator.Faults(fault), Published: []simulator.Published{
		{KB: monthsUpdate, BaseBuild: [3]int{10, 0, 20348}, UBR: 4773, Restart: true},
		{KB: "KB5999021", BaseBuild: [3]int{10, 0, 20348}, UBR: 4500, Restart: true}}})
	n.to = target(n.servers[0])
	return n
}

// on looks at a server whose name holds the text, such as "-DC-".
func (n *trial) on(text string) *trial {
	n.t.Helper()
	i := slices.IndexFunc(n.all, func(d simulator.Description) bool { return strings.Contains(d.Name, text) })
	if i < 0 {
		n.t.Fatalf("the fleet has no server like %q", text)
	}
	return n.at(n.all[i])
}

func (n *trial) at(d simulator.Description) *trial {
	other := *n
	other.to = target(d)
	return &other
}

// node looks at a node of a cluster.
func (n *trial) node() *trial {
	n.t.Helper()
	i := slices.IndexFunc(n.all, func(d simulator.Description) bool { return d.Cluster != "" })
	if i < 0 {
		n.t.Fatal("the fleet has no cluster")
	}
	return n.at(n.all[i])
}

// until asks until the answer is yes.
func (n *trial) until(what string, yes func() bool) {
	n.t.Helper()
	for !yes() {
		if n.ctx.Err() != nil {
			n.t.Fatalf("%s did not come: %v", what, n.ctx.Err())
		}
	}
}

// patiently asks until there is an answer, or an error that waiting does not mend.
func patiently[T any](n *trial, ask func(context.Context) (T, error)) (answer T, err error) {
	n.t.Helper()
	n.until("an answer", func() bool {
		answer, err = ask(n.ctx)
		return !mayPass(err)
	})
	return answer, err
}

// mayPass tells whether an error is worth asking again: what a restart looks like, and damage.
func mayPass(err error) bool {
	var failure *rollout.Failure
	return isRestarting(err) || errors.As(err, &failure) && failure.Class == rollout.ClassProtocol && failure.Retry
}

func must[T any](n *trial, ask func(context.Context) (T, error)) T {
	n.t.Helper()
	answer, err := patiently(n, ask)
	if err != nil {
		n.t.Fatal(err)
	}
	return answer
}

func (n *trial) facts(ctx context.Context) (inventory.Facts, error) { return n.fleet.Facts(ctx, n.to) }

func (n *trial) health(ctx context.Context) (Health, error) { return n.fleet.ReadHealth(ctx, n.to) }

func (n *trial) verify(ctx context.Context) (rollout.Verification, error) {
	return n.fleet.Verify(ctx, n.to, []string{monthsUpdate}, nil)
}

// start starts a job, once, however often it must be asked for.
func (n *trial) start(id string, kind rollout.JobKind) rollout.Job {
	n.t.Helper()
	return must(n, func(ctx context.Context) (rollout.Job, error) {
		return n.fleet.StartJob(ctx, n.to, engine.JobOrder{ID: id, Kind: kind, Change: "CHG-1", Deadline: n.now().Add(deadline), Updates: []string{monthsUpdate}})
	})
}

func (n *trial) job(id string) rollout.Job {
	n.t.Helper()
	return must(n, func(ctx context.Context) (rollout.Job, error) { return n.fleet.Job(ctx, n.to, id, 0) })
}

// finish starts a job and gives it as it ended.
func (n *trial) finish(id string, kind rollout.JobKind) (job rollout.Job) {
	n.t.Helper()
	n.start(id, kind)
	n.until("the end of "+id, func() bool { job = n.job(id); return job.Outcome != nil })
	return job
}

func (n *trial) succeed(id string, kind rollout.JobKind) rollout.Job {
	n.t.Helper()
	job := n.finish(id, kind)
	if !job.Outcome.Succeeded {
		n.t.Fatalf("%s: %+v %v", id, job.Outcome, job.Outcome.Failure)
	}
	return job
}

// ends checks that a job ends with a failure of that class and code.
func (n *trial) ends(id string, kind rollout.JobKind, class rollout.Class, code string) {
	n.t.Helper()
	if job := n.finish(id, kind); !isFailure(job.Outcome.Failure, class, code) {
		n.t.Errorf("%s: %+v, want %s %s", id, job.Outcome.Failure, class, code)
	}
}

// order orders a restart of the present start.
func (n *trial) order(id string) inventory.Facts {
	n.t.Helper()
	before := must(n, n.facts)
	must(n, func(ctx context.Context) (rollout.Restarted, error) {
		answer, err := n.fleet.Restart(ctx, n.to, engine.RestartOrder{ID: id, BootTime: before.BootTime, Comment: "CHG-1"})
		if isFailure(err, rollout.ClassNetwork, codeUnknownOutcome) && n.events("going_down") > 0 {
			err = nil // it went before its answer arrived, and may never be able to give another
		}
		return answer, err
	})
	return before
}

// restart orders a restart and waits until the server has settled after it.
func (n *trial) restart(id string) (after rollout.Verification) {
	n.t.Helper()
	before := n.order(id)
	n.until("the end of the restart", func() bool {
		after = must(n, n.verify)
		return after.BootTime.After(before.BootTime) && !after.Busy
	})
	return after
}

// unreachable waits until the server cannot be reached with one of those codes.
func (n *trial) unreachable(codes ...string) {
	n.t.Helper()
	n.until("silence", func() bool {
		_, err := n.facts(n.ctx)
		return isFailure(err, rollout.ClassNetwork, codes...)
	})
}

// events tells how often something happened on the server.
func (n *trial) events(event string) int { return n.ledger.count(n.t)[n.to.Name+" "+event] }

func isFailure(err error, class rollout.Class, codes ...string) bool {
	var failure *rollout.Failure
	return errors.As(err, &failure) && failure != nil && failure.Class == class && (len(codes) == 0 || slices.Contains(codes, failure.Code))
}
