package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/remote"
	"patchdeck/remote/simulator"
)

// announced is a simulated fleet as "patchdeck simulate --json" printed it.
type announced struct {
	servers []simulator.Description
	ready   simulator.Ready
}

// readFleet reads the lines of simulate --json. Lines it does not need fields of are read all the same.
func readFleet(name string) (announced, error) {
	f, err := os.Open(name)
	if err != nil {
		return announced{}, err
	}
	defer f.Close()
	var a announced
	lines := bufio.NewScanner(io.LimitReader(f, 256<<20))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		if err := a.add(text); err != nil {
			return announced{}, fmt.Errorf("%s line %d: %w; it must hold what patchdeck simulate --json printed", name, n, err)
		}
	}
	switch {
	case lines.Err() != nil:
		return announced{}, fmt.Errorf("%s: %w", name, lines.Err())
	case !a.ready.Ready:
		return announced{}, fmt.Errorf("%s: the last line, {\"ready\":true,...}, is missing: is the fleet still starting?", name)
	case len(a.servers) == 0:
		return announced{}, fmt.Errorf("%s names no server", name)
	}
	return a, nil
}

func (a *announced) add(text []byte) error {
	var line struct {
		simulator.Description
		simulator.Ready
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	if line.Ready.Ready {
		if line.Speed <= 0 || line.Started.IsZero() || line.Epoch.IsZero() {
			return fmt.Errorf("the ready line lacks epoch, started or speed")
		}
		a.ready = line.Ready
		return nil
	}
	if line.Name == "" || line.Address == "" || line.Port == 0 {
		return fmt.Errorf("a server lacks its name, address or port")
	}
	a.servers = append(a.servers, line.Description)
	return nil
}

func (a announced) clock() engine.FleetClock {
	return engine.FleetClock{Epoch: a.ready.Epoch, Started: a.ready.Started, Speed: a.ready.Speed}
}

// inventory gives the fleet as a CSV would bring it: through the same reader, with the same checks.
func (a announced) inventory() ([]inventory.Server, error) {
	var servers []inventory.Server
	for _, d := range a.servers {
		servers = append(servers, inventory.Server{Name: d.Name, Address: d.Address, Port: d.Port, Scheme: d.Scheme, OS: d.OS,
			Environment: inventory.Environment(d.Environment), Site: d.Site, Owner: d.Owner, Applications: d.Applications, Cluster: d.Cluster,
			Window: d.Window, Risk: d.Risk, Credential: d.Name})
	}
	var text bytes.Buffer
	if err := inventory.WriteCSV(&text, servers); err != nil {
		return nil, err
	}
	read, bad, err := inventory.ReadCSV(&text, rehearsal.WindowIDs())
	if err == nil && len(bad) > 0 {
		err = fmt.Errorf("the fleet's inventory: %w", bad[0])
	}
	return read, err
}

// credentials gives each server the account that the fleet announced for it.
func (a announced) credentials() func(string) (remote.Credential, error) {
	known := map[string]remote.Credential{}
	for _, d := range a.servers {
		known[strings.ToLower(d.Name)] = remote.Credential{User: d.User, Password: d.Password, CA: []byte(d.CA)}
	}
	return func(name string) (remote.Credential, error) {
		c, ok := known[strings.ToLower(name)]
		if !ok {
			return c, fmt.Errorf("the fleet announced no account for %q", name)
		}
		return c, nil
	}
}

// Limits of a simulated fleet, in the wall's time: fleet time runs faster, so real limits would cost hours of it.
const (
	fleetConnect = 500 * time.Millisecond
	fleetRead    = 2 * time.Second
	fleetPause   = 50 * time.Millisecond
	fleetCalls   = 48
)

// published is what a bulletin offers to a simulated fleet's update agents.
func published(b catalog.Bulletin) []simulator.Published {
	var list []simulator.Published
	for _, u := range b.Updates {
		seen := map[[3]int]bool{}
		for _, p := range u.Products {
			base := [3]int{p.Build[0], p.Build[1], p.Build[2]}
			if p.Build.IsZero() || seen[base] {
				continue
			}
			seen[base] = true
			list = append(list, simulator.Published{KB: u.KB, Title: fmt.Sprintf("%s for %s (%s)", b.Title, p.Name, u.KB), Severity: u.Severity.String(),
				BaseBuild: base, UBR: p.Build[3], Restart: u.Restart != catalog.RestartNo, Hotpatch: strings.Contains(strings.ToLower(u.SubType), "hotpatch")})
		}
	}
	return list
}

// epochOf is when the folded month of a bulletin begins: the evening of the day it appeared.
func epochOf(b catalog.Bulletin) time.Time {
	return b.Released.UTC().Truncate(24 * time.Hour).Add(20 * time.Hour)
}
