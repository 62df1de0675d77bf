package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/trail"
	"patchdeck/store"
)

var (
	killServers = flag.Int("kills.servers", 100, "servers of the rollout that is killed again and again on a real store; 10000 is the size of the budget")
	killCount   = flag.Int("kills.count", 8, "how often it is killed; 50 is the size of the budget")
	killSeed    = flag.Uint64("kills.seed", 1, "seed of the moments at which it is killed")
)

// outside runs what must not happen in virtual time: a real store has goroutines, timers and locks of its own.
type outside struct {
	work chan func()
	done chan struct{}
}

func newOutside(t *testing.T) *outside {
	o := &outside{make(chan func()), make(chan struct{})}
	go func() {
		for work := range o.work {
			work()
			o.done <- struct{}{}
		}
	}()
	t.Cleanup(func() { close(o.work) })
	return o
}

func (o *outside) do(work func()) { o.work <- work; <-o.done }

// mortal is a real store under an engine that dies at one of its commits, before or after it became durable.
type mortal struct {
	*store.Store
	*outside
	left  int  // commits until then
	after bool // it dies, after the commit became durable
}

var errKilled = errors.New("killed")

func (m *mortal) Commit(b engine.Batch) (err error) {
	m.do(func() {
		if m.left--; m.left == 0 && !m.after {
			err = errKilled
			return
		}
		if err = m.Store.Commit(b); err == nil && m.left == 0 {
			err = errKilled
		}
	})
	return err
}

func (m *mortal) Load(each func(engine.Record) error) (err error) {
	m.do(func() { err = m.Store.Load(each) })
	return err
}

func (m *mortal) Entries(from uint64, each func(uint64, []byte) error) (err error) {
	m.do(func() { err = m.Store.Entries(from, each) })
	return err
}

func (m *mortal) Head() (head trail.Head) {
	m.do(func() { head = m.Store.Head() })
	return head
}

// reopen is the next start of the process.
func (m *mortal) reopen(t *testing.T, dir string) {
	m.do(func() {
		if m.Store != nil {
			if err := m.Store.Close(); err != nil {
				t.Error(err)
			}
		}
		m.Store = openStore(t, dir)
	})
}

// A rollout on a real store is killed again and again: nobody is installed twice or forgotten, and no command that was answered is lost.
func TestARolloutThatIsKilledAgainAndAgainLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := &mortal{outside: newOutside(t)}
	defer func() { m.do(func() { m.Store.Close() }) }()
	began, kills := time.Now(), 0
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(*killSeed, 10))
		n := nightOf(t, enginetest.Servers(*killServers), *killSeed, nil)
		n.policy.Poll, n.policy.ReadyPoll = 2*time.Minute, time.Minute
		steps := decisions(n)
		answered := 0
		for over := false; !over; {
			m.reopen(t, dir)
			if m.left = 0; kills < *killCount {
				m.left, m.after = 1+r.IntN(22**killServers / *killCount), r.IntN(2) == 0
			}
			over = n.lifetime(m, &steps, &answered)
			if !over {
				kills++
			}
		}
		enginetest.Check(t, n.view, m, n.world)
		foldsToItsRecords(t, m)
		titles := map[string]int{}
		for _, incident := range n.view.Incidents {
			titles[incident.Title]++
		}
		for i := range answered {
			if title := fmt.Sprintf("call %d", i); titles[title] == 0 {
				t.Errorf("the answered command %q is lost", title)
			}
		}
		t.Logf("seed %d: %d servers, %d kills, %d commands answered, %d entries", *killSeed, *killServers, kills, answered, n.view.Head.Seq)
	})
	t.Logf("took %s", time.Since(began).Round(time.Second))
	if kills < *killCount*2/3 {
		t.Errorf("it was killed %d times, want %d: the rollout was over", kills, *killCount)
	}
}

// lifetime is one process: it goes on with the steps that are left, and reports something every ten minutes. It tells whether the night is over.
func (n *night) lifetime(m *mortal, steps *[]decision, answered *int) (over bool) {
	ctx, cancel := context.WithCancel(context.Background())
	e, err := engine.New(engine.Options{Store: m, Fleet: n.world, Clock: engine.NewWallClock(), Policy: n.policy, Publish: 10 * time.Minute, Tick: enginetest.Tick})
	if err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, errKilled) {
			n.t.Error(err)
		}
		engine.CheckIndexes(n.t, e)
	}()
	wake, stop := e.Watch()
	defer stop()
	call := time.NewTicker(10 * time.Minute)
	defer call.Stop()
	for {
		v := e.View()
		if len(*steps) > 0 && (*steps)[0].when(v) {
			_, err := e.Do(ctx, (*steps)[0].who, (*steps)[0].command(v))
			if errors.Is(err, engine.ErrStopped) {
				return false // it may have been taken: the next life finds out
			}
			if err != nil {
				n.t.Log(err) // it had been
			}
			*steps = (*steps)[1:]
			continue
		}
		if len(*steps) == 0 && rehearsal.Over(v) {
			n.view = v
			return true
		}
		select {
		case _, alive := <-wake:
			if !alive {
				return false
			}
		case <-call.C:
			title := fmt.Sprintf("call %d", *answered)
			if _, err := e.Do(ctx, rehearsal.OnCall, engine.OpenIncident{Title: title, Class: "network", Reason: "somebody called"}); err == nil {
				*answered++
			}
		}
	}
}
