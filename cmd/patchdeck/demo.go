package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"patchdeck/cmd/patchdeck/config"
	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
	"patchdeck/store"
	"patchdeck/ui/command"
)

// rehearsedNight is what a data folder remembers of the demonstration in it, beside the store.
type rehearsedNight struct {
	Bulletin  string          `json:"bulletin"` // file; empty is the demonstration's own
	Emergency bool            `json:"emergency"`
	Ready     simulator.Ready `json:"ready"`
	InProcess bool            `json:"in_process"` // the fleet lived in the process that began the night
}

func nightFile(data string) string { return filepath.Join(data, "night.json") }

// demo plays a whole night: a fleet, the store, the engine, people, and a console unless it is headless.
func demo(ctx context.Context, o command.DemoOptions) error {
	progress := io.Writer(o.Out)
	if o.JSON || !o.Headless {
		progress = o.Err
	}
	if !o.Headless && !isTerminal(os.Stdout) {
		return fmt.Errorf("the console needs a terminal; give --headless for a night without one")
	}
	stage, err := prepare(&o, progress)
	if err != nil {
		return err
	}
	defer stage.fleetClose()
	notices, err := noticesOf(config.Notices{Daily: 8 * time.Hour})
	if err != nil {
		return err
	}
	h, err := build(ctx, plot{data: o.Data, notices: notices, clock: stage.fleet.clock(), policy: rollout.DefaultPolicy(), zone: time.UTC, simulated: true,
		speed: stage.fleet.ready.Speed, credentials: stage.fleet.credentials(), demonstrated: true, log: logTo(o.Data)})
	if err != nil {
		return err
	}
	defer h.close()
	if rehearsal.Over(h.engine.View()) {
		fmt.Fprintln(progress, "the night in this folder is over; this is how it went")
	} else if o.Headless {
		if err := stage.play(ctx, h.engine, newTicker(progress)); err != nil {
			return err
		}
	} else if err := stage.watch(ctx, h, o); err != nil {
		return err
	}
	return stage.conclude(h, o, progress)
}

// stage is a demonstration that is ready to begin or to go on.
type stage struct {
	fleet      announced
	fleetClose func()
	script     rehearsal.Script
	document   string
}

// prepare finds or starts the fleet and reads what the night is played with. It checks everything before it makes anything.
func prepare(o *command.DemoOptions, progress io.Writer) (*stage, error) {
	night, begun, err := readNight(o.Data)
	if err != nil {
		return nil, err
	}
	if begun {
		o.Bulletin, o.Emergency = night.Bulletin, night.Emergency
	} else if o.Data != "" && exists(storeFolder(o.Data)) {
		return nil, fmt.Errorf("%s holds a store that is no demonstration: name an empty folder", o.Data)
	}
	b, document, err := readBulletin(o.Bulletin)
	if err != nil {
		return nil, err
	}
	s := &stage{fleetClose: func() {}, document: document}
	if o.Fleet != "" {
		if s.fleet, err = readFleet(o.Fleet); err != nil {
			return nil, err
		}
		if o.Speed > 0 && o.Speed != s.fleet.ready.Speed {
			fmt.Fprintf(o.Err, "patchdeck: --speed %g is ignored: the fleet runs at %g\n", o.Speed, s.fleet.ready.Speed)
		}
	} else if begun {
		if s.fleet.ready = night.Ready; !nightIsOver(o.Data) {
			return nil, fleetIsGone(o.Data, night)
		}
	}
	if !begun {
		if err := furnish(o); err != nil {
			return nil, err
		}
	}
	if o.Fleet == "" && !begun {
		fmt.Fprintf(progress, "starting %d simulated servers\n", o.Servers)
		if err := s.startFleet(*o, b); err != nil {
			return nil, err
		}
	}
	servers, err := s.fleet.inventory()
	if err != nil {
		s.fleetClose()
		return nil, err
	}
	s.script = rehearsal.Script{Servers: servers, Source: "the fleet's CSV", Bulletin: b, Document: document, Emergency: o.Emergency}
	if !begun {
		night = rehearsedNight{Bulletin: o.Bulletin, Emergency: o.Emergency, Ready: s.fleet.ready, InProcess: o.Fleet == ""}
		err = writeFile(nightFile(o.Data), func(w io.Writer) error { return json.NewEncoder(w).Encode(night) })
	}
	return s, err
}

// furnish makes the folder of a new night; the bulletin's place is kept whole, for a later run from elsewhere.
func furnish(o *command.DemoOptions) (err error) {
	if o.Bulletin != "" {
		if o.Bulletin, err = filepath.Abs(o.Bulletin); err != nil {
			return err
		}
	}
	if o.Data == "" {
		o.Data, err = os.MkdirTemp("", "patchdeck-demo-")
		return err
	}
	return os.MkdirAll(o.Data, 0o700)
}

func fleetIsGone(data string, night rehearsedNight) error {
	if night.InProcess {
		return fmt.Errorf("%s holds a night whose simulated fleet ended with the process that ran it: begin another night in an empty folder, or rehearse with patchdeck simulate and --fleet FILE", data)
	}
	return fmt.Errorf("%s holds a night with a fleet of its own: give --fleet FILE with what patchdeck simulate --json printed", data)
}

// startFleet runs a fleet in this process; it writes its own account into the folder of the night.
func (s *stage) startFleet(o command.DemoOptions, b catalog.Bulletin) error {
	ledger, err := os.OpenFile(filepath.Join(o.Data, "ledger.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fleet, err := newFleet(b, o.Servers, o.Seed, speedFor(o.Speed, o.Servers, o.Headless), o.Faults, false, ledger)
	if err != nil {
		ledger.Close()
		return err
	}
	s.fleet = announced{servers: fleet.Servers(), ready: fleet.Ready()}
	s.fleetClose = func() { fleet.Close(); ledger.Close() }
	return nil
}

func readNight(data string) (n rehearsedNight, begun bool, err error) {
	if data == "" {
		return n, false, nil
	}
	text, err := os.ReadFile(nightFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return n, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w; remove the folder to begin anew", nightFile(data), err)
	}
	return n, true, err
}

// nightIsOver looks into a store that nobody holds.
func nightIsOver(data string) bool {
	s, err := store.Open(storeFolder(data), store.WithMinFree(0))
	if err != nil {
		return false
	}
	defer s.Close()
	e, err := engine.New(engine.Options{Store: s, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy()})
	return err == nil && rehearsal.Over(e.View())
}

// play lets the people act until the night is over.
func (s *stage) play(ctx context.Context, console engine.Console, say func(*engine.View, string)) error {
	wake, stop := console.Watch()
	defer stop()
	for {
		v := console.View()
		if rehearsal.Over(v) {
			say(v, "")
			return nil
		}
		if act, ok := s.script.Next(v); ok {
			words, err := console.Do(ctx, act.Who, act.Command)
			var denied *approval.Denied
			if errors.As(err, &denied) && console.View().Generation != v.Generation {
				continue // somebody at a console was faster: look again
			}
			if err != nil {
				return fmt.Errorf("%s: %s: %w", act.Who.Name, act.Command.Action(), err)
			}
			say(console.View(), fmt.Sprintf("%s: %s", act.Who.Name, words))
			continue
		}
		say(v, "")
		select {
		case _, ok := <-wake:
			if !ok {
				return engine.ErrStopped
			}
		case <-ctx.Done():
			return fmt.Errorf("interrupted: the same command with --data goes on where this night stands, while its fleet runs")
		}
	}
}

// newTicker says what people do, and every few seconds how far the night is.
func newTicker(w io.Writer) func(*engine.View, string) {
	const every = 3 * time.Second
	var last time.Time
	return func(v *engine.View, act string) {
		at := v.At.Format("15:04")
		if act != "" {
			fmt.Fprintf(w, "%s  %s\n", at, act)
			return
		}
		if time.Since(last) < every {
			return
		}
		last = time.Now()
		for _, s := range v.Sweeps {
			fmt.Fprintf(w, "%s  %s: %d of %d servers read, %d in trouble\n", at, s.Kind, s.Done, s.Total, s.Trouble)
		}
		for _, r := range v.Rollouts {
			if r.State == rollout.Closed {
				continue
			}
			window := "closed"
			if r.Current >= 0 {
				w := r.Windows[r.Current]
				window = fmt.Sprintf("%s %s-%s", w.ID, w.Opens.Format("15:04"), w.Closes.Format("15:04"))
			}
			fmt.Fprintf(w, "%s  %-5s %s: %d targeted, %d succeeded, %d failed, %d open\n", at, r.Ring, window, r.Counts.Targeted(),
				r.Counts[rollout.Succeeded], r.Counts[rollout.Failed], r.Counts.Open())
		}
	}
}
