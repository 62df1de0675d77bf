package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// pipe collects what a running command prints and tells when a line is complete.
type pipe struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines chan string
}

func newPipe() *pipe { return &pipe{lines: make(chan string, 1000)} }

func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	for {
		line, err := p.text.ReadString('\n')
		if err != nil {
			p.text.WriteString(line)
			return len(b), nil
		}
		p.lines <- line
	}
}

func (p *pipe) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-p.lines:
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was printed")
		return ""
	}
}

// start runs words in the background.
func (s *shell) start(ctx context.Context, out, failed *pipe, words ...string) <-chan int {
	env := s.env
	env.Streams = command.Streams{In: strings.NewReader(""), Out: out, Err: failed}
	code := make(chan int, 1)
	go func() { code <- command.Execute(ctx, command.New(env), words) }()
	return code
}

func changed(view *engine.View, change func(r *engine.RolloutView)) *engine.View {
	next := *view
	next.Generation++
	next.Rollouts = append([]engine.RolloutView(nil), view.Rollouts...)
	r := next.Rollouts[2]
	counts := rollout.Counts{}
	for status, n := range r.Counts {
		counts[status] = n
	}
	r.Counts = counts
	change(&r)
	next.Rollouts[2] = r
	return &next
}

func TestWatchingPrintsEachChangeAndEndsWithTheRollout(t *testing.T) {
	view := uitest.Night(60)
	s := at(t, view, approval.Viewer)
	out, failed := newPipe(), newPipe()
	code := s.start(t.Context(), out, failed, "rollout", "status", "R-3", "--watch")
	if line := out.next(t); !strings.HasPrefix(line, "R-3 2026-11-security Prod running: ") {
		t.Errorf("first line %q", line)
	}
	same := *view
	s.console.Show(&same)
	view = changed(view, func(r *engine.RolloutView) { r.Counts[rollout.Succeeded]++; r.Counts[rollout.Running]-- })
	s.console.Show(view)
	if line := out.next(t); !strings.Contains(line, "succeeded") || strings.Contains(line, "1 running") {
		t.Errorf("second line %q", line)
	}
	s.console.Show(changed(view, func(r *engine.RolloutView) { r.State = rollout.Closed }))
	if line := out.next(t); !strings.HasPrefix(line, "R-3 2026-11-security Prod closed: ") {
		t.Errorf("last line %q", line)
	}
	if got := <-code; got != command.Done || len(out.lines) != 0 {
		t.Errorf("exit code %d, %d more lines", got, len(out.lines))
	}
	if s.console.Watchers() != 0 {
		t.Error("somebody still watches")
	}
}

func TestWatchingAHaltedRolloutEndsWithThree(t *testing.T) {
	s := at(t, uitest.Halted(60), approval.Viewer)
	r := s.expect(command.Halted, "R-3 is halted: stop score 728 of 700", "rollout", "status", "--watch", "--json")
	for line := range strings.Lines(r.out) {
		var got struct {
			ID                      string
			State                   string
			Servers, Targeted, Open int
			Counts                  map[string]int
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		sum := 0
		for _, n := range got.Counts {
			sum += n
		}
		if sum != got.Servers {
			t.Errorf("%s: counts add up to %d of %d servers", got.ID, sum, got.Servers)
		}
	}
	s.expect(command.Done, "halted by engine: stop score 728", "rollout", "status")
}

func TestWatchingEndsWithItsPerson(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Viewer)
	ctx, cancel := context.WithCancel(t.Context())
	out, failed := newPipe(), newPipe()
	code := s.start(ctx, out, failed, "rollout", "status", "--watch")
	out.next(t)
	cancel()
	if got := <-code; got != command.Failure {
		t.Errorf("exit code %d", got)
	}
	if line := failed.next(t); !strings.Contains(line, "the rollout goes on") {
		t.Errorf("said %q", line)
	}
}

func TestASweepStaysUntilItIsThrough(t *testing.T) {
	busy := uitest.Night(60) // a sweep runs in it
	s := at(t, busy, approval.Lead)
	out, failed := newPipe(), newPipe()
	code := s.start(t.Context(), out, failed, "inventory", "sweep")
	if line := out.next(t); line != "inventory.sweep done\n" {
		t.Errorf("first line %q", line)
	}
	halfway := *busy
	halfway.Sweeps = []engine.SweepView{{ID: "SW-31", Kind: engine.SweepFacts, Total: 60, Done: 59}}
	s.console.Show(&halfway)
	over := *busy
	over.Sweeps = []engine.SweepView{{ID: "SW-32", Kind: engine.SweepFacts, Total: 60}}
	over.Servers = uitest.Fleet(60)
	for i := range over.Servers {
		over.Servers[i].Trouble = ""
	}
	over.Servers[7].Trouble = "no answer in 20 s"
	s.console.Show(&over)
	if line := out.next(t); line != "59 of 60 servers answered\n" {
		t.Errorf("result %q", line)
	}
	if got := <-code; got != command.Done {
		t.Errorf("exit code %d", got)
	}
	s.gave(engine.Sweep{Kind: engine.SweepFacts})
}
