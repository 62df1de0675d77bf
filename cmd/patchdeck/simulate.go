package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"patchdeck/assets"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/remote/simulator"
	"patchdeck/ui/command"
)

// Speeds that a demonstration chooses: the folded month is about eleven hours of fleet time.
const (
	watchSpeed    = 150.0 // a night in a few minutes, for people who watch
	headlessSpeed = 900.0 // 200 servers within a minute on two cores
	speedServers  = 200   // from here on, a fleet twice the size runs at half the speed
)

func speedFor(asked float64, servers int, headless bool) float64 {
	switch {
	case asked > 0:
		return asked
	case !headless:
		return watchSpeed
	default:
		return headlessSpeed * speedServers / float64(max(speedServers, servers))
	}
}

// readBulletin reads a CVRF document, or the demonstration's own.
func readBulletin(name string) (b catalog.Bulletin, source string, err error) {
	var from io.Reader
	if name == "" {
		text, ok := assets.Demo("bulletin.xml")
		if !ok {
			return b, "", fmt.Errorf("the demonstration's bulletin is missing from the program")
		}
		from, source = bytes.NewReader(text), "the demonstration's bulletin"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return b, "", err
		}
		defer f.Close()
		from, source = f, name
	}
	if b, err = catalog.Import(from, 0); err != nil {
		return b, "", fmt.Errorf("%s: %w", source, err)
	}
	return b, source, nil
}

// simulatedFaults is what --faults accepts.
func simulatedFaults() command.Faults {
	faults := command.Faults{Check: func(text string) error {
		_, err := simulator.ParseFaults(text)
		return err
	}}
	for _, f := range simulator.KnownFaults() {
		faults.Known = append(faults.Known, command.Fault(f))
	}
	return faults
}

// simulate runs a fleet alone until it is interrupted.
func simulate(ctx context.Context, o command.SimulateOptions) error {
	simulator.MoreMemoryForTime()
	b, _, err := readBulletin(o.Bulletin)
	if err != nil {
		return err
	}
	var ledger io.Writer
	if o.Ledger != "" {
		f, err := os.OpenFile(o.Ledger, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		ledger = f
	}
	fleet, err := newFleet(b, o.Servers, o.Seed, speedFor(o.Speed, o.Servers, true), o.Faults, o.TLS, ledger)
	if err != nil {
		return err
	}
	defer fleet.Close()
	if o.CSV != "" {
		if err := writeInventory(o.CSV, fleet); err != nil {
			return err
		}
	}
	if o.JSON {
		if err := fleet.WriteDescription(o.Out); err != nil {
			return err
		}
	} else {
		servers := fleet.Servers()
		fmt.Fprintf(o.Out, "%d servers from %s to %s; fleet time %s at %g seconds a second; interrupt to end\n", len(servers), servers[0].Address,
			servers[len(servers)-1].Address, fleet.Time().Format(time.DateTime), fleet.Ready().Speed)
	}
	<-ctx.Done()
	return nil
}

// writeInventory writes a fleet as an inventory file; each server names its account after itself.
func writeInventory(name string, fleet *simulator.Fleet) error {
	servers, err := announced{servers: fleet.Servers()}.inventory()
	if err != nil {
		return err
	}
	return writeFile(name, func(w io.Writer) error { return inventory.WriteCSV(w, servers) })
}

func newFleet(b catalog.Bulletin, servers int, seed uint64, speed float64, faults string, tls bool, ledger io.Writer) (*simulator.Fleet, error) {
	level, err := simulator.ParseFaults(faults)
	if err != nil {
		return nil, err
	}
	return simulator.New(simulator.Config{Servers: servers, Seed: seed, Speed: speed, Faults: level, TLS: tls, Ledger: ledger,
		Epoch: epochOf(b), Published: published(b)})
}
