//go:build linux

package remote

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/remote/simulator/wsman"
)

// What one command on a warm host costs on our side, against as many bare HTTP POSTs of the same bytes as it needs
// requests. The servers run in a child process, so that the processor time of this one is ours alone.

// farm is what the child serves.
type farm struct {
	Servers []engine.Target `json:"servers"`
	Bare    string          `json:"bare"` // address that answers any POST with as many bytes as X-Reply says
	hanging chan struct{}   // closed when every server has a command that hangs
}

const (
	farmSize  = "PATCHDECK_TEST_FARM"
	farmHangs = "PATCHDECK_TEST_FARM_HANGS" // set: no command ever ends
	farmTakes = "PATCHDECK_TEST_FARM_TAKES" // how long every command takes
)

// TestServeFarm is the child process of the benchmarks; it serves until its standard input ends.
func TestServeFarm(t *testing.T) {
	var size int
	if _, err := fmt.Sscan(os.Getenv(farmSize), &size); err != nil {
		t.Skip("runs only as a child of the benchmarks")
	}
	var served farm
	hanging := make(chan struct{}, size)
	for range size {
		s := newServer(t, wsman.Options{})
		if os.Getenv(farmHangs) != "" {
			s.hanging, s.ended = hanging, make(chan struct{}, 1)
			s.answer = func(string, jsonText) string { return hang }
		}
		if takes, err := time.ParseDuration(os.Getenv(farmTakes)); err == nil {
			s.answer = func(string, jsonText) string {
				<-time.After(takes)
				return factsText
			}
		}
		served.Servers = append(served.Servers, s.target)
	}
	reply := bytes.Repeat([]byte("x"), 1<<20)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served.Bare = listener.Addr().String()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var length int
		fmt.Sscan(r.Header.Get("X-Reply"), &length)
		io.Copy(io.Discard, r.Body)
		w.Write(reply[:length])
	}))
	text, _ := json.Marshal(served)
	fmt.Printf("\nFARM %s\n", text)
	go func() {
		for range size {
			<-hanging
		}
		fmt.Println("HANGING")
	}()
	io.Copy(io.Discard, os.Stdin)
}

func startFarm(b testing.TB, size int) farm {
	b.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestServeFarm$", "-test.v")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", farmSize, size))
	input, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	output, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { input.Close(); child.Wait() })
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "FARM "); ok {
			var served farm
			if err := json.Unmarshal([]byte(text), &served); err != nil {
				b.Fatal(err)
			}
			served.hanging = make(chan struct{})
			go func() {
				for lines.Scan() {
					if lines.Text() == "HANGING" {
						close(served.hanging)
					}
				}
			}()
			return served
		}
	}
	b.Fatal("the child serves nothing")
	return farm{}
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// counting counts what travels over a listener's connections.
type counting struct {
	net.Listener
	in, out *atomic.Int64
}

type countingConn struct {
	net.Conn
	in, out *atomic.Int64
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	return countingConn{conn, c.in, c.out}, err
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// bytesPerCommand measures what one command on a warm host sends and receives, headers included.
func bytesPerCommand(b *testing.B) (sent, received int) {
	b.Helper()
	s, f := newServer(b, wsman.Options{}), newFleet(b, nil)
	s.endpoint.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var in, out atomic.Int64
	s.endpoint = wsman.Serve(counting{listener, &in, &out}, s, wsman.Options{})
	s.target.Port = listener.Addr().(*net.TCPAddr).Port
	for range 2 {
		in.Store(0)
		out.Store(0)
		if _, err := f.Facts(b.Context(), s.target); err != nil {
			b.Fatal(err)
		}
	}
	return int(in.Load()), int(out.Load())
}

const (
	sideBySide         = 32
	requestsPerCommand = 2
	mostTimesBare      = 4
)

// BenchmarkCommand reports processor time: go test -run - -bench Command -benchtime 3s ./remote
func BenchmarkCommand(b *testing.B) {
	served := startFarm(b, sideBySide)
	sent, received := bytesPerCommand(b)
	var bare time.Duration
	b.Run("bare", func(b *testing.B) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: sideBySide}}
		defer client.CloseIdleConnections()
		body := make([]byte, sent/requestsPerCommand)
		bare = perCommand(b, func(int) error {
			for range requestsPerCommand {
				request, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+served.Bare, bytes.NewReader(body))
				request.Header.Set("X-Reply", fmt.Sprint(received/requestsPerCommand))
				reply, err := client.Do(request)
				if err != nil {
					return err
				}
				io.Copy(io.Discard, reply.Body)
				reply.Body.Close()
			}
			return nil
		})
	})
	b.Run("facts", func(b *testing.B) {
		f := newFleet(b, nil)
		eachOf(b, sideBySide, func(i int) error {
			_, err := f.Facts(b.Context(), served.Servers[i])
			return err
		})
		ours := perCommand(b, func(i int) error {
			_, err := f.Facts(b.Context(), served.Servers[i])
			return err
		})
		b.ReportMetric(float64(sent), "bytes-out/command")
		b.ReportMetric(float64(received), "bytes-in/command")
		if bare > 0 {
			times := float64(ours) / float64(bare)
			b.ReportMetric(times, "times-bare")
			if b.N >= judged && times > mostTimesBare {
				b.Errorf("a command costs as much as %.1f times its requests as bare POSTs, want at most %d", times, mostTimesBare)
			}
		}
	})
}

// perCommand runs do over and over, side by side, and reports this process's time for one.
func perCommand(b *testing.B, do func(worker int) error) time.Duration {
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime()
	eachOf(b, sideBySide, func(i int) error {
		for next.Add(1) <= int64(b.N) {
			if err := do(i); err != nil {
				return err
			}
		}
		return nil
	})
	used := (processorTime() - before) / time.Duration(b.N)
	b.ReportMetric(float64(used.Nanoseconds())/1000, "cpu-us/command")
	return used
}

func eachOf(t testing.TB, workers int, do func(worker int) error) {
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() {
			if err := do(i); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// BenchmarkSweep reads the facts of 1,000 servers that were never asked before: connection, login, shell, command.
func BenchmarkSweep(b *testing.B) {
	const size = 1000
	served := startFarm(b, size)
	for b.Loop() {
		f := newFleet(b, nil)
		var failures atomic.Int64
		before := processorTime()
		eachOf(b, size, func(i int) error {
			if _, err := f.Facts(b.Context(), served.Servers[i]); err != nil {
				failures.Add(1)
				return err
			}
			return nil
		})
		b.ReportMetric(float64((processorTime()-before).Microseconds())/size, "cpu-us/server")
		b.ReportMetric(float64(failures.Load()), "failed")
		f.Close()
	}
}

// BenchmarkWaiting reports what 1,000 servers cost in memory while each has a command under way.
func BenchmarkWaiting(b *testing.B) {
	const size = 1000
	for b.Loop() {
		b.ReportMetric(float64(memoryUnderWay(b, size))/size/1024, "KB/server")
	}
}

// BenchmarkTogether asks 200 servers in ten sites, never asked before, for something that takes them a second: it must not
// take us much longer than that.
func BenchmarkTogether(b *testing.B) {
	const (
		size   = 200
		sites  = 10
		takes  = time.Second
		budget = 1500 * time.Millisecond
	)
	b.Setenv(farmTakes, takes.String())
	served := startFarm(b, size)
	for i := range served.Servers {
		served.Servers[i].Site = fmt.Sprint("site ", i%sites)
	}
	var longest time.Duration
	for b.Loop() {
		f, started := newFleet(b, nil), time.Now()
		eachOf(b, size, func(i int) error {
			_, err := f.Facts(b.Context(), served.Servers[i])
			return err
		})
		longest = max(longest, time.Since(started))
		f.Close()
	}
	b.ReportMetric(longest.Seconds(), "s-longest")
	if longest > budget {
		b.Errorf("%v for %d servers that take %v each, side by side", longest, size, takes)
	}
}
