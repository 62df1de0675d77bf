package screen

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// longTrail is a night with a trail of so many entries.
func longTrail(entries int) *engine.View {
	view := night()
	_, view.Head = uitest.Trail(entries)
	return view
}

// search opens the search and types.
func (s *session) search(text string) {
	s.press(onAudit, "f")
	s.press(letters(text)...)
	s.press("enter")
}

func TestASearchFindsWhatIsFarOlderThanWhatTheScreenShows(t *testing.T) {
	s := open(t, longTrail(26_000), viewer, mono, 120, 36)
	server := s.console.View().Servers[60]
	for text, want := range map[string]string{
		"who:k.osei object:R-3 storage": "5,000 found",          // one entry in five is the lead's; more than the page keeps
		"STORAGE what:advertisement":    "0 found in 26,000",    // every term must hold
		server.Name + " verifying":      "found in 26,000",      // a server is found by its name, though the trail knows its id
		"until:2026-01-01":              "0 found in 26,000",    // the trail is younger
		"since:bananas":                 `"bananas" is no time`, // and says what would be
		"who:":                          "who: says nothing",
		"":                              "type what to look for",
	} {
		s.press(onAudit, "esc", onAudit)
		s.search(text)
		if frame := s.frame(); !strings.Contains(frame, want) {
			t.Errorf("%q does not show %q:\n%s", text, want, frame)
		}
		s.press("esc", "esc")
	}
	s.search(server.Name + " verifying")
	s.press("enter")
	if frame := s.frame(); !strings.Contains(frame, string(server.ID)) {
		t.Errorf("the entry found is not the server's:\n%s", frame)
	}
	s.press("o")
	if s.root.tabs[s.root.front].name != "Rollout" || !strings.Contains(s.frame(), server.Name) {
		t.Errorf("o did not go to the server:\n%s", s.frame())
	}
}

// Handbook 9: the trail goes to where the person sits by a command; a copy on the console's machine takes a role, a reason, and is recorded.
func TestTheTrailIsExportedToWhereThePersonSits(t *testing.T) {
	for _, c := range []struct {
		address, want string
		keeps         bool
	}{
		{"10.20.1.9:2222", "ssh -p 2222 k.osei@10.20.1.9 audit export - > trail.jsonl", true},
		{"[2001:db8::9]:2222", "ssh -p 2222 guest@2001:db8::9 audit export - > trail.jsonl", false},
		{"", "patchdeck audit export trail.jsonl", false},
	} {
		actor := viewer
		if c.keeps {
			actor = lead
		}
		s := open(t, night(), actor, mono, 120, 36)
		s.root.desk.Address = c.address
		s.press(onAudit, "e", "y")
		if s.copied != c.want || !strings.Contains(s.frame(), c.want) {
			t.Errorf("at %q the clipboard holds %q, want %q", c.address, s.copied, c.want)
		}
		s.press("w")
		if _, asked := s.asks(); asked != c.keeps {
			t.Errorf("%s is asked to keep a copy: %v", actor.Name, asked)
			continue
		}
		if !c.keeps {
			continue
		}
		s.confirm("quarterly review")
		given, ok := s.commands()[0].(engine.RecordExport)
		if !ok || given.Reason != "quarterly review" || !strings.Contains(s.frame(), "audit.export done") {
			t.Errorf("the engine was asked for %+v:\n%s", s.commands(), s.frame())
		}
	}
}

func TestWhatASearchFoundIsCopiedAsFarAsItFits(t *testing.T) {
	s := open(t, longTrail(26_000), viewer, mono, 120, 36)
	s.search("object:R-3")
	s.press("y")
	lines := strings.Split(s.copied, "\n")
	if len(s.copied) > 48<<10 || len(lines) < 100 || !strings.HasPrefix(lines[0], "Entry\tWhen") || strings.Count(lines[1], "\t") != 5 {
		t.Errorf("%d bytes in %d lines were copied, beginning %q", len(s.copied), len(lines), lines[:2])
	}
	if frame := s.frame(); !strings.Contains(frame, "the newest "+part.Number(len(lines)-1)+" of 5,000 entries") {
		t.Errorf("the frame does not say how many were copied:\n%s", frame)
	}
}

// held runs no command by itself: it gives the command back, so that a test can act while it is under way.
func (s *session) held(key string) tea.Cmd { return s.root.key(keyNamed(key)) }

func TestASearchAndAVerificationCanBeStopped(t *testing.T) {
	for name, begin := range map[string]func(s *session) tea.Cmd{
		"search": func(s *session) tea.Cmd {
			s.press(onAudit, "f")
			s.press(letters("nowhere")...)
			return s.held("enter")
		},
		"verify": func(s *session) tea.Cmd {
			s.press(onAudit)
			return s.held("V")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, longTrail(26_000), viewer, mono, 120, 36)
			under := begin(s)
			if under == nil {
				t.Fatal("nothing began")
			}
			s.press("x")
			s.run(under) // what was under way ends after it was stopped
			if frame := s.frame(); !strings.Contains(frame, "stopped") || strings.Contains(frame, "verified") {
				t.Errorf("x did not stop it:\n%s", frame)
			}
			s.press("u")
			if frame := s.frame(); strings.Contains(frame, "stopped") || !strings.Contains(frame, "26,000") {
				t.Errorf("u did not begin it again:\n%s", frame)
			}
		})
	}
}

func TestAVerificationNamesTheEntryThatWasChanged(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(raws [][]byte) [][]byte
		want string
	}{
		"whole": {func(raws [][]byte) [][]byte { return raws }, "25,000 entries verified, 1 to 25000: none changed, none missing"},
		"changed": {func(raws [][]byte) [][]byte {
			raws[21_000] = []byte(strings.Replace(string(raws[21_000]), "engine", "enginf", 1))
			return raws
		}, "audit entry 21002"},
		"lost": {func(raws [][]byte) [][]byte { return raws[:22_000] }, "it lost its end"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, longTrail(25_000), viewer, mono, 160, 36)
			raws, _ := uitest.Trail(25_000)
			s.console.SetEntries(c.harm(raws)...)
			s.press(onAudit, "V")
			if frame := s.frame(); !strings.Contains(frame, c.want) {
				t.Errorf("does not say %q:\n%s", c.want, frame)
			}
		})
	}
}

func TestAPastedSearchIsTypedAndNotObeyed(t *testing.T) {
	s := open(t, night(), viewer, mono, 80, 24)
	s.press(onAudit, "f")
	s.run(s.root.key(part.Key{Text: "who:k.osei\nenter"}))
	if strings.Contains(s.frame(), "found in") {
		t.Errorf("a paste began a search:\n%s", s.frame())
	}
}
