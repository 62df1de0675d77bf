package engine_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
)

// types runs a line as a person types it, in the shell of somebody with all roles.
func (o *office) types(line string) (code int, says string) {
	var out bytes.Buffer
	everybody := approval.Actor{Name: "ops.duty", Roles: []approval.Role{approval.Lead, approval.OnCall, approval.Authority}, Via: "test"}
	env := command.Environment{Streams: command.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, DefaultData: "data",
		Open: func(context.Context, string, bool) (*command.Session, error) {
			return &command.Session{Console: o.Engine, Actor: everybody, Zone: time.UTC}, nil
		}}
	var words []string
	for _, word := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1)[1:] {
		words = append(words, strings.Trim(word, `"`))
	}
	return command.Execute(o.ctx, command.New(env), words), out.String()
}

// obstacle is a way in which a rollout comes to be held back.
type obstacle struct {
	servers int
	prepare func(*night)
	reached func(*engine.View) bool
	then    func(o *office)
	ring    rollout.Ring
	advices int // commands that the gate names
}

func runs(which rollout.Ring) func(*engine.View) bool {
	return func(v *engine.View) bool {
		r, ok := ring(v, which)
		return ok && r.Counts[rollout.Running] > 0
	}
}

func holds(step string) func(*office) {
	return func(o *office) {
		dev, _ := ring(o.View(), rollout.Dev)
		o.do(rehearsal.OnCall, engine.Hold{Rollout: dev.ID, Step: step, Reason: "payroll fails"})
	}
}

// twoUpdates makes the release hold another update.
func twoUpdates(n *night) {
	second := n.script.Bulletin.Updates[0]
	second.KB = "KB5999009"
	n.script.Bulletin.Updates = append(slices.Clone(n.script.Bulletin.Updates), second)
	n.world.Also = []string{second.KB}
}

func prodGate(words string) func(*engine.View) bool {
	return func(v *engine.View) bool {
		p, ok := ring(v, rollout.Prod)
		return ok && strings.Contains(p.Gate, words)
	}
}

var obstacles = map[string]obstacle{
	"paused": {12, nil, runs(rollout.Dev), holds("pause"), rollout.Dev, 1},
	"halted": {12, nil, runs(rollout.Dev), holds("halt"), rollout.Dev, 1},
	"an earlier ring is halted": {40, nil, runs(rollout.Dev), func(o *office) {
		holds("halt")(o)
	}, rollout.Prod, 2},
	"an earlier ring was halted and is closed": {40, nil, runs(rollout.Dev), func(o *office) {
		holds("halt")(o)
		dev, _ := ring(o.View(), rollout.Dev)
		o.do(rehearsal.Lead, engine.Hold{Rollout: dev.ID, Step: "close", Reason: "not this month"})
		o.wait(func(v *engine.View) bool { r, _ := ring(v, rollout.Dev); return r.State == rollout.Closed })
	}, rollout.Prod, 1},
	"held back for an emergency": {30, func(n *night) { n.world.Also = []string{"KB5999009"} },
		func(v *engine.View) bool { return len(v.Changes) > 0 && v.Changes[0].State == approval.Approved }, func(o *office) {
			o.do(rehearsal.Lead, engine.Preempt{Change: o.urgent(), Reason: "the worm first"})
		}, rollout.Dev, 1},
	"the pilot missed its window": {12, urgently, submittedOnce, lateEmergency, rollout.Prod, 1},
	"the pilot failed in its window": {12, func(n *night) {
		urgently(n)
		n.world = enginetest.NewWorld(engine.NewWallClock(), 7, n.script.Servers, map[string]enginetest.Fate{"SRV-0000": enginetest.DiskFull})
	}, prodGate("the pilot verified"), func(*office) {}, rollout.Prod, 1},
	"a test of an application failed": {20, twoUpdates, func(v *engine.View) bool {
		return len(v.Changes) > 0 && len(v.Changes[0].Acceptance.Results) > 0
	}, func(o *office) {
		o.do(rehearsal.Support, engine.RecordAcceptance{Change: "CHG-1", Application: "app-2", Result: pilot.FailedTest, Update: enginetest.KB, Note: "login fails"})
	}, rollout.Prod, 2},
	"a minimum test failed": {20, func(n *night) {
		n.world = enginetest.NewWorld(engine.NewWallClock(), 7, n.script.Servers, map[string]enginetest.Fate{"SRV-0001": enginetest.NoPackage})
		twoUpdates(n)
	}, prodGate("minimum test failed"), func(*office) {}, rollout.Prod, 2},
}

// What a gate tells people to do is a command that works: each is typed as it is printed, and the rollout is no longer held back for that.
func TestEveryAdviceOfAGateIsACommandThatWorks(t *testing.T) {
	for name, c := range obstacles {
		for i := range c.advices {
			at(t, c.servers, c.prepare, c.reached, func(o *office) {
				c.then(o)
				held, _ := ring(o.View(), c.ring)
				if held.Gate == "" || len(held.Todo) != c.advices {
					t.Fatalf("%s: held back for %q, advised %q, want %d", name, held.Gate, held.Todo, c.advices)
				}
				if code, says := o.types(held.Todo[i]); code != command.Done {
					t.Errorf("%s: %s ends with %d: %s", name, held.Todo[i], code, says)
				}
				if is, _ := ring(o.View(), c.ring); is.Gate == held.Gate {
					t.Errorf("%s: after %s it is still held back: %s", name, held.Todo[i], is.Gate)
				}
			})
		}
	}
}
