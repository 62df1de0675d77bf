package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// faultsUsage says what --faults accepts.
const faultsUsage = "none, usual or harsh, and names of faults: usual,drain-fails=20 (percent of the servers)"

// processes are the commands that start something: they exist only on this machine.
func (t *tree) processes() []*cobra.Command {
	if t.env.Remote {
		return nil
	}
	var commands []*cobra.Command
	if t.env.Demo != nil {
		commands = append(commands, t.demo())
	}
	if t.env.Simulate != nil {
		commands = append(commands, t.simulate())
	}
	if t.env.Serve != nil {
		commands = append(commands, t.serve())
	}
	if t.env.Doctor != nil {
		commands = append(commands, t.doctor())
	}
	if t.env.Init != nil {
		commands = append(commands, &cobra.Command{
			Use: "init", Short: "Write a commented configuration and a users file into the data folder", Args: t.noArgs,
			RunE: func(command *cobra.Command, _ []string) error { return t.env.Init(command.Context(), t.data) },
		})
	}
	return commands
}

func (t *tree) demo() *cobra.Command {
	var o DemoOptions
	command := &cobra.Command{
		Use: "demo", Short: "Run a whole night on a simulated fleet, with everything in a temporary folder",
		Example: "  patchdeck demo\n  patchdeck demo --headless --servers 200 --faults usual --json",
		Args:    t.noArgs,
	}
	flags := command.Flags()
	flags.BoolVar(&o.Headless, "headless", false, "without a console: progress lines, then a summary")
	flags.IntVar(&o.Servers, "servers", 200, "how many simulated servers")
	flags.Uint64Var(&o.Seed, "seed", 1, "the same seed gives the same night")
	flags.Float64Var(&o.Speed, "speed", 0, "simulated seconds a second; left out, a night takes minutes, a headless one less than one")
	flags.StringVar(&o.Bulletin, "bulletin", "", "a CVRF document (XML or JSON) instead of the demo's own `file`")
	flags.StringVar(&o.Faults, "faults", "usual", faultsUsage)
	flags.BoolVar(&o.Emergency, "emergency", false, "an emergency change through one-hour windows")
	flags.StringVar(&o.Fleet, "fleet", "", "a running fleet: the `file` with the lines of simulate --json")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if err := t.checkFleet(command, o.Servers, o.Speed, o.Faults); err != nil {
			return err
		}
		if command.Flags().Changed("data") {
			o.Data = t.data
		}
		if o.JSON = t.json; o.JSON && !o.Headless {
			return wrongUsage("--json prints the summary of a night without a console: give --headless too")
		}
		o.Streams = t.env.Streams
		return t.env.Demo(command.Context(), o)
	}
	return command
}

func (t *tree) simulate() *cobra.Command {
	var o SimulateOptions
	command := &cobra.Command{
		Use: "simulate", Short: "Run a simulated fleet on loopback until it is interrupted",
		Long:    "Run a simulated fleet on loopback until it is interrupted.\n\n" + t.faultList(),
		Example: "  patchdeck simulate --servers 50 --seed 7 --ledger ledger.jsonl --json > fleet.jsonl\n  patchdeck simulate --faults usual,drain-fails=20",
		Args:    t.noArgs,
	}
	flags := command.Flags()
	flags.IntVar(&o.Servers, "servers", 50, "how many servers")
	flags.Uint64Var(&o.Seed, "seed", 1, "the same seed gives the same fleet and the same faults")
	flags.Float64Var(&o.Speed, "speed", 0, "simulated seconds a second; left out, as a headless demo of this size takes")
	flags.StringVar(&o.Bulletin, "bulletin", "", "a CVRF document whose updates the servers' agents find, instead of the demo's own `file`")
	flags.StringVar(&o.Faults, "faults", "usual", faultsUsage)
	flags.BoolVar(&o.TLS, "tls", false, "HTTPS on every server; left out, HTTP with sealed messages")
	flags.StringVar(&o.CSV, "csv", "", "write the fleet's inventory to this `file`, for inventory import in a rehearsal with serve --fleet")
	flags.StringVar(&o.Ledger, "ledger", "", "append what truly happens on the servers to this `file`")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if err := t.checkFleet(command, o.Servers, o.Speed, o.Faults); err != nil {
			return err
		}
		o.JSON, o.Streams = t.json, t.env.Streams
		return t.env.Simulate(command.Context(), o)
	}
	return command
}

func (t *tree) serve() *cobra.Command {
	var o ServeOptions
	command := &cobra.Command{
		Use: "serve", Short: "Run the daemon: the store, the engine, and the ways in", Args: t.noArgs,
	}
	flags := command.Flags()
	flags.StringVar(&o.Config, "config", "", "the configuration `file` (config.yaml in the data folder)")
	flags.StringVar(&o.Listen, "listen", "", "the `address` for SSH instead of the configured one; none for the socket alone")
	flags.StringVar(&o.Fleet, "fleet", "", "rehearse on a running fleet: the `file` with the lines of simulate --json")
	command.RunE = func(command *cobra.Command, _ []string) error {
		o.Data, o.Streams = t.data, t.env.Streams
		return t.env.Serve(command.Context(), o)
	}
	return command
}

// checkFleet checks the flags of a simulated fleet. A speed that is left out is chosen; one that is given must move the clock.
func (t *tree) checkFleet(command *cobra.Command, servers int, speed float64, faults string) error {
	if err := atLeast("servers", servers, 1, 20000); err != nil {
		return err
	}
	if given := command.Flags().Changed("speed"); given && !(speed > 0 && speed <= 1e6) {
		return wrongUsage("--speed %g is out of range: use more than 0 and up to 1000000 simulated seconds a second, or leave it out", speed)
	}
	if t.env.Faults.Check == nil {
		return nil
	}
	if err := t.env.Faults.Check(faults); err != nil {
		return wrongUsage("--%v", err)
	}
	return nil
}

// faultList is the part of the help that names the faults.
func (t *tree) faultList() string {
	var text strings.Builder
	text.WriteString("The levels of --faults are none, usual (an ordinary night) and harsh (an update that breaks one kind of server).\n" +
		"A fault by its name befalls every server, or a share of them in percent: --faults usual,drain-fails=20.\n")
	for _, f := range t.env.Faults.Known {
		fmt.Fprintf(&text, "\n  %-31s %s", f.Name, f.Words)
	}
	return text.String()
}
