package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// workbench is a fleet without a network whose wall clock the test turns. Nothing in it waits.
type workbench struct {
	t      testing.TB
	wall   time.Time
	world  *world
	hosts  []*host
	ledger bytes.Buffer
}

var (
	testEpoch = time.Date(2026, 11, 10, 18, 0, 0, 0, time.UTC)
	month     = []Published{
		{KB: "KB5999016", Title: "2026-11 Cumulative Update for 2016", BaseBuild: [3]int{10, 0, 14393}, UBR: 8783, Restart: true},
		{KB: "KB5999019", Title: "2026-11 Cumulative Update for 2019", BaseBuild: [3]int{10, 0, 17763}, UBR: 8513, Restart: true},
		{KB: "KB5999022", Title: "2026-11 Cumulative Update for 2022", BaseBuild: [3]int{10, 0, 20348}, UBR: 4773, Restart: true},
		{KB: "KB5999025", Title: "2026-11 Cumulative Update for 2025", BaseBuild: [3]int{10, 0, 26100}, UBR: 7462, Restart: true},
		{KB: "KB5999125", Title: "2026-11 Hotpatch for 2025", BaseBuild: [3]int{10, 0, 26100}, UBR: 7392, Hotpatch: true},
	}
)

func newWorkbench(t testing.TB, config Config) *workbench {
	t.Helper()
	b := &workbench{t: t, wall: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	config.Ledger, config.Epoch, config.Started = &b.ledger, testEpoch, b.wall
	if config.Published == nil {
		config.Published = month
	}
	config, err := config.validated(b.wall)
	if err != nil {
		t.Fatal(err)
	}
	b.world = newWorld(config, func() time.Time { return b.wall })
	b.hosts = b.world.hosts(config)
	return b
}

// pass lets fleet time go by, visiting servers as the schedule does.
func (b *workbench) pass(d time.Duration) {
	b.wall = b.wall.Add(time.Duration(float64(d) / b.world.clock.speed))
	due, _, _ := b.world.schedule.take(b.world.clock.now())
	for _, h := range due {
		h.visit()
	}
}

// until lets fleet time go by in steps until done; a limit keeps a broken model from running for ever.
func (b *workbench) until(what string, step time.Duration, done func() bool) {
	b.t.Helper()
	for passed := time.Duration(0); !done(); passed += step {
		if passed > 6*time.Hour {
			b.t.Fatalf("%s: not within six hours of fleet time", what)
		}
		b.pass(step)
	}
}

// request is the standard input with which a script of ours is called.
func request(t testing.TB, script string, parameters any) []byte {
	t.Helper()
	file, ok := assets.Script(script)
	if !ok {
		t.Fatalf("no script %q", script)
	}
	file = file.Bare()
	body, err := json.Marshal(map[string]any{
		"script": map[string]any{"name": file.Name, "version": file.Version, "sha256": file.SHA256, "gzip": file.Packed()}, "parameters": parameters, "nonce": strings.Repeat("0f", 16),
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// sent is the body of a job on its way.
func sent(file assets.ScriptFile) map[string]any {
	return map[string]any{"name": file.Name, "version": file.Version, "sha256": file.SHA256, "text": file.Text}
}

// call runs a script on a server as a client would, and decodes its result.
func ask[T any](b *workbench, h *host, script string, parameters any) (result T) {
	b.t.Helper()
	exit := h.Run(b.t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(b.t, script, parameters), User: user})
	return decode[T](b.t, exit)
}

func decode[T any](t testing.TB, exit wsman.Exit) (result T) {
	t.Helper()
	var envelope struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
		Error  *problem        `json:"error"`
	}
	lines := strings.Split(strings.Trim(string(exit.Stdout), "\n"), "\n")
	if exit.Code != 0 || len(lines) != 3 {
		t.Fatalf("exit %d with %d lines: %s", exit.Code, len(lines), exit.Stderr)
	}
	if err := json.Unmarshal([]byte(lines[1]), &envelope); err != nil {
		t.Fatal(err)
	}
	if !envelope.OK {
		t.Fatalf("the script failed: %v", envelope.Error)
	}
	if err := json.Unmarshal(envelope.Result, &result); err != nil {
		t.Fatalf("result %s: %v", envelope.Result, err)
	}
	return result
}

// shownJob is jobView and its lines as a client reads them.
type shownJob struct {
	Job, Kind, Phase, KB string
	State                jobState
	Existed              bool
	Seq, Percent         int
	Outcome              *outcome
	Lines                []struct{ Seq, Percent int }
}

func startJob(b *workbench, h *host, id, kind string, kbs ...string) shownJob {
	b.t.Helper()
	body, ok := assets.Script("job-" + kind)
	if !ok {
		b.t.Fatalf("no body for kind %s", kind)
	}
	return ask[shownJob](b, h, "job-start", map[string]any{
		"job": id, "kind": kind, "change": "CHG-1", "deadline": testEpoch.Add(24 * time.Hour),
		"body": sent(body), "manifest": map[string]any{"updates": kbs},
	})
}

func poll(b *workbench, h *host, id string, after int) shownJob {
	b.t.Helper()
	return ask[shownJob](b, h, "job-poll", map[string]any{"job": id, "after": after, "most": 100})
}

// runJob starts a job and waits for its end.
func runJob(b *workbench, h *host, id, kind string, kbs ...string) shownJob {
	b.t.Helper()
	startJob(b, h, id, kind, kbs...)
	b.until(kind, time.Minute, func() bool { state := poll(b, h, id, 0).State; return state == finished || state == lost })
	return poll(b, h, id, 0)
}

type shownFacts struct {
	Hostname       string
	Build          string
	BootTime       time.Time `json:"boot_time"`
	Time           time.Time
	Servicing      string
	PendingRestart []pending `json:"pending_restart"`
	Updates        []struct{ KB string }
	Services       []service
	Free           int64 `json:"system_drive_free_bytes"`
}

func factsOf(b *workbench, h *host) shownFacts {
	b.t.Helper()
	return ask[shownFacts](b, h, "facts", struct{}{})
}

// orderRestart orders a restart of the start that the server is in.
func orderRestart(b *workbench, h *host, id string) (reply struct {
	Ordered bool
	Already string
}) {
	b.t.Helper()
	return ask[struct {
		Ordered bool
		Already string
	}](b, h, "restart", map[string]any{"restart": id, "boot_time": factsOf(b, h).BootTime, "delay_seconds": 5, "comment": "CHG-1"})
}

// restartAndWait orders a restart and waits until the server answers and has settled.
func restartAndWait(b *workbench, h *host, id string) {
	b.t.Helper()
	if reply := orderRestart(b, h, id); !reply.Ordered {
		b.t.Fatalf("restart %s was not ordered: %q", id, reply.Already)
	}
	boots := h.Boot()
	b.until("restart", 10*time.Second, func() bool {
		return h.Boot() > boots && h.Reach() == wsman.Answering && factsOf(b, h).Servicing == "idle"
	})
}

// events lists what the ledger says of a server, "event kb code" each.
func (b *workbench) events(h *host) (all []string) {
	b.t.Helper()
	for _, e := range b.entries() {
		if e.Server == h.name {
			all = append(all, strings.TrimRight(fmt.Sprintf("%s %s %s", e.Event, e.KB, e.Code), " "))
		}
	}
	return all
}

type writtenEntry struct {
	At                                           time.Time
	Server, Job, Kind, KB, Build, Code, By, Boot string
	Event                                        event
}

func (b *workbench) entries() (all []writtenEntry) {
	b.t.Helper()
	for line := range strings.Lines(b.ledger.String()) {
		var e writtenEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			b.t.Fatalf("ledger line %q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

// withFate finds a server of the fleet that has a fate.
func (b *workbench) withFate(name string) *host {
	b.t.Helper()
	for _, h := range b.hosts {
		if h.fate.name == name {
			return h
		}
	}
	b.t.Fatalf("no server has the fate %q", name)
	return nil
}

// missing finds the KB that a server needs; the test fails when it needs none.
func (b *workbench) missing(h *host) string {
	b.t.Helper()
	h.enter()
	defer h.mu.Unlock()
	offered := h.offers(b.world.clock.now(), false)
	if len(offered) != 1 {
		b.t.Fatalf("%s is offered %d updates, want one", h.name, len(offered))
	}
	return offered[0].KB
}
