package serve

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/hinshun/vt10x"
	"github.com/spf13/cobra"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/part"
	"patchdeck/ui/screen"
	"patchdeck/ui/uitest"
)

// real opens a house with the real screens and the real commands over one console.
func real(t *testing.T) (*house, *uitest.Console) {
	console := uitest.NewConsole(uitest.Night(60))
	return open(t, func(o *Options) {
		o.NewModel = func(v Visitor) tea.Model {
			return screen.New(screen.Options{Actor: v.Actor, Console: console, Theme: part.ThemeFrom(v.Getenv, part.Flags{}), Zone: time.UTC, Copy: v.Copy, Mouse: v.Getenv(MouseVariable) != ""})
		}
		o.Command = func(streams command.Streams, actor approval.Actor) *cobra.Command {
			return command.New(command.Environment{Streams: streams, Remote: true, Open: func(context.Context, string, bool) (*command.Session, error) {
				return &command.Session{Console: console, Actor: actor, Zone: time.UTC}, nil
			}})
		}
	}), console
}

// paper is a terminal that shows what was written to it.
type paper struct {
	vt10x.Terminal
	written *text
}

func newPaper() *paper { return &paper{vt10x.New(vt10x.WithSize(120, 36)), newText()} }

func (p *paper) Write(b []byte) (int, error) {
	if n, err := p.Terminal.Write(b); err != nil {
		return n, err
	}
	return p.written.Write(b)
}

// shows waits until the terminal shows these words.
func (p *paper) shows(t *testing.T, words string) {
	t.Helper()
	late := time.After(patience)
	for {
		p.written.mu.Lock()
		grown := p.written.grown
		p.written.mu.Unlock()
		if strings.Contains(p.String(), words) {
			return
		}
		select {
		case <-grown:
		case <-late:
			t.Fatalf("the terminal never showed %q but\n%s", words, p.String())
		}
	}
}

func TestTheRealConsoleOnARealTerminal(t *testing.T) {
	h, console := real(t)
	session, err := h.enter(h.person("k.osei", approval.Lead)).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	shown := newPaper()
	session.Stdout = shown
	keys, err := session.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm-256color", 36, 120, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"Overview", "k.osei", "R-3"} {
		shown.shows(t, words)
	}
	console.Show(uitest.Halted(60))
	shown.shows(t, "halted")
	if _, err := io.WriteString(keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	if code := ends(t, session); code != command.Done {
		t.Errorf("exit code %d", code)
	}
	h.nobodyIn()
	if n := console.Watchers(); n != 0 {
		t.Errorf("%d watchers stayed behind", n)
	}
}

// The mouse over the wire: the terminal is asked to report it when a person wants it, a report selects a row, and leaving gives it back.
func TestTheMouseIsReportedThroughSSH(t *testing.T) {
	const reports, silent = "\x1b[?1002h", "\x1b[?1002l"
	for name, c := range map[string]struct{ variable, ask string }{"by key": {"", "M"}, "from the beginning": {"1", ""}} {
		t.Run(name, func(t *testing.T) {
			h, _ := real(t)
			session, err := h.enter(h.person("k.osei", approval.Lead)).NewSession()
			if err != nil {
				t.Fatal(err)
			}
			shown := newPaper()
			session.Stdout = shown
			keys, err := session.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := session.Setenv(MouseVariable, c.variable); err != nil {
				t.Fatal(err)
			}
			if err := session.RequestPty("xterm-256color", 36, 120, nil); err != nil {
				t.Fatal(err)
			}
			if err := session.Shell(); err != nil {
				t.Fatal(err)
			}
			press := func(text string) {
				if _, err := io.WriteString(keys, text); err != nil {
					t.Fatal(err)
				}
			}
			press("2")
			shown.shows(t, "60 servers")
			if asked := strings.Contains(shown.written.String(), reports); asked != (c.ask == "") {
				t.Fatalf("the mouse was asked for: %v", asked)
			}
			press(c.ask)
			if !shown.written.has(reports) {
				t.Fatal("the terminal was never asked to report the mouse")
			}
			if c.ask != "" {
				shown.shows(t, "gives the mouse back")
			}
			row := slices.IndexFunc(strings.Split(shown.String(), "\n"), func(l string) bool { return strings.Contains(l, "-0007") })
			press(fmt.Sprintf("\x1b[<0;9;%dM\x1b[<0;9;%dm", row+1, row+1)) // pressed and let go; a terminal counts from 1
			shown.shows(t, "▌ "+strings.Fields(strings.Split(shown.String(), "\n")[row])[0])
			press(fmt.Sprintf("\x1b[<0;%d;1M", strings.Index(shown.String(), "Audit")+1))
			shown.shows(t, "Audit trail")
			press("\x03")
			if code := ends(t, session); code != command.Done {
				t.Errorf("exit code %d", code)
			}
			if !shown.written.has(silent) {
				t.Error("the terminal goes on to report the mouse")
			}
		})
	}
}

func TestAKilledConsoleLeavesNoWatcherBehind(t *testing.T) {
	h, console := real(t)
	client := h.enter(h.person("k.osei", approval.Lead))
	h.console(client).sees("Overview")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	h.nobodyIn()
	if n := console.Watchers(); n != 0 {
		t.Errorf("%d watchers stayed behind", n)
	}
}

// A table is whole wherever it may go to a file, and cut where a terminal says how narrow it is: of its own, or where patchdeck runs.
func TestTablesAreWholeInPipesThroughEveryDoor(t *testing.T) {
	h, _ := real(t)
	client := h.enter(h.person("viewer", approval.Viewer))
	const words = "procedure show"
	whole, code := h.runs(client, words, nil)
	if code != command.Done || strings.Contains(whole, "…") || !strings.Contains(whole, "Present the change to the board") {
		t.Errorf("through SSH without a terminal: exit code %d\n%s", code, whole)
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if out, err := session.CombinedOutput(words); err != nil || !strings.Contains(string(out), "…") {
		t.Errorf("on a terminal of 80 columns: %v\n%s", err, out)
	}
	for columns, cuts := range map[int]bool{0: false, 80: true, 500: false} {
		out := newText()
		code, err := Attach(t.Context(), Attachment{Socket: h.socket, Words: strings.Fields(words), Streams: command.Streams{Out: out, Err: out, Columns: columns},
			Environment: []string{"COLUMNS=40"}}) // a shell's word about another stream counts for nothing
		if err != nil || code != command.Done || strings.Contains(out.String(), "…") != cuts {
			t.Errorf("through the socket with %d columns: exit code %d, %v\n%s", columns, code, err, out)
		}
	}
}

func TestAViewerLooksAndChangesNothing(t *testing.T) {
	h, console := real(t)
	client := h.enter(h.person("viewer", approval.Viewer))
	if said, code := h.runs(client, "rollout status R-3", nil); code != command.Done || !strings.HasPrefix(said, "R-3 2026-11-security Prod running") {
		t.Errorf("status: exit code %d, said %q", code, said)
	}
	for _, words := range []string{"rollout halt R-3 --reason x", "rollout pause R-3 --reason x", "acceptance record CHG-12 Payroll passed", "inventory sweep"} {
		if said, code := h.runs(client, words, nil); code != command.Denied || !strings.Contains(said, "; you are: ") {
			t.Errorf("%s: exit code %d, said %q", words, code, said)
		}
	}
	for _, given := range console.Given() {
		if given.Actor.Name != "viewer" || given.Actor.Via != "ssh" {
			t.Errorf("given by %+v", given.Actor)
		}
	}
	if said, code := h.runs(client, "demo", nil); code != command.Usage || !strings.Contains(said, `does not know "demo"`) {
		t.Errorf("demo: exit code %d, said %q", code, said)
	}
}
