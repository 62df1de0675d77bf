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
