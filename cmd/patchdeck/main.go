// Command patchdeck is the whole of patchdeck: it wires the rooms together and hands the command line to ui/command.
//
// Start reading at environment: what each command gets. house.go opens a store with its engine, serve.go runs the daemon, demo.go a
// rehearsed night, simulate.go the simulated fleet alone, fleet.go reads a fleet that was announced.
package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"

	"patchdeck/engine/inventory"
	"patchdeck/remote"
	"patchdeck/ui/command"
)

// memoryLimit keeps a storm of writes from growing the heap without need; it is a soft limit.
const memoryLimit = 1 << 30

func main() {
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Execute(ctx, command.New(environment()), os.Args[1:])
	stop()
	os.Exit(code)
}

// environment is what a command on this machine works with.
func environment() command.Environment {
	streams := command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Columns: columns(os.Stdout)}
	return command.Environment{
		Streams:     streams,
		Version:     version(),
		DefaultData: filepath.Join(xdg.DataHome, "patchdeck"),
		Open:        openSession,
		Forward:     forward,
		OpenFile:    command.OpenFile,
		CreateFile:  command.CreateFile,
		Secret:      os.LookupEnv,
		Probe:       probe,
		Discover:    discover,
		Report:      reportTexts,
		Store:       storeHooks(),
		Doctor:      examine,
		Faults:      simulatedFaults(),
		Attach:      attach,
		Demo:        demo,
		Simulate:    simulate,
		Serve:       serveDaemon,
		Init:        initialise,
	}
}

// columns is how wide the terminal is that a file is; 0 when it is none.
func columns(f *os.File) int {
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}

// probe reads a server that need not be in the inventory, with the credentials of the call and no others.
func probe(ctx context.Context, o command.ProbeOptions) (inventory.Facts, error) {
	return remote.Probe(ctx, remote.ProbeOptions{Address: o.Address, Scheme: o.Scheme, User: o.User, Password: o.Password, CA: o.CA})
}

// discover looks for machines in ranges of the network.
func discover(ctx context.Context, o command.DiscoverOptions) ([]inventory.Responder, int, error) {
	return remote.Discover(ctx, remote.DiscoverOptions{Ranges: o.Ranges, Ports: o.Ports, Rate: o.Rate, Names: o.Names})
}

// version is the module's version as the build recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
