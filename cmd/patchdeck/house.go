package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"patchdeck/cmd/patchdeck/config"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote"
	"patchdeck/remote/signature"
	"patchdeck/store"
)

// openFiles gives the place where source files are kept, with the roots of the vendors that the configuration trusts.
func openFiles(data string, c config.Config) (*signature.Safe, error) {
	roots, err := c.ReadVendorRoots()
	if err != nil {
		return nil, err
	}
	files, err := signature.Open(filepath.Join(data, "files"), roots)
	if err != nil {
		return nil, fmt.Errorf("vendor_roots: %s: %w", c.VendorRoots, err)
	}
	return files, nil
}

// Places in a data folder.
func storeFolder(data string) string { return filepath.Join(data, "store") }
func socketPath(data string) string  { return filepath.Join(data, "socket") }

const (
	hostKeyFile = "host_key"
	logFile     = "patchdeck.log"
)

// heartbeat keeps the clock on the screens going while nothing happens.
const heartbeat = time.Second

// house is a running engine with its store and its road to the servers.
type house struct {
	store  *store.Store
	fleet  *remote.Fleet
	engine *engine.Engine
	cancel context.CancelFunc
	ended  chan struct{}
}

// plot says what a house is built on.
type plot struct {
	data        string
	clock       engine.Clock
	policy      rollout.Policy
	schedule    []rollout.WindowSpec
	zone        *time.Location
	credentials func(string) (remote.Credential, error)
	limits      config.Limits
	inventory   inventory.Policy // zero is the default
	notices     engine.NoticeOptions
	files       engine.Files             // nil keeps no source files
	people      func() []approval.Person // nil is nobody
	simulated   bool                     // limits of a simulated fleet, in the wall's time
	speed       float64
	storeRoom   []store.Option
	// demonstrated is a demonstration: its store takes every commit, however full the disk is.
	demonstrated bool
	duty         engine.Duty
	log          *slog.Logger
}

// free measures the store's disk, but for a demonstration: its store takes every commit, so nobody need be warned.
func (p plot) free(s *store.Store) func() (uint64, error) {
	if p.demonstrated {
		return nil
	}
	return s.Free
}

// holdPatience is how long a short command waits for another one that has the store open.
const holdPatience = 3 * time.Second

// openStore opens a store, and waits a moment where another process holds it: two commands at the same time take turns.
func openStore(ctx context.Context, folder string, options ...store.Option) (*store.Store, error) {
	until := time.Now().Add(holdPatience)
	for {
		s, err := store.Open(folder, options...)
		var held *store.Held
		if !errors.As(err, &held) || time.Now().After(until) {
			return s, err
		}
		pause := time.NewTimer(100 * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, err
		}
	}
}

// build opens the store and starts the engine. The engine ends with ctx.
func build(ctx context.Context, p plot) (*house, error) {
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		return nil, err
	}
	if p.demonstrated {
		p.storeRoom = append(p.storeRoom, store.WithMinFree(0))
	}
	s, err := openStore(ctx, storeFolder(p.data), append(p.storeRoom, store.WithLogger(p.log))...)
	if err != nil {
		return nil, err
	}
	roads := remote.Options{Credentials: p.credentials, FleetLimit: p.limits.Servers, SiteLimit: p.limits.Site, Now: p.clock.Now, Logger: p.log}
	calls := p.limits.Servers
	var tick time.Duration
	if p.simulated {
		roads.ConnectLimit, roads.ReadLimit, roads.SiteLimit = fleetConnect, fleetRead, fleetCalls
		roads.CallLimit = 2 * (fleetConnect + fleetRead)
		calls = fleetCalls
		tick = time.Duration(p.speed * float64(5*time.Millisecond))
		p.policy = p.policy.WithFloor(time.Duration(p.speed*float64(fleetPause)), time.Duration(p.speed*float64(fleetConnect+fleetRead)))
	}
	h := &house{store: s, fleet: remote.New(roads), ended: make(chan struct{})}
	h.engine, err = engine.New(engine.Options{Store: s, Fleet: h.fleet, Clock: p.clock, Logger: p.log, Policy: p.policy,
		Schedule: p.schedule, Zone: p.zone, Calls: calls, Tick: tick, Heartbeat: heartbeat, People: p.people, Files: p.files, Exports: openExports(p.data), Inventory: p.inventory, Duty: p.duty, Free: p.free(s), Notices: p.notices})
	if err != nil {
		s.Close()
		return nil, err
	}
	ctx, h.cancel = context.WithCancel(ctx)
	go func() {
		defer close(h.ended)
		if err := h.engine.Run(ctx); err != nil {
			// What the store holds now is not known. Closing it could hang or make it worse: end at once.
			fmt.Fprintf(os.Stderr, "patchdeck: %v\n", err)
			os.Exit(1)
		}
	}()
	return h, nil
}

// close ends the engine, the conversations and the store, in this order.
func (h *house) close() error {
	h.cancel()
	<-h.ended
	return errors.Join(h.fleet.Close(), h.store.Close())
}
