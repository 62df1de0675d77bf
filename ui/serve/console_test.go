package serve

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

const (
	alternateScreen = "\x1b[?1049h"
	normalScreen    = "\x1b[?1049l"
)

func TestAConsoleShowsItsPersonAndLeavesTheTerminalAsItWas(t *testing.T) {
	h := open(t)
	s := h.console(h.enter(h.person("k.osei", approval.Lead)))
	s.sees("k.osei via ssh, 80 by 24")
	s.press("q")
	if code := s.leaves(); code != command.Done {
		t.Errorf("exit code %d", code)
	}
	s.sees(alternateScreen)
	s.sees(normalScreen)
}

func TestAConsoleFollowsTheSizeOfItsTerminalWithinReason(t *testing.T) {
	h := open(t)
	s := h.console(h.enter(h.person("k.osei")))
	s.sees("80 by 24")
	if err := s.WindowChange(50, 200); err != nil {
		t.Fatal(err)
	}
	s.sees("200 by 50")
	if err := s.WindowChange(4_000_000_000, 4_000_000_000); err != nil {
		t.Fatal(err)
	}
	s.sees("1000 by 400")
}

func TestAConsoleWithoutATerminalIsRefusedWithWords(t *testing.T) {
	h := open(t)
	session, err := h.enter(h.person("k.osei")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	said := newText()
	session.Stderr = said
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	if code := ends(t, session); code != command.Usage || !said.has("ssh -t") {
		t.Errorf("exit code %d, said %q", code, said)
	}
}

func TestWhatIsCopiedGoesToThePersonsClipboard(t *testing.T) {
	h := open(t)
	s := h.console(h.enter(h.person("k.osei")))
	s.press("y")
	s.sees("\x1b]52;c;RFVCLVNRTC0wMTQ=\a")
}

func TestAModelIsClosedHoweverItsSessionEnds(t *testing.T) {
	for name, end := range map[string]func(*sitting){
		"left":        func(s *sitting) { s.press("q") },
		"closed":      func(s *sitting) { _ = s.Close() },
		"crashed":     func(s *sitting) { s.press("U") },
		"broken view": func(s *sitting) { s.press("V") },
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			h := open(t, func(o *Options) {
				o.NewModel = func(v Visitor) tea.Model { return &drawing{visitor: v, closed: func() { close(closed) }} }
			})
			s := h.console(h.enter(h.person("k.osei")))
			s.sees("k.osei")
			end(s)
			select {
			case <-closed:
			case <-time.After(patience):
				t.Error("the model was not closed")
			}
		})
	}
}

func TestClosingATerminalOnASharedConnectionEndsItsConsole(t *testing.T) {
	h := open(t)
	client := h.enter(h.person("k.osei"))
	s := h.console(client)
	s.sees("k.osei")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	h.nobodyIn()
	h.console(client).sees("k.osei") // the connection lives on
}

func TestLosingTheConnectionEndsTheConsole(t *testing.T) {
	h := open(t)
	client := h.enter(h.person("k.osei"))
	h.console(client).sees("k.osei")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	h.nobodyIn()
}

func TestAnIdleConsoleEndsWithANotice(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Idle = 30 * time.Millisecond })
	s := h.console(h.enter(h.person("k.osei")))
	if code := s.leaves(); code != command.Done {
		t.Errorf("exit code %d", code)
	}
	s.sees(normalScreen)
	s.sees("Ended after 30ms without a key")
}

func TestAPanicEndsOneConsoleWithWordsAndNothingElse(t *testing.T) {
	for _, key := range []string{"U", "V", "C"} {
		t.Run(key, func(t *testing.T) {
			h := open(t)
			key0 := h.person("k.osei")
			other := h.console(h.enter(key0))
			other.sees("k.osei")
			s := h.console(h.enter(key0))
			s.sees("k.osei")
			s.press(key)
			if code := s.leaves(); code != command.Crashed {
				t.Errorf("exit code %d", code)
			}
			s.sees(normalScreen)
			s.sees("this session failed inside patchdeck")
			if strings.Contains(s.shown.String(), "goroutine") {
				t.Error("the person got a stack")
			}
			if !h.log.has("stack=") {
				t.Error("the log got no stack")
			}
			other.press("x")
			other.sees("key x")
		})
	}
}

func TestSuspendingAConsoleDoesNotStopTheServer(t *testing.T) {
	h := open(t)
	s := h.console(h.enter(h.person("k.osei")))
	s.press("z")
	s.sees("key z")
	s.press("x")
	s.sees("key x")
}

func TestDrainRestoresEveryTerminalAndSaysWhy(t *testing.T) {
	h := open(t)
	key := h.person("k.osei")
	first, second := h.console(h.enter(key)), h.console(h.enter(key))
	first.sees("k.osei")
	second.sees("k.osei")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.Drain(ctx)
	if ctx.Err() != nil {
		t.Error("drain took all the time there was")
	}
	for _, s := range []*sitting{first, second} {
		s.leaves()
		s.sees(normalScreen)
		s.sees("patchdeck is being stopped")
	}
	if _, err := h.dial(); err == nil {
		t.Error("somebody came in after the drain")
	}
}

// A client that stops reading fills the protocol's window, so that every write waits for it.
func TestAClientThatStopsReadingCannotHoldUpADrain(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Grace = 20 * time.Millisecond })
	client := h.enter(h.person("k.osei"))
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	reader, err := session.StdoutPipe() // read once below, then never
	if err != nil {
		t.Fatal(err)
	}
	keys, err := session.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Write([]byte("F")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.Drain(ctx)
	if ctx.Err() != nil {
		t.Error("drain waited for the client")
	}
}

func TestAClientWithoutASignOfLifeIsCut(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.KeepAlive = 30 * time.Millisecond })
	key := h.person("k.osei")
	conn := h.silentClient(key)
	if err := conn.Wait(); err == nil {
		t.Error("the connection ended without an error")
	}
	h.nobodyIn()
}
