package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

// rehearsal is a fleet of simulated Windows servers and ours to reach it.
type rehearsal struct {
	t       *testing.T
	fleet   *Fleet
	servers []simulator.Description
	now     func() time.Time
	ledger  *ledger
}

// ledger keeps what truly happened on the servers.
type ledger struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *ledger) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

// count tells how often each event happened on each server.
func (l *ledger) count(t *testing.T) map[string]int {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	counted := map[string]int{}
	for line := range bytes.Lines(l.text.Bytes()) {
		var entry struct{ Server, Event string }
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatal(err)
		}
		counted[entry.Server+" "+entry.Event]++
	}
	return counted
}

// by tells who ordered each event of one kind on a server.
func (l *ledger) by(t *testing.T, server, event string) (all []string) {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for line := range bytes.Lines(l.text.Bytes()) {
		var entry struct{ Server, Event, By string }
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Server == server && entry.Event == event {
			all = append(all, entry.By)
		}
	}
	return all
}

const (
	// deadline is many minutes of wall time at the speed of these nights: a machine may be that busy.
	deadline = 365 * 24 * time.Hour

	monthsUpdate = "KB5999022"
	fixedBuild   = "10.0.20348.4773"
)

func rehearse(t *testing.T, secure bool) *rehearsal {
	t.Helper()
	r, _ := rehearseOn(t, simulator.Config{Servers: 12, Seed: 3, Speed: 20000, TLS: secure,
		Published: []simulator.Published{{KB: monthsUpdate, BaseBuild: [3]int{10, 0, 20348}, UBR: 4773, Restart: true}}})
	return r
}

// rehearseOn runs a simulated fleet. The rehearsal's servers are those of the product that has an update; all are given besides.
func rehearseOn(t *testing.T, config simulator.Config) (*rehearsal, []simulator.Description) {
	t.Helper()
	kept := &ledger{}
	config.Ledger = kept
	simulated, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulated.Close() })
	r := &rehearsal{t: t, now: simulated.Time, ledger: kept}
	known := map[string]Credential{}
	for _, d := range simulated.Servers() {
		known[d.Name] = Credential{User: d.User, Password: d.Password, CA: []byte(d.CA)}
		if d.OS == "Windows Server 2022" && d.Build != fixedBuild {
			r.servers = append(r.servers, d)
		}
	}
	r.fleet = New(Options{ConnectLimit: 200 * time.Millisecond, ReadLimit: 500 * time.Millisecond, Now: simulated.Time,
		Credentials: func(name string) (Credential, error) {
			if c, ok := known[name]; ok {
				return c, nil
			}
			return Credential{}, errors.New("nobody")
		}})
	t.Cleanup(func() { r.fleet.Close() })
	return r, simulated.Servers()
}

func target(d simulator.Description) engine.Target {
	return engine.Target{Name: d.Name, Address: d.Address, Port: d.Port, Scheme: d.Scheme, Site: d.Site, Credential: d.Name}
}

// patch brings one server through its night.
func (r *rehearsal) patch(ctx context.Context, d simulator.Description) error {
	to := target(d)
	before, err := r.fleet.Facts(ctx, to)
	for isRestarting(err) {
		before, err = r.fleet.Facts(ctx, to)
	}
	if err != nil {
		return err
	}
	scan, err := r.job(ctx, to, rollout.JobScan)
	if err != nil {
		return err
	}
	if offered := (&inventory.Scan{Offered: scan.Offered}); !offered.Offers(monthsUpdate) {
		return fmt.Errorf("the scan does not offer the update: %+v", scan)
	}
	if _, err := r.job(ctx, to, rollout.JobStage); err != nil {
		return err
	}
	install, err := r.job(ctx, to, rollout.JobInstall)
	if err != nil {
		return err
	}
	if !install.RestartRequired {
		return fmt.Errorf("no restart wanted: %+v", install)
	}
	if err := r.restart(ctx, to, before.BootTime); err != nil {
		return err
	}
	for ctx.Err() == nil {
		after, err := r.fleet.Verify(ctx, to, []string{monthsUpdate}, before.Running())
		if err == nil && after.BootTime.After(before.BootTime) && !after.Busy {
			if after.Build.String() != fixedBuild || len(after.Present) != 1 || len(after.NotRunning) != 0 || len(after.RestartWait) != 0 {
				return fmt.Errorf("after the restart: %+v", after)
			}
			return r.remove(ctx, to, "install-1")
		}
		if err != nil && !isRestarting(err) {
			return fmt.Errorf("while restarting: %w", err)
		}
	}
	return ctx.Err()
}

// restart orders until the order is answered: at this speed the server is often gone before its answer arrived.
func (r *rehearsal) restart(ctx context.Context, to engine.Target, boot time.Time) error {
	order := engine.RestartOrder{ID: "restart-1", BootTime: boot, Comment: "CHG-1"}
	for ctx.Err() == nil {
		_, err := r.fleet.Restart(ctx, to, order)
		if err == nil {
			return nil
		}
		if !isRestarting(err) {
			return fmt.Errorf("ordering the restart: %w", err)
		}
	}
	return ctx.Err()
}

// remove removes a job's folder. Removing what is removed is no mistake.
func (r *rehearsal) remove(ctx context.Context, to engine.Target, job string) error {
	for ctx.Err() == nil {
		if err := r.fleet.RemoveJob(ctx, to, job); !isRestarting(err) {
			return err
		}
	}
	return ctx.Err()
}

// isRestarting tells whether an error is what a restart or a very busy machine looks like: silent, refusing, not up yet.
// Anything else would be a mistake of ours.
func isRestarting(err error) bool {
	var failure *rollout.Failure
	return errors.As(err, &failure) && (failure.Class == rollout.ClassNetwork || failure.Class == rollout.ClassBusy)
}

// job starts a job twice, which is once, and waits for its outcome.
func (r *rehearsal) job(ctx context.Context, to engine.Target, kind rollout.JobKind) (*rollout.Outcome, error) {
	order := engine.JobOrder{ID: string(kind) + "-1", Kind: kind, Change: "CHG-1", Deadline: r.now().Add(deadline), Updates: []string{monthsUpdate}}
	started := 0
	for ctx.Err() == nil {
		var job rollout.Job
		var err error
		if started < 2 {
			job, err = r.fleet.StartJob(ctx, to, order)
		} else {
			job, err = r.fleet.Job(ctx, to, order.ID, 0)
		}
		switch {
		case isRestarting(err): // a busy machine may be slower than our short limits; asking again is always right
		case err != nil:
			return nil, fmt.Errorf("%s: %w", kind, err)
		case started == 1 && !job.Existed:
			return nil, fmt.Errorf("%s: a second order started it again", kind)
		case job.Outcome != nil && !job.Outcome.Succeeded:
			return nil, fmt.Errorf("%s: %+v", kind, job.Outcome)
		case job.Outcome != nil && started >= 2:
			return job.Outcome, nil
		default:
			started++
		}
	}
	return nil, ctx.Err()
}

func TestANightOverTheWire(t *testing.T) {
	for name, secure := range map[string]bool{"http": false, "https": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rehearse(t, secure)
			if len(r.servers) < 2 {
				t.Fatalf("%d servers run Windows Server 2022", len(r.servers))
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var night sync.WaitGroup
			for _, d := range r.servers {
				night.Go(func() {
					if err := r.patch(ctx, d); err != nil {
						t.Errorf("%s: %v", d.Name, err)
					}
				})
			}
			night.Wait()
			counted := r.ledger.count(t)
			for _, d := range r.servers {
				for _, event := range []string{"install_staged", "installed", "restarted", "job_removed"} {
					if n := counted[d.Name+" "+event]; n != 1 {
						t.Errorf("%s: %s %d times", d.Name, event, n)
					}
				}
			}
		})
	}
}
