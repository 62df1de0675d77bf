package command_test

import (
	"context"
	"fmt"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestTheFlagsOfTheDemoReachIt(t *testing.T) {
	s := at(t, uitest.Quiet(1), approval.Lead)
	var got command.DemoOptions
	s.env.Demo = func(_ context.Context, o command.DemoOptions) error {
		o.Streams = command.Streams{}
		got = o
		return nil
	}
	s.expect(command.Done, "", "demo")
	if want := (command.DemoOptions{Servers: 200, Seed: 1, Faults: "usual"}); got != want {
		t.Errorf("without flags: %+v", got)
	}
	s.expect(command.Done, "", "demo", "--headless", "--servers", "50", "--seed", "7", "--speed", "600", "--bulletin", "b.xml", "--faults", "harsh",
		"--emergency", "--data", "/d", "--fleet", "f.jsonl", "--json")
	if want := (command.DemoOptions{Headless: true, Servers: 50, Seed: 7, Speed: 600, Bulletin: "b.xml", Faults: "harsh", Emergency: true, Data: "/d", Fleet: "f.jsonl", JSON: true}); got != want {
		t.Errorf("with flags: %+v", got)
	}
}

func TestTheFlagsOfTheSimulatorAndTheDaemonReachThem(t *testing.T) {
	s := at(t, uitest.Quiet(1), approval.Lead)
	var simulated command.SimulateOptions
	s.env.Simulate = func(_ context.Context, o command.SimulateOptions) error {
		o.Streams = command.Streams{}
		simulated = o
		return nil
	}
	var served command.ServeOptions
	s.env.Serve = func(_ context.Context, o command.ServeOptions) error {
		o.Streams = command.Streams{}
		served = o
		return nil
	}
	s.expect(command.Done, "", "simulate", "--servers", "9", "--seed", "3", "--speed", "60", "--faults", "none", "--tls", "--ledger", "l.jsonl", "--json")
	if want := (command.SimulateOptions{Servers: 9, Seed: 3, Speed: 60, Faults: "none", TLS: true, Ledger: "l.jsonl", JSON: true}); simulated != want {
		t.Errorf("simulate: %+v", simulated)
	}
	s.expect(command.Done, "", "serve", "--listen", ":2222", "--config", "c.yaml")
	if want := (command.ServeOptions{Data: "/data", Listen: ":2222", Config: "c.yaml"}); served != want {
		t.Errorf("serve: %+v", served)
	}
}

func TestImpossibleFleetsAreRefused(t *testing.T) {
	s := at(t, uitest.Quiet(1), approval.Lead)
	s.env.Demo = func(context.Context, command.DemoOptions) error { t.Error("the demo ran"); return nil }
	s.env.Simulate = func(context.Context, command.SimulateOptions) error { t.Error("the fleet ran"); return nil }
	s.expect(command.Usage, "--servers 0 is out of range", "demo", "--servers", "0")
	s.expect(command.Usage, "--speed -1 is out of range", "demo", "--speed=-1")
	s.expect(command.Usage, "--speed 0 is out of range: use more than 0", "demo", "--speed", "0")
	s.expect(command.Usage, "--speed 0 is out of range", "simulate", "--speed=0")
	s.expect(command.Usage, "--speed NaN is out of range", "simulate", "--speed", "NaN")
	s.expect(command.Usage, "give --headless too", "demo", "--json")
	s.expect(command.Usage, "invalid argument", "demo", "--seed", "x")
	s.env.Faults = command.Faults{Check: func(text string) error { return fmt.Errorf("faults %q: want better ones", text) },
		Known: []command.Fault{{Name: "drain-fails", Words: "a node cannot be drained"}}}
	for _, process := range []string{"simulate", "demo"} {
		s.expect(command.Usage, `--faults "some": want better ones`, process, "--faults", "some")
	}
	s.expect(command.Done, "drain-fails                     a node cannot be drained", "simulate", "--help")
}

func TestAHookDecidesTheExitCode(t *testing.T) {
	s := at(t, uitest.Quiet(1), approval.Lead)
	s.env.Demo = func(context.Context, command.DemoOptions) error { return &command.ExitError{Code: command.Halted} }
	if r := s.run("", "demo"); r.code != command.Halted || r.err != "" {
		t.Errorf("%+v", r)
	}
	var look command.Look
	s.env.Attach = func(_ context.Context, _ string, asked command.Look) error {
		look = asked
		return &command.ExitError{Code: command.Crashed}
	}
	if r := s.run("", "--mouse"); r.code != command.Crashed || r.err != "" || look != (command.Look{Mouse: true}) {
		t.Errorf("%+v, asked for %+v", r, look)
	}
}
