package screen

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/hinshun/vt10x"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/uitest"
)

// patience bounds how long a test waits for a frame; no test passes or fails by being faster.
const patience = 20 * time.Second

// glass is a virtual terminal that a program draws on. It counts what it is drawn, so that a test can wait for the next drawing.
type glass struct {
	terminal vt10x.Terminal
	mutex    sync.Mutex
	drawn    chan struct{}
}

func newGlass(width, height int) *glass {
	return &glass{terminal: vt10x.New(vt10x.WithSize(width, height)), drawn: make(chan struct{}, 1)}
}

// Write takes the program's output. There is no terminal driver between, which would turn line feeds into new lines.
func (g *glass) Write(p []byte) (int, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	_, err := g.terminal.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	select {
	case g.drawn <- struct{}{}:
	default:
	}
	return len(p), err
}

func (g *glass) text() string {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.terminal.String()
}

// await waits until the screen shows something.
func (g *glass) await(t *testing.T, what string) {
	t.Helper()
	limit := time.After(patience)
	for !strings.Contains(g.text(), what) {
		select {
		case <-g.drawn:
		case <-limit:
			t.Fatalf("the screen never showed %q:\n%s", what, g.text())
		}
	}
}

// colourOf gives the colour of the first place where the screen shows a glyph.
func (g *glass) colourOf(t *testing.T, glyph rune) vt10x.Color {
	t.Helper()
	g.mutex.Lock()
	defer g.mutex.Unlock()
	width, height := g.terminal.Size()
	for y := 5; y < height; y++ { // below the counts
		for x := range width {
			if cell := g.terminal.Cell(x, y); cell.Char == glyph {
				return cell.FG
			}
		}
	}
	t.Fatalf("the screen does not show %c", glyph)
	return 0
}

// running is a whole program on a glass, with keys typed into a pipe.
type running struct {
	glass   *glass
	keys    io.Writer
	console *uitest.Console
	root    *Root
	program *tea.Program
	ended   chan error
	wall    atomic.Int64 // nanoseconds
}

func start(t *testing.T, view *engine.View, actor approval.Actor, closing <-chan string) *running {
	t.Helper()
	input, keys := io.Pipe()
	r := &running{glass: newGlass(120, 36), keys: keys, console: uitest.NewConsole(view), ended: make(chan error, 1)}
	r.root = New(Options{Actor: actor, Console: r.console, Theme: coloured, Title: "demo", Closing: closing,
		Now: func() time.Time { return time.Unix(0, r.wall.Load()) }})
	r.program = tea.NewProgram(r.root, tea.WithInput(input), tea.WithOutput(r.glass), tea.WithAltScreen(), tea.WithoutSignalHandler())
	go func() {
		_, err := r.program.Run()
		r.root.Close()
		r.ended <- err
	}()
	t.Cleanup(func() { r.program.Kill(); _ = keys.Close() })
	r.program.Send(tea.WindowSizeMsg{Width: 120, Height: 36})
	return r
}

// send types keys, after the time that a person takes to read.
func (r *running) send(t *testing.T, keys string) {
	t.Helper()
	r.wall.Add(int64(2 * time.Second))
	if _, err := io.WriteString(r.keys, keys); err != nil {
		t.Fatal(err)
	}
}

func (r *running) end(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Errorf("the program ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the program did not end")
	}
	if n := r.console.Watchers(); n != 0 {
		t.Errorf("%d still watch the engine", n)
	}
}

func TestAWholeSessionOnATerminal(t *testing.T) {
	r := start(t, night(), lead, nil)
	r.glass.await(t, "Needs a person")
	r.send(t, onRollout)
	r.glass.await(t, "stop score 214 of 700 (warns at 350)")
	if failed, done := r.glass.colourOf(t, '✗'), r.glass.colourOf(t, '●'); failed != 232<<16|116<<8|59 || done == failed {
		t.Errorf("a failure has the colour %06x, success %06x", uint32(failed), uint32(done))
	}

	next := uitest.Halted(200)
	next.Generation++
	r.console.Show(next)
	r.glass.await(t, "HALTED by engine")

	r.send(t, "R")
	r.glass.await(t, "Resume R-3 Prod?")
	r.send(t, "vendor pulled the update\t\t\r")
	r.glass.await(t, "rollout.hold done")
	if given := r.console.Given(); len(given) != 1 || given[0].Command != (engine.Hold{Rollout: "R-3", Step: "resume", Reason: "vendor pulled the update"}) {
		t.Errorf("the engine was asked for %+v", given)
	}

	r.program.Send(tea.WindowSizeMsg{Width: 60, Height: 20})
	r.glass.await(t, "needs 80x24, has 60x20")
	r.program.Send(tea.WindowSizeMsg{Width: 120, Height: 36})
	r.glass.await(t, "HALTED by engine")

	r.send(t, "q")
	r.glass.await(t, "goes on without you")
	r.send(t, "q")
	r.end(t)
}

func TestAConsoleThatIsClosedFromOutsideEndsWithTheReason(t *testing.T) {
	closing := make(chan string, 1)
	r := start(t, night(), viewer, closing)
	r.glass.await(t, "Needs a person")
	closing <- "your key was removed"
	r.end(t)
	if got := r.root.Farewell(); got != "your key was removed" {
		t.Errorf("farewell %q", got)
	}
}

func TestWaitsOfAKilledConsoleEnd(t *testing.T) {
	console := uitest.NewConsole(night())
	root := New(Options{Actor: viewer, Console: console, Closing: make(chan string)})
	ended := make(chan tea.Msg, 2)
	for _, wait := range []tea.Cmd{root.awaitView(), root.awaitClosing()} {
		go func() { ended <- wait() }()
	}
	root.Close()
	root.Close()
	for range 2 {
		select {
		case m := <-ended:
			if m != nil {
				t.Errorf("a wait ended with %v", m)
			}
		case <-time.After(patience):
			t.Fatal("a wait did not end")
		}
	}
	if console.Watchers() != 0 {
		t.Error("the engine is still watched")
	}
}

func TestAWaitForTheEngineEndsWithItsNextView(t *testing.T) {
	console := uitest.NewConsole(night())
	root := New(Options{Actor: viewer, Console: console})
	defer root.Close()
	console.Show(night())
	if m := root.awaitView()(); m != (woken{}) {
		t.Errorf("the wait ended with %v", m)
	}
}
