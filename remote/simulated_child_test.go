//go:build linux

package remote

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchdeck/remote/simulator"
)

// simulatedFleets are whole simulated fleets in a process of their own, as `patchdeck simulate` runs them, so that time and
// memory of this process are the client's alone.
type simulatedFleets struct {
	Sealed []simulator.Description `json:"sealed"` // plain HTTP, messages sealed
	Secure []simulator.Description `json:"secure"` // HTTPS
	child  *exec.Cmd
	input  io.Closer
}

const (
	childServers = "PATCHDECK_TEST_SIMULATED" // how many servers with sealed messages
	childSecure  = "PATCHDECK_TEST_SECURE"    // how many with HTTPS
)

// TestServeSimulatedFleets is the child process; it serves until its standard input ends.
func TestServeSimulatedFleets(t *testing.T) {
	sizes := map[string]int{childServers: 0, childSecure: 0}
	for name := range sizes {
		var size int
		fmt.Sscan(os.Getenv(name), &size)
		sizes[name] = size
	}
	if sizes[childServers] == 0 {
		t.Skip("runs only as a child of other tests")
	}
	simulator.MoreMemoryForTime()
	describe := func(size int, secure bool) []simulator.Description {
		if size == 0 {
			return nil
		}
		fleet, err := simulator.New(simulator.Config{Servers: size, Seed: 1, TLS: secure})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { fleet.Close() })
		return fleet.Servers()
	}
	served := simulatedFleets{Sealed: describe(sizes[childServers], false), Secure: describe(sizes[childSecure], true)}
	text, err := json.Marshal(served)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\n%s%s\n", servedLine, text)
	io.Copy(io.Discard, os.Stdin)
}

const servedLine = "SERVED "

// simulateElsewhere starts the child. The test's end stops it.
func simulateElsewhere(t testing.TB, sealed, secure int) *simulatedFleets {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestServeSimulatedFleets$", "-test.v")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childServers, sealed), fmt.Sprintf("%s=%d", childSecure, secure))
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	fleets := &simulatedFleets{child: child, input: input}
	t.Cleanup(func() { fleets.stop() })
	said := bufio.NewReader(output)
	for {
		line, err := said.ReadString('\n')
		if text, ok := strings.CutPrefix(line, servedLine); ok {
			if err := json.Unmarshal([]byte(text), fleets); err != nil {
				t.Fatal(err)
			}
			go io.Copy(io.Discard, said)
			return fleets
		}
		if err != nil {
			t.Fatalf("the simulated fleet does not serve: %v", err)
		}
	}
}

// usage is what a process used.
type usage struct {
	processor time.Duration
	resident  int64 // most memory it held at once, in bytes
}

// stop ends the child, if it still runs, and tells what it used.
func (f *simulatedFleets) stop() usage {
	f.input.Close()
	f.child.Wait() // says the exit code, or that it was waited for before
	state := f.child.ProcessState
	if state == nil {
		return usage{}
	}
	used := usage{processor: state.UserTime() + state.SystemTime()}
	if resources, ok := state.SysUsage().(*syscall.Rusage); ok {
		used.resident = resources.Maxrss << 10 // Linux counts kilobytes
	}
	return used
}

// loginTo gives the credential that all servers of a simulated fleet share.
func loginTo(d simulator.Description) Credential {
	return Credential{User: d.User, Password: d.Password, CA: []byte(d.CA)}
}
