//go:build linux

package remote

import (
	"flag"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sweepSize is how many simulated servers the sweep reads; CI and people ask for 10000.
var sweepSize = flag.Int("sweep", 300, "servers in TestSweepOfAFleet")

// Budgets of a sweep.
const (
	mostInFlight   = 40 << 10 // bytes of heap and stack a server under way, beyond what was there before
	mostConnected  = 5000
	mostSimulating = 4 << 30 // bytes of memory of the whole simulated fleet
)

// Every server of a simulated fleet is asked for its facts once: nobody is lost, few connections are open at any time, and
// neither side's memory grows with the fleet. go test ./remote -run SweepOfAFleet -sweep 10000 -v
func TestSweepOfAFleet(t *testing.T) {
	served := simulateElsewhere(t, *sweepSize, 0)
	f := newFleet(t, func(o *Options) {
		o.SiteLimit, o.OpenLimit = o.FleetLimit, 4000
		o.Credentials = func(string) (Credential, error) { return loginTo(served.Sealed[0]), nil }
	})
	var next, failures atomic.Int64
	var connected peak
	var workers sync.WaitGroup
	started, before := time.Now(), processorTime()
	for range 2 * f.options.FleetLimit {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(served.Sealed) {
					return
				}
				d := served.Sealed[i]
				facts, err := f.Facts(t.Context(), target(d))
				if err != nil || facts.Hostname != d.Name || facts.Build.String() != d.Build {
					failures.Add(1)
					t.Errorf("%s: %v, %s %s", d.Name, err, facts.Hostname, facts.Build)
				}
				if i%100 == 0 {
					connected.see(openFiles(t))
				}
			}
		})
	}
	workers.Wait()
	wall, processor := time.Since(started), processorTime()-before
	f.Close()
	simulated := served.stop()
	t.Logf("%d servers in %v, %d failures, %v of our processor time, %v of the simulator's; at most %d files open; the simulator held %d MB",
		len(served.Sealed), wall.Round(time.Millisecond), failures.Load(), processor.Round(time.Millisecond),
		simulated.processor.Round(time.Millisecond), connected.most, simulated.resident>>20)
	if connected.most > mostConnected {
		t.Errorf("%d files were open", connected.most)
	}
	if simulated.resident == 0 || simulated.resident > mostSimulating {
		t.Errorf("the simulated fleet held %d bytes", simulated.resident)
	}
}

// peak remembers the largest of many numbers.
type peak struct {
	mutex sync.Mutex
	most  int
}

func (p *peak) see(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.most = max(p.most, n)
}

// openFiles counts this process's descriptors: connections, and a handful of others.
func openFiles(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Error(err)
	}
	return len(open)
}

// A server with a command under way costs little memory, so that many may be under way.
func TestAServerUnderWayCostsLittleMemory(t *testing.T) {
	if underRace {
		t.Skip("the race detector keeps memory of its own")
	}
	const size = 300
	used := memoryUnderWay(t, size)
	t.Logf("%d bytes a server", used/size)
	if used/size > mostInFlight {
		t.Errorf("%d bytes a server", used/size)
	}
}

// memoryUnderWay is what so many servers cost together while each has a command that does not end.
func memoryUnderWay(t testing.TB, size int) int64 {
	t.Helper()
	t.Setenv(farmHangs, "yes")
	served := startFarm(t, size)
	f := newFleet(t, func(o *Options) { o.FleetLimit, o.SiteLimit, o.OpenLimit = size, size, 2*size })
	before := liveMemory()
	var group sync.WaitGroup
	for _, target := range served.Servers {
		group.Go(func() { f.Facts(t.Context(), target) })
	}
	<-served.hanging
	during := liveMemory()
	f.Close()
	group.Wait()
	return during - before
}

// liveMemory is what heap and stacks hold. Pools give their memory back at the second collection.
func liveMemory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
