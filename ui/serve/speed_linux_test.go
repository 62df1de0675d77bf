package serve

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen"
	"patchdeck/ui/uitest"
)

// fleet is the size of the whole fleet; the open window is one of its 24.
const fleet = 10_000

// wakes is how often the engine publishes a view while reports arrive.
const wakes = 10

// course is what a server goes through in the measurements; it begins anew at its end, so that the night does not run out.
var course = []rollout.Delivery{rollout.Staged, rollout.Running, rollout.Restarting, rollout.Verifying, rollout.Succeeded}

// reported gives the view after so many reports about servers of the open window, as the engine would publish it.
func reported(view *engine.View, reports int, random *rand.Rand) *engine.View {
	next := *view
	next.Generation++
	next.At = next.At.Add(time.Second / wakes)
	next.Rollouts = slices.Clone(view.Rollouts)
	r := &next.Rollouts[2]
	r.Cells, r.Counts = slices.Clone(r.Cells), maps.Clone(r.Counts)
	var open []int
	for i := range r.Cells {
		if r.Cells[i].Window == r.Windows[r.Current].ID && slices.Contains(course, r.Cells[i].Delivery) {
			open = append(open, i)
		}
	}
	for range reports {
		c := &r.Cells[open[random.IntN(len(open))]]
		c.LastReport = next.At
		if c.Delivery == rollout.Running && c.Percent < 100 {
			c.Percent += 10
			continue
		}
		r.Counts[c.Delivery]--
		c.Delivery, c.Since, c.Percent = course[(slices.Index(course, c.Delivery)+1)%len(course)], next.At, 0
		r.Counts[c.Delivery]++
	}
	return &next
}

// arrive has reports arrive at a rate until the function that it gives is called.
func arrive(console *uitest.Console, second int) (stop func()) {
	var over sync.WaitGroup
	end := make(chan struct{})
	over.Go(func() {
		random, pause := rand.New(rand.NewPCG(1, 2)), time.NewTicker(time.Second/wakes)
		defer pause.Stop()
		due := 0
		for {
			select {
			case <-end:
				return
			case <-pause.C:
			}
			due += second
			console.Show(reported(console.View(), due/wakes, random))
			due %= wakes
		}
	})
	return func() { close(end); over.Wait() }
}

// crowd is so many people before the live grid of a Prod night, on terminals of 120 by 36.
type crowd struct {
	b       *testing.B
	house   *house
	console *uitest.Console
	taken   atomic.Int64 // bytes that their terminals were sent
}

func gather(b *testing.B, size int, console *uitest.Console) *crowd {
	b.Helper()
	c := &crowd{b: b, console: console}
	c.house = open(b, func(o *Options) {
		o.Limits = Limits{SessionsPerson: 2 * size, SessionsConnection: 2 * size}
		o.NewModel = func(v Visitor) tea.Model {
			return screen.New(screen.Options{Actor: v.Actor, Console: c.console, Theme: part.ThemeFrom(v.Getenv, part.Flags{}), Zone: time.UTC, Copy: v.Copy})
		}
	})
	key := c.house.person("k.osei", approval.Lead)
	for range size {
		c.sit(key, "stop score", countOf(&c.taken))
	}
	return c
}

// sit brings one more person before the grid, on a connection of their own.
func (c *crowd) sit(key gossh.Signer, sees string, taken io.Writer) *sitting {
	c.b.Helper()
	session, err := c.house.enter(key).NewSession()
	if err != nil {
		c.b.Fatal(err)
	}
	s := &sitting{t: c.b, Session: session, shown: newText()}
	session.Stdout = io.MultiWriter(&once{text: s.shown}, taken)
	if s.keys, err = session.StdinPipe(); err != nil {
		c.b.Fatal(err)
	}
	if err := session.RequestPty("xterm-256color", 36, 120, nil); err != nil {
		c.b.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		c.b.Fatal(err)
	}
	s.sees("Overview")
	s.press("6")
	s.sees(sees)
	return s
}

// once keeps what a terminal is sent at the beginning; a whole night of it would count as memory of the session.
type once struct{ *text }

func (o *once) Write(p []byte) (int, error) {
	if len(o.String()) < 64<<10 {
		return o.text.Write(p)
	}
	return len(p), nil
}

type counter struct{ n *atomic.Int64 }

func countOf(n *atomic.Int64) io.Writer { return counter{n} }

func (c counter) Write(p []byte) (int, error) { c.n.Add(int64(len(p))); return len(p), nil }

// awaited tells when words arrive that a key was pressed for.
type awaited struct {
	words atomic.Pointer[string] // nil while nobody waits
	seen  chan time.Time
	tail  string
}

func (a *awaited) Write(p []byte) (int, error) {
	a.tail += string(p)
	if words := a.words.Load(); words != nil && strings.Contains(a.tail, *words) {
		a.words.Store(nil)
		a.seen <- time.Now()
		a.tail = ""
	}
	const longest = 64
	a.tail = a.tail[max(0, len(a.tail)-longest):]
	return len(p), nil
}

// after presses a key and tells how long it took until these words arrived.
func (a *awaited) after(s *sitting, key, words string) time.Duration {
	s.t.Helper()
	a.words.Store(&words)
	pressed := time.Now()
	s.press(key)
	select {
	case at := <-a.seen:
		return at.Sub(pressed)
	case <-time.After(patience):
		s.t.Fatalf("%q was not shown", words)
		return 0
	}
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// Both ends of every connection run in this process and count: an operator's own machine carries a third to a half of it.
func BenchmarkSessions(b *testing.B) {
	for _, size := range []int{1, 50} {
		for _, second := range []int{0, 10, 1000} {
			b.Run(fmt.Sprintf("people=%d/reports=%d", size, second), func(b *testing.B) {
				console := uitest.NewConsole(uitest.Night(fleet))
				before := memory()
				c := gather(b, size, console)
				each := (memory() - before) / float64(size) / 1024
				stop := arrive(c.console, second)
				if second == 0 {
					stop()
					stop = func() {}
				}
				defer stop()
				used, taken, began := processorTime(b), c.taken.Load(), time.Now()
				for b.Loop() { // one second a round
					<-time.After(time.Second)
				}
				wall := time.Since(began)
				b.ReportMetric(each, "KB/session")
				b.ReportMetric(float64(c.taken.Load()-taken)/1024/wall.Seconds()/float64(size), "KB/s/session")
				b.ReportMetric(100*(processorTime(b)-used).Seconds()/wall.Seconds(), "%core")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// From a key to what it shows, by the time on the person's side: one key opens help over the live grid, another closes it.
func BenchmarkKeyToScreen(b *testing.B) {
	for _, size := range []int{1, 50} {
		b.Run(fmt.Sprintf("people=%d/reports=1000", size), func(b *testing.B) {
			c := gather(b, size, uitest.NewConsole(uitest.Night(fleet)))
			shown := &awaited{seen: make(chan time.Time, 1)}
			s := c.sit(c.house.person("m.silva", approval.Lead), "stop score", shown)
			defer arrive(c.console, 1000)()
			random := rand.New(rand.NewPCG(3, 4))
			var took []time.Duration
			for b.Loop() {
				for _, press := range [][2]string{{"?", "Help: Rollout"}, {"x", "stop score"}} {
					<-time.After(20*time.Millisecond + time.Duration(random.IntN(30))*time.Millisecond) // keys do not come in step with frames
					took = append(took, shown.after(s, press[0], press[1]))
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
