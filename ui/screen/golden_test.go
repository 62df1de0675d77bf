package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// sizes are those that every screen is drawn for.
var sizes = []struct{ width, height int }{{80, 24}, {120, 36}, {200, 50}}

// frames are all the pictures that goldens keep: how to get there.
var frames = []struct {
	name  string
	actor approval.Actor
	view  func() *engine.View
	keys  []string
}{
	{"overview", lead, night, []string{"1"}},
	{"overview-empty", lead, func() *engine.View { return &engine.View{At: uitest.At} }, []string{"1"}},
	{"inventory", lead, night, []string{"2"}},
	{"inventory-filter", lead, night, []string{"2", "/", "s", "q", "l", "enter"}},
	{"inventory-server", lead, night, []string{"2", "G", "k", "enter"}},
	{"updates", lead, night, []string{"3"}},
	{"updates-page", lead, night, []string{"3", "enter"}},
	{"updates-release", lead, night, []string{"3", "c"}},
	{"changes-submit", lead, unsubmitted, []string{"4", "s", "j"}},
	{"changes-submit-ask", lead, unsubmitted, []string{"4", "s", "e"}},
	{"changes", board, night, []string{"4"}},
	{"changes-approve", board, night, []string{"4", "a"}},
	{"changes-running", viewer, night, []string{"4", "]"}},
	{"changes-acceptance", lead, acceptanceOpen, []string{"4", "]", "t", "j"}},
	{"rollout-grid", lead, night, []string{"5", "n"}},
	{"rollout-viewer", viewer, night, []string{"5"}},
	{"rollout-large", lead, func() *engine.View { return uitest.Night(10_000) }, []string{"5"}},
	{"rollout-halted", lead, func() *engine.View { return uitest.Halted(200) }, []string{"5"}},
	{"rollout-closed", lead, night, []string{"5", "["}},
	{"rollout-table", lead, night, []string{"5", "v"}},
	{"rollout-codes", lead, night, []string{"5", "v", "v"}},
	{"rollout-server", lead, night, []string{"5", "n", "enter"}},
	{"rollout-history", lead, night, []string{"5", "n", "l"}},
	{"rollout-halt", lead, night, []string{"5", "h", "w", "h", "y"}},
	{"rollout-retry", lead, night, []string{"5", "n", "r"}},
	{"rollout-close", lead, func() *engine.View { return uitest.Halted(200) }, []string{"5", "C", "w", "h", "y"}},
	{"rollout-lock", lead, locked, []string{"5", "n", "n"}},
	{"rollout-break-lock", lead, locked, []string{"5", "n", "n", "b"}},
	{"audit", lead, night, []string{"6"}},
	{"audit-entry", lead, night, []string{"6", "enter"}},
	{"help", lead, night, []string{"5", "?"}},
	{"palette", lead, night, []string{"5", ":"}},
	{"palette-words", lead, night, []string{"5", ":", "s", "t", "a", "r", "t", "down", "down"}},
	{"leave", lead, night, []string{"5", "q"}},
	{"need", lead, night, []string{"!"}},
}

// unsubmitted is a night on which two releases wait for their change requests.
func unsubmitted() *engine.View {
	view := night()
	for i, updates := range [][]approval.ReleaseUpdate{
		{{KB: "KB5071544", Severity: catalog.Important, Missing: 31}, {KB: "KB5071543", Severity: catalog.Important, Missing: 12}},
		{{KB: "KB5072033", Severity: catalog.Critical, Exploited: true, Missing: 100}},
	} {
		view.Releases = append(view.Releases, approval.Release{ID: fmt.Sprintf("2026-11-late-%d", i+1), Title: "late", Bulletin: "2026-Nov", Owner: "k.osei",
			Created: uitest.At.Add(-time.Hour), Phase: approval.Identify, Updates: updates})
	}
	return view
}

func locked() *engine.View { return uitest.Locked(200) }

// acceptanceOpen is a night whose acceptance is not closed yet.
func acceptanceOpen() *engine.View {
	view := night()
	view.Changes[1].Acceptance.Closed = false
	view.Changes[1].Acceptance.Deadline = uitest.At.Add(5 * time.Hour)
	return view
}

func TestFrames(t *testing.T) {
	themes := []struct {
		name  string
		theme part.Theme
	}{{"colour", coloured}, {"plain", mono}}
	for _, f := range frames {
		for _, size := range sizes {
			for _, theme := range themes {
				name := fmt.Sprintf("%s-%dx%d-%s", f.name, size.width, size.height, theme.name)
				t.Run(name, func(t *testing.T) {
					s := open(t, f.view(), f.actor, theme.theme, size.width, size.height)
					s.press(f.keys...)
					frame := s.frame()
					if lines := strings.Count(frame, "\n") + 1; lines != size.height {
						t.Errorf("%d lines, want %d", lines, size.height)
					}
					uitest.Golden(t, name, frame)
				})
			}
		}
	}
}

// TestThemes keeps one frame for each other kind of terminal.
func TestThemes(t *testing.T) {
	for name, theme := range map[string]part.Theme{
		"light":        part.ThemeFrom(terminal("xterm-256color", "truecolor"), part.Flags{Light: true}),
		"16":           part.ThemeFrom(terminal("xterm", ""), part.Flags{}),
		"16-light":     part.ThemeFrom(terminal("xterm", ""), part.Flags{Light: true}),
		"256":          part.ThemeFrom(terminal("xterm-256color", ""), part.Flags{}),
		"attributes":   part.ThemeFrom(terminal("xterm-256color", "truecolor"), part.Flags{NoColour: true}),
		"ascii":        part.ThemeFrom(terminal("dumb", ""), part.Flags{}),
		"ascii-colour": part.ThemeFrom(terminal("linux", ""), part.Flags{}),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, night(), lead, theme, 120, 36)
			s.press("5", "n")
			uitest.Golden(t, "theme-"+name, s.frame())
		})
	}
}
