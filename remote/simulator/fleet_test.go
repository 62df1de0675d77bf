package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

func newFleet(t testing.TB, config Config) *Fleet {
	t.Helper()
	f, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// hastyDial gives every connection an end: the foreign client would wait for ever for a server that is silent.
func hastyDial(network, address string) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, time.Second)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(time.Second))
	}
	return conn, err
}

// foreignClient is a client that other people wrote, logged in with what the fleet's description says.
func foreignClient(t testing.TB, d Description) *winrm.Client {
	t.Helper()
	parameters := *winrm.DefaultParameters
	parameters.TransportDecorator = func() winrm.Transporter { return winrm.NewClientNTLMWithDial(hastyDial) }
	endpoint := winrm.NewEndpoint(d.Address, d.Port, d.Scheme == "https", false, []byte(d.CA), nil, nil, 500*time.Millisecond)
	c, err := winrm.NewClientWithParameters(endpoint, d.User, d.Password, &parameters)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// over runs a script over the wire. While the server restarts there is no answer: ok is false.
func over[T any](t testing.TB, c *winrm.Client, script string, parameters any) (result T, ok bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	stdout, stderr, code, err := c.RunWithContextWithString(ctx, assets.BootstrapCommandLine(), string(request(t, script, parameters)))
	// The library asks again for output whose reply came too late, and takes what is left, nothing, for all of it.
	if err != nil || code != 0 || !strings.Contains(stdout, "-----END PATCHDECK") {
		return result, false
	}
	return decode[T](t, wsman.Exit{Stdout: []byte(stdout), Stderr: []byte(stderr), Code: code}), true
}

// patiently asks again and again: a busy machine may be slower than the limits above. The minute only keeps a broken fleet
// from holding up the tests.
func patiently(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// A client of another house patches a server, over HTTPS with NTLM.
func TestAForeignClientPatchesAServerOverTheWire(t *testing.T) {
	var ledger bytes.Buffer
	f := newFleet(t, Config{Servers: 3, Seed: 1, Speed: 3000, TLS: true, Ledger: &ledger, Epoch: testEpoch, Published: month})
	c := foreignClient(t, f.Servers()[2])
	var before shownFacts
	patiently(t, "facts", func() (ok bool) {
		before, ok = over[shownFacts](t, c, "facts", struct{}{})
		return ok
	})
	if before.Hostname != f.Servers()[2].Name || before.Build != f.Servers()[2].Build {
		t.Fatalf("facts: %+v, described as %+v", before, f.Servers()[2])
	}
	body, _ := assets.Script("job-install")
	patiently(t, "the job's start", func() bool { // ordering it again starts nothing twice
		_, ok := over[shownJob](t, c, "job-start", map[string]any{
			"job": "install-1", "kind": "install", "deadline": f.Time().AddDate(1, 0, 0),
			"body": sent(body), "manifest": map[string]any{"updates": []string{"KB5999022"}},
		})
		return ok
	})
	patiently(t, "the installation's end", func() bool {
		job, ok := over[shownJob](t, c, "job-poll", map[string]any{"job": "install-1", "most": 10})
		return ok && job.State == finished
	})
	patiently(t, "the restart's order", func() bool {
		_, ok := over[struct{}](t, c, "restart", map[string]any{"restart": "restart-1", "boot_time": before.BootTime, "delay_seconds": 5})
		return ok
	})
	patiently(t, "the server's return", func() bool {
		after, ok := over[shownFacts](t, c, "facts", struct{}{})
		if ok && after.BootTime.After(before.BootTime) && after.Build != "10.0.20348.4773" {
			t.Errorf("after the restart its build is %s", after.Build)
		}
		return ok && after.BootTime.After(before.BootTime)
	})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ledger.String(), `"event":"installed"`) {
		t.Errorf("ledger:\n%s", ledger.String())
	}
}

func TestFleetsShareAMachine(t *testing.T) {
	addresses := map[string]bool{}
	for seed := range uint64(3) {
		f := newFleet(t, Config{Servers: 5, Seed: seed})
		for _, d := range f.Servers() {
			if addresses[d.Address] && d.Port == portHTTP {
				t.Errorf("%s belongs to two fleets", d.Address)
			}
			addresses[d.Address] = true
		}
	}
}

func TestADescriptionIsOneObjectAServerAndThenTheClock(t *testing.T) {
	started := time.Now().Add(-time.Minute)
	f := newFleet(t, Config{Servers: 3, Seed: 1, Speed: 60, Epoch: testEpoch, Started: started})
	var out bytes.Buffer
	if err := f.WriteDescription(&out); err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(out.String()))
	if len(lines) != 4 {
		t.Fatalf("%d lines for three servers", len(lines))
	}
	var d Description
	if err := json.Unmarshal([]byte(lines[0]), &d); err != nil || d.Name == "" || d.Password == "" || net.ParseIP(d.Address) == nil || d.Port == 0 {
		t.Errorf("first line %s: %v", lines[0], err)
	}
	var r Ready
	if err := json.Unmarshal([]byte(lines[3]), &r); err != nil || !r.Ready || r.Speed != 60 || !r.Epoch.Equal(testEpoch) || !r.Started.Equal(started) {
		t.Errorf("last line %s: %v", lines[3], err)
	}
	if passed := f.Time().Sub(testEpoch); passed < time.Hour {
		t.Errorf("a minute at speed 60 is %s of fleet time", passed)
	}
}

func TestBadConfigurationsAreRefusedInOneLine(t *testing.T) {
	for _, c := range []Config{
		{Servers: 0}, {Servers: MaxServers + 1}, {Servers: 1, Speed: -1}, {Servers: 1, Faults: "some"},
		{Servers: 1, Published: []Published{{KB: "5999022"}}}, {Servers: 1, Published: []Published{{KB: "KB5999022", UBR: -1}}},
	} {
		f, err := New(c)
		if err == nil {
			_ = f.Close()
			t.Errorf("%+v was accepted", c)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestALedgerThatCannotBeWrittenIsSaid(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	b.world.ledger.out = fullDisk{}
	runJob(b, b.hosts[0], "scan-1", "scan")
	if err := b.world.ledger.failure(); err == nil || !strings.Contains(err.Error(), b.hosts[0].name) {
		t.Errorf("the failure is %v", err)
	}
}

// One short command of a client, without the wire.
func BenchmarkFacts(b *testing.B) {
	w := newWorkbench(b, Config{Servers: 1, Seed: 1})
	command := wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(b, "facts", struct{}{})}
	b.ReportAllocs()
	for b.Loop() {
		w.hosts[0].Run(b.Context(), command)
	}
}

func BenchmarkPoll(b *testing.B) {
	w := newWorkbench(b, Config{Servers: 1, Seed: 1})
	startJob(w, w.hosts[0], "install-1", "install", "KB5999016")
	w.pass(20 * time.Minute)
	command := wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(b, "job-poll", map[string]any{"job": "install-1", "after": 30, "most": 100})}
	b.ReportAllocs()
	for b.Loop() {
		w.hosts[0].Run(b.Context(), command)
	}
}

func BenchmarkNewFleetOf10000(b *testing.B) {
	for b.Loop() {
		newWorkbench(b, Config{Servers: 10_000, Seed: 1, Faults: UsualFaults})
	}
}

// A fleet that closes gives its first address back last: whoever takes that one finds all others free.
func TestFleetsThatComeAndGoDoNotMeet(t *testing.T) {
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 4 {
				f, err := New(Config{Servers: 60, Seed: 1})
				if err != nil {
					t.Error(err)
					return
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	users.Wait()
}
