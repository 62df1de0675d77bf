package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// sizes are those that every screen is drawn for.
var sizes = []struct{ width, height int }{{80, 24}, {120, 36}, {200, 50}}

// The keys of the screens.
const (
	onOverview  = "1"
	onInventory = "2"
	onUpdates   = "3"
	onChanges   = "4"
	onPlan      = "5"
	onRollout   = "6"
	onProcedure = "7"
	onIncidents = "8"
	onAudit     = "9"
)

// frames are all the pictures that goldens keep: how to get there.
var frames = []struct {
	name  string
	actor approval.Actor
	view  func() *engine.View
	keys  []string
}{
	{"overview", lead, night, []string{onOverview}},
	{"overview-empty", lead, func() *engine.View { return &engine.View{At: uitest.At} }, []string{onOverview}},
	{"inventory", lead, night, []string{onInventory}},
	{"inventory-filter", lead, night, []string{onInventory, "/", "s", "q", "l", "enter"}},
	{"inventory-server", lead, night, []string{onInventory, "G", "k", "enter"}},
	{"inventory-sorted", lead, estate, []string{onInventory, "s", "s", "s", "S", "space", "space"}},
	{"inventory-columns", lead, estate, []string{onInventory, "c", "J", "down", "space"}},
	{"inventory-collections", lead, estate, []string{onInventory, "tab", "j"}},
	{"inventory-collection", lead, estate, []string{onInventory, "tab", "j", "enter"}},
	{"inventory-expression", lead, estate, typed(onInventory, `/os contains "2019" and not dc`, "enter")},
	{"inventory-save", lead, estate, typed(onInventory, `/site == "DUB"`, "enter", "n")},
	{"inventory-exclude", lead, estate, []string{onInventory, "tab", "j", "enter", "a", "x", "2", "0"}},
	{"inventory-exclusions", lead, estate, []string{onInventory, "tab", "j", "enter", "e"}},
	{"inventory-retire", lead, estate, []string{onInventory, "space", "space", "R"}},
	{"inventory-sweep", onCall, estate, []string{onInventory, "a", "u"}},
	{"inventory-import", lead, estate, []string{onInventory, "i", "enter"}},
	{"findings", lead, estate, []string{onInventory, "f", "j"}},
	{"audits", lead, estate, []string{onInventory, "A"}},
	{"baselines", lead, estate, []string{onInventory, "b"}},
	{"baselines-make", lead, estate, []string{onInventory, "b", "n"}},
	{"baselines-exempt", lead, estate, []string{onInventory, "b", "e"}},
	{"updates", lead, night, []string{onUpdates}},
	{"updates-page", lead, night, []string{onUpdates, "enter"}},
	{"updates-assessed", security, assessed, []string{onUpdates, "s", "s", "space"}},
	{"updates-assessed-page", viewer, assessed, []string{onUpdates, "enter"}},
	{"updates-relevance", lead, assessed, []string{onUpdates, "j", "R"}},
	{"updates-import", lead, night, []string{onUpdates, "i"}},
	{"updates-release", lead, night, []string{onUpdates, "c"}},
	{"changes-submit", lead, unsubmitted, []string{onChanges, "s", "j"}},
	{"changes-submit-ask", lead, unsubmitted, []string{onChanges, "s", "e"}},
	{"changes-release", lead, night, []string{onChanges, "]", "r", "j"}},
	{"changes-drop", lead, night, []string{onChanges, "]", "r", "j", "d"}},
	{"changes-describe", lead, undescribed, append([]string{onChanges, "d", "j", "enter"}, letters("the spooler")...)},
	{"changes-test-plans", lead, night, []string{onChanges, "T", "j"}},
	{"changes-test-plan", lead, night, []string{onChanges, "T", "enter", "s"}},
	{"changes", board, night, []string{onChanges}},
	{"changes-approve", board, night, []string{onChanges, "a"}},
	{"changes-running", viewer, night, []string{onChanges, "]"}},
	{"changes-acceptance", lead, acceptanceOpen, []string{onChanges, "]", "t", "j"}},
	{"changes-test", viewer, night, []string{onChanges, "]", "t", "j", "j", "enter"}},
	{"changes-proofs", viewer, night, []string{onChanges, "]", "t", "G", "enter"}},
	{"changes-priority", security, night, []string{onChanges, "p", "j", "j", "space"}},
	{"changes-objections", security, objected, []string{onChanges, "o", "j"}},
	{"changes-object", security, objected, []string{onChanges, "o", "o"}},
	{"changes-objected", board, objected, []string{onChanges, "a"}},
	{"changes-withdraw", lead, night, []string{onChanges, "w"}},
	{"changes-emergency", authority, emergency, []string{onChanges, "e"}},
	{"changes-override", board, overridable, []string{onChanges, "]", "O"}},
	{"plan", lead, night, []string{onPlan, "]"}},
	{"plan-capacity", viewer, night, []string{onPlan, "v"}},
	{"plan-gantt", viewer, night, []string{onPlan, "v", "v"}},
	{"plan-window", viewer, night, []string{onPlan, "]", "l", "enter"}},
	{"rollout-grid", lead, night, []string{onRollout, "n"}},
	{"rollout-viewer", viewer, night, []string{onRollout}},
	{"rollout-large", lead, func() *engine.View { return uitest.Night(10_000) }, []string{onRollout}},
	{"rollout-halted", lead, func() *engine.View { return uitest.Halted(200) }, []string{onRollout}},
	{"rollout-closed", lead, night, []string{onRollout, "["}},
	{"rollout-table", lead, night, []string{onRollout, "v"}},
	{"rollout-ordered", lead, night, []string{onRollout, "v", "o", "o"}},
	{"rollout-updates", lead, night, []string{onRollout, "v", "v", "j"}},
	{"emergency", onCall, night, []string{onRollout, "E", "j"}},
	{"emergency-halted", onCall, func() *engine.View { return uitest.Halted(200) }, []string{onRollout, "E"}},
	{"emergency-large", viewer, func() *engine.View { return uitest.Night(10_000) }, []string{onRollout, "E"}},
	{"emergency-halt", onCall, night, []string{onRollout, "E", "h"}},
	{"rollout-codes", lead, night, []string{onRollout, "v", "v", "v"}},
	{"rollout-server", lead, night, []string{onRollout, "n", "enter"}},
	{"rollout-history", lead, night, []string{onRollout, "n", "l"}},
	{"rollout-halt", lead, night, []string{onRollout, "h", "w", "h", "y"}},
	{"rollout-retry", lead, night, []string{onRollout, "n", "r"}},
	{"rollout-force", onCall, night, []string{onRollout, "w", "right", "right", "right", "f"}},
	{"rollout-by-hand", lead, night, []string{onRollout, "n", "n", "d"}},
	{"rollout-back", lead, night, []string{onRollout, "B"}},
	{"rollout-close", lead, func() *engine.View { return uitest.Halted(200) }, []string{onRollout, "C", "w", "h", "y"}},
	{"rollout-lock", lead, locked, []string{onRollout, "n", "n"}},
	{"rollout-break-lock", lead, locked, []string{onRollout, "n", "n", "b"}},
	{"procedure", lead, night, []string{onProcedure}},
	{"procedure-task", lead, night, []string{onProcedure, "enter"}},
	{"procedure-done", lead, night, []string{onProcedure, "G", "d", "o", "k"}},
	{"procedure-checklist", viewer, night, []string{onProcedure, "v"}},
	{"procedure-chart", lead, night, []string{onProcedure, "v", "v"}},
	{"procedure-actions", lead, night, []string{onProcedure, "a"}},
	{"procedure-review", lead, night, []string{onProcedure, "a", "h", "s"}},
	{"procedure-action", lead, night, append([]string{onProcedure, "a", "n", "enter"}, letters("stage earlier")...)},
	{"incidents", lead, night, []string{onIncidents}},
	{"incidents-page", lead, night, []string{onIncidents, "j", "enter"}},
	{"incidents-resolve", lead, night, []string{onIncidents, "r"}},
	{"notices", viewer, night, []string{onIncidents, "tab"}},
	{"notices-page", lead, night, []string{onIncidents, "tab", "enter"}},
	{"notices-write", lead, night, []string{onIncidents, "tab", "n", "j"}},
	{"notices-draft", lead, night, []string{onIncidents, "tab", "n", "enter", "s"}},
	{"audit", lead, night, []string{onAudit}},
	{"audit-search", viewer, night, append([]string{onAudit, "f"}, letters("who:k.osei ten")...)},
	{"audit-found", viewer, night, append(append([]string{onAudit, "f"}, letters("who:k.osei ten")...), "enter")},
	{"audit-verify", viewer, night, []string{onAudit, "V"}},
	{"audit-export", viewer, night, []string{onAudit, "e"}},
	{"audit-entry", lead, night, []string{onAudit, "enter"}},
	{"help", lead, night, []string{onRollout, "?"}},
	{"palette", lead, night, []string{onRollout, ":"}},
	{"palette-words", lead, night, []string{onRollout, ":", "s", "t", "a", "r", "t", "down", "down"}},
	{"leave", lead, night, []string{onRollout, "q"}},
	{"need", lead, night, []string{"!"}},
}

// estate is a night with collections, audits, findings and a baseline.
func estate() *engine.View { return uitest.Estate(night()) }

// assessed is a night on which people recorded something of an update.
func assessed() *engine.View {
	view := night()
	at := uitest.At.Add(-48 * time.Hour)
	view.Dossiers = map[string]catalog.Dossier{"KB5072033": {KB: "KB5072033", Rev: 5,
		Decisions: []catalog.Decision{{Relevant: true, Why: "all databases run it", By: "k.osei", At: at}},
		Threats: []catalog.Threat{{Severity: catalog.Critical, Exploited: true, Attack: at, Alert: catalog.Alert{Channel: "vendor site"}, Why: "attacks on file servers",
			By: "m.silva", At: at}},
		Issues: []catalog.Issue{{Words: "print queues stop", Workaround: "restart the spooler", By: "k.osei", At: at}},
		Files: []catalog.SourceFile{{Name: "kb5072033.msu", Origin: "https://catalog.update.microsoft.com/kb5072033.msu", Size: 700 << 20, By: "k.osei", At: at,
			Signature: catalog.Signature{Signer: "CN=Microsoft Windows", Verified: true}}}}}
	return view
}

// typed are the keys of some keys and texts: a text is typed letter by letter.
func typed(words ...string) (keys []string) {
	for _, w := range words {
		if w[0] == '/' {
			for _, r := range w {
				keys = append(keys, string(r))
			}
			continue
		}
		keys = append(keys, w)
	}
	return keys
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

// undescribed is a night whose newest request can still be described.
func undescribed() *engine.View {
	view := night()
	view.Changes[0].State = approval.Submitted
	return view
}

// objected is a night on which Security objects to what waits for the board.
func objected() *engine.View {
	view := night()
	c := &view.Changes[0]
	c.Objections = append(c.Objections, approval.Objection{Number: 2, By: "e.wirth", At: uitest.At.Add(-2 * time.Hour), State: approval.Open,
		Reason: "the mitigation was taken out last week: the priority is too low"})
	return view
}

// emergency is a night on which an emergency is authorised beside the month's release.
func emergency() *engine.View {
	view := night()
	c := &view.Changes[0]
	c.Priority, c.Deadline, c.ConfirmBy = approval.Emergency, uitest.At.Add(9*time.Hour), uitest.At.Add(9*time.Hour)
	return view
}

// overridable is a night that the stop rule ended while another ring waits behind it.
func overridable() *engine.View {
	view := uitest.Halted(200)
	view.Rollouts[2].Stop.To = rollout.Halted
	return view
}

// letters are the keys that type a text.
func letters(text string) []string { return strings.Split(text, "") }

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
			s.press(onRollout, "n")
			uitest.Golden(t, "theme-"+name, s.frame())
		})
	}
}
