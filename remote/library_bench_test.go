//go:build linux

package remote

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"patchdeck/assets"
	"patchdeck/remote/simulator"
)

// Ours beside the library that people use, on the same simulated fleet and in the same run: facts with their script on
// standard input. Ours travels sealed over HTTP. The library's secure way that works is NTLM inside TLS; its own sealing
// (Encryption) runs in a process of its own, because it may take the process with it.

const (
	librarySessions = 256
	fewSessions     = 32               // the library's own sealing seldom survives more
	libraryLimit    = 20 * time.Second // for one round of the library's own sealing
)

const (
	// Ours and the library's take turns, so that whatever else the machine does meets both.
	rounds = 5
	// How many times the commands of the library ours must run.
	leastWarm, leastSweep = 5, 4
	// judged is how many commands a measurement needs to be worth a judgement.
	judged = 1000
	// mostSecure bounds the servers with HTTPS, which come on top of the others.
	mostSecure = 2000
	// mostLost is one in so many of the library's own commands that may fail: it logs in two connections of a client at once
	// and then sends the proof for one over the other.
	mostLost = 50
)

// BenchmarkBesideTheLibrary: go test -run - -bench BesideTheLibrary -benchtime 5000x ./remote -sweep 10000
func BenchmarkBesideTheLibrary(b *testing.B) {
	served := simulateElsewhere(b, max(*sweepSize, librarySessions), min(max(*sweepSize, librarySessions), mostSecure))
	contest := func(b *testing.B) *contest {
		fleet := newFleet(b, func(o *Options) {
			o.FleetLimit, o.SiteLimit, o.OpenLimit = librarySessions, librarySessions, 4000
			o.Credentials = func(string) (Credential, error) { return loginTo(served.Sealed[0]), nil }
		})
		clients := make([]*winrm.Client, len(served.Secure))
		for i, d := range served.Secure {
			clients[i] = libraryClient(b, d, func() winrm.Transporter { return &winrm.ClientNTLM{} })
		}
		input := libraryInput(b)
		return &contest{b: b, fleets: served,
			library: func(server int) error {
				stdout, _, code, err := clients[server].RunWithContextWithString(b.Context(), assets.BootstrapCommandLine(), input)
				if err == nil && (code != 0 || !strings.Contains(stdout, `"ok":true`)) {
					err = fmt.Errorf("exit code %d: %.100s", code, stdout)
				}
				return err
			},
			ours: func(server int) error {
				_, err := fleet.Facts(b.Context(), target(served.Sealed[server]))
				return err
			},
		}
	}
	// One server a session, which has run a command before.
	b.Run("warm", func(b *testing.B) {
		c := contest(b)
		c.every(librarySessions, c.librarys)
		c.lost.Store(0) // while warming up
		c.every(librarySessions, c.ours)
		c.run(b.N, leastWarm, func(session, _ int) int { return session })
	})
	// Another server each time, as in a sweep of the fleet: connection, login and shell are part of it.
	b.Run("sweep", func(b *testing.B) {
		contest(b).run(min(b.N, len(served.Secure)), leastSweep, func(_, command int) int { return command })
	})
	for _, sessions := range []int{librarySessions, fewSessions} {
		b.Run(fmt.Sprint("library-own-sealing-", sessions), func(b *testing.B) {
			if b.N == 1 {
				return // it takes its seconds whatever b.N is
			}
			rate, said := librarySealing(b, served.Sealed[:sessions])
			b.ReportMetric(rate, "commands/s")
			b.Log(said)
		})
	}
}

func libraryClient(t testing.TB, d simulator.Description, decorate func() winrm.Transporter) *winrm.Client {
	t.Helper()
	parameters := *winrm.DefaultParameters
	parameters.TransportDecorator = decorate
	endpoint := winrm.NewEndpoint(d.Address, d.Port, d.Scheme == "https", false, []byte(d.CA), nil, nil, 30*time.Second)
	c, err := winrm.NewClientWithParameters(endpoint, d.User, d.Password, &parameters)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// libraryInput is what our own client would send, with a nonce that is the same every time.
func libraryInput(t testing.TB) string {
	t.Helper()
	facts, _ := assets.Script("facts")
	o := order{facts, []byte("{}"), newNonce()}
	return string(o.line(false))
}

const sealedTargets = "PATCHDECK_TEST_LIBRARY_SEALED"

// TestLibrarySealing is the child that runs the library's own sealing: a short command without input on each server, over
// and over for some seconds. (With input the library's sealing does not get through: it uses one cipher from two goroutines.)
func TestLibrarySealing(t *testing.T) {
	var servers []simulator.Description
	if os.Getenv(sealedTargets) == "" {
		t.Skip("runs only as a child of BenchmarkBesideTheLibrary")
	}
	if err := json.NewDecoder(os.Stdin).Decode(&servers); err != nil {
		t.Fatal(err)
	}
	var done, failed atomic.Int64
	started := time.Now()
	const span = 4 * time.Second
	eachOf(t, len(servers), func(i int) error {
		for time.Since(started) < span {
			sealing, err := winrm.NewEncryption("ntlm")
			if err != nil {
				return err
			}
			c := libraryClient(t, servers[i], func() winrm.Transporter { return sealing })
			if code, err := c.RunWithContext(t.Context(), "hostname", io.Discard, io.Discard); err != nil || code != 0 {
				failed.Add(1)
				continue
			}
			done.Add(1)
		}
		return nil
	})
	fmt.Printf("\nRATE %f %d\n", float64(done.Load())/time.Since(started).Seconds(), failed.Load())
}

// librarySealing tells how many commands a second the library's own sealing runs, and what became of the others.
func librarySealing(b *testing.B, servers []simulator.Description) (rate float64, said string) {
	b.Helper()
	child := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestLibrarySealing$", "-test.timeout="+libraryLimit.String())
	child.Env = append(os.Environ(), sealedTargets+"=yes")
	text, err := json.Marshal(servers)
	if err != nil {
		b.Fatal(err)
	}
	child.Stdin = strings.NewReader(string(text))
	output, err := child.CombinedOutput()
	var failed int64
	if _, after, ok := strings.Cut(string(output), "\nRATE "); ok {
		if _, err := fmt.Sscan(after, &rate, &failed); err != nil {
			b.Fatal(err)
		}
		return rate, fmt.Sprintf("the library's own sealing, %d sessions: %d commands failed", len(servers), failed)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return 0, fmt.Sprintf("the library's own sealing took its process down with %d sessions: %v, %s", len(servers), err, first)
}
