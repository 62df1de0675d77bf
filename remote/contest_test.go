//go:build linux

package remote

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// contest is two clients that run the same commands against the same simulated fleet, by turns.
type contest struct {
	b             *testing.B
	fleets        *simulatedFleets
	library, ours func(server int) error
	lost          atomic.Int64 // commands of the library that failed
}

// leg is what one side did in one round.
type leg struct {
	rate           float64       // commands a second
	own, simulated time.Duration // processor time of a command, here and in the fleet's process
}

// every runs a command on each of the first servers.
func (c *contest) every(servers int, do func(server int) error) {
	eachOf(c.b, servers, do)
}

// run lets both sides run that many commands in all, in rounds, over all sessions. serverOf says which server a command of a
// session goes to. Ours must run at least so many times the commands of the library a second, in the median of the rounds.
func (c *contest) run(commands int, least float64, serverOf func(session, command int) int) {
	var library, ours []leg
	begun := 0
	for round := range rounds {
		next := commands * (round + 1) / rounds
		library = append(library, c.leg(begun, next, serverOf, c.librarys))
		ours = append(ours, c.leg(begun, next, serverOf, c.ours))
		begun = next
	}
	if lost := int(c.lost.Load()); commands >= judged && lost > commands/mostLost {
		c.b.Errorf("%d of the library's %d commands failed", lost, commands)
	}
	rate := func(l leg) float64 { return l.rate }
	total := func(l leg) float64 { return float64((l.own + l.simulated).Microseconds()) }
	own := func(l leg) float64 { return float64(l.own.Microseconds()) }
	times := make([]float64, rounds)
	for i := range times {
		times[i] = ours[i].rate / library[i].rate
	}
	slices.Sort(times)
	byClock, byProcessor := times[rounds/2], median(library, total)/median(ours, total)
	c.b.ReportMetric(median(library, rate), "library-commands/s")
	c.b.ReportMetric(median(library, own), "library-cpu-us/command")
	c.b.ReportMetric(median(ours, rate), "commands/s")
	c.b.ReportMetric(median(ours, own), "cpu-us/command")
	c.b.ReportMetric(byProcessor, "times-by-cpu")
	c.b.ReportMetric(byClock, "times-library")
	c.b.ReportMetric(0, "ns/op") // it would mix both sides
	// Both processes have the same cores to share, so the processor time of both together says the same as the clock, and
	// says it also while somebody else uses them.
	if commands >= judged && max(byClock, byProcessor) < least {
		c.b.Errorf("ours ran %.1f times as many commands a second as the library (rounds: %.1f; by processor time %.1f), want %.1f",
			byClock, times, byProcessor, least)
	}
}

// librarys is a command of the library; that a few of them fail is its own trouble.
func (c *contest) librarys(server int) error {
	if c.library(server) != nil {
		c.lost.Add(1)
	}
	return nil
}

func (c *contest) leg(from, to int, serverOf func(session, command int) int, do func(server int) error) leg {
	var next atomic.Int64
	next.Store(int64(from))
	own, simulated, started := processorTime(), c.fleets.processorTime(c.b), time.Now()
	eachOf(c.b, librarySessions, func(session int) error {
		for {
			command := int(next.Add(1)) - 1
			if command >= to {
				return nil
			}
			if err := do(serverOf(session, command)); err != nil {
				return err
			}
		}
	})
	n := max(to-from, 1)
	return leg{float64(n) / time.Since(started).Seconds(), (processorTime() - own) / time.Duration(n),
		(c.fleets.processorTime(c.b) - simulated) / time.Duration(n)}
}

func median(legs []leg, of func(leg) float64) float64 {
	var values []float64
	for _, l := range legs {
		values = append(values, of(l))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// processorTime is what the child has used so far, in steps of ten milliseconds.
func (f *simulatedFleets) processorTime(t testing.TB) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", f.child.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	// The name in brackets may hold blanks; user and system time are the 12th and 13th field behind it.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var user, system int64
	if _, err := fmt.Sscan(strings.Join(fields[11:13], " "), &user, &system); err != nil {
		t.Fatal(err)
	}
	const tick = 10 * time.Millisecond // USER_HZ
	return time.Duration(user+system) * tick
}
