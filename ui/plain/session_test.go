package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/uitest"
)

// listener is a person at a plain session: it types into one pipe and hears lines from another.
type listener struct {
	t     *testing.T
	typed *io.PipeWriter
	heard *bufio.Scanner
	ended chan error
}

func listen(t *testing.T, console engine.Console, raw bool) *listener {
	t.Helper()
	in, typed := io.Pipe()
	heard, out := io.Pipe()
	l := &listener{t, typed, bufio.NewScanner(heard), make(chan error, 1)}
	go func() {
		err := Run(t.Context(), Options{Console: console, Actor: approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}, In: in, Out: out, Raw: raw,
			Command: func(ctx context.Context, line string) {
				if line == "endless" {
					fmt.Fprintln(out, "endless begins")
					<-ctx.Done()
					fmt.Fprintln(out, "endless ends")
					return
				}
				fmt.Fprintf(out, "did <%s>\n", line)
			}})
		out.Close()
		l.ended <- err
	}()
	t.Cleanup(func() { typed.Close(); heard.Close() })
	return l
}

func (l *listener) types(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.typed, text); err != nil {
		l.t.Fatal(err)
	}
}

// hears reads lines until one holds the words.
func (l *listener) hears(words string) {
	l.t.Helper()
	for l.heard.Scan() {
		if strings.ContainsAny(l.heard.Text(), "\x1b") {
			l.t.Fatalf("an escape sequence in %q", l.heard.Text())
		}
		if strings.Contains(l.heard.Text(), words) {
			return
		}
	}
	l.t.Fatalf("never heard %q", words)
}

func TestAPlainSessionTellsTakesCommandsAndLeaves(t *testing.T) {
	view := uitest.Night(100)
	console := uitest.NewConsole(view)
	l := listen(t, console, false)
	l.hears("plain mode, for k.osei (lead)")
	l.hears("targeted")
	l.types("help\n")
	l.hears("news off, news on")
	l.types("patchdeck rollout servers R-1\n")
	l.hears("did <rollout servers R-1>")
	newer := later(view, func(r *engine.RolloutView) { fail(r, 1) })
	newer.Generation++
	console.Show(newer)
	l.hears("is failed: the disk is full")
	l.types("endless\n")
	l.hears("endless begins")
	l.types("\n")
	l.hears("endless ends")
	l.types("quit\n")
	l.hears("Rollouts go on")
	if err := <-l.ended; err != nil {
		t.Error(err)
	}
}

func TestATerminalThatShowsNothingGetsWhatIsTyped(t *testing.T) {
	l := listen(t, uitest.NewConsole(uitest.Quiet(3)), true)
	l.hears("No rollout is open")
	l.types("inventorx\x7fy \x1b[Alist\r")
	l.hears("inventorx\b \by list")
	l.hears("did <inventory list>")
	l.types("half\x15whole\r")
	l.hears("did <whole>")
	l.types("\x04")
	for l.heard.Scan() { // to the end of the output
	}
	if err := <-l.ended; err != nil {
		t.Error(err)
	}
}

func TestHostileWordsReachNoPlainTerminal(t *testing.T) {
	for _, line := range Standing(uitest.Hostile(50), uitest.Night(1).At.Location()) {
		var b strings.Builder
		s := &session{Options: Options{Out: &b}}
		s.say("%s", line)
		if strings.ContainsAny(strings.TrimSuffix(b.String(), "\n"), "\x1b\x07\r\n") {
			t.Errorf("said %q", b.String())
		}
	}
}

func FuzzReadLine(f *testing.F) {
	f.Add("status\r", true)
	f.Add("\x1b[A\x7f\x7f\x15\x1bOPé\n", false)
	f.Fuzz(func(t *testing.T, text string, raw bool) {
		in := bufio.NewReader(strings.NewReader(text))
		for range len(text) + 1 {
			line, err := readLine(in, Options{Out: io.Discard, Raw: raw})
			if len(line) > mostTyped || strings.ContainsAny(line, "\x1b\n\r") {
				t.Fatalf("line %q", line)
			}
			if err != nil {
				return
			}
		}
	})
}
