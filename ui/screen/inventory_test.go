package screen

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/ui/uitest"
)

func TestAnExpressionNarrowsAndBecomesACollection(t *testing.T) {
	s := open(t, estate(), lead, mono, 120, 36)
	s.press(onInventory, "/")
	s.write(`site == "DUB" and name contains "SQL"`)
	s.press("enter")
	if frame := s.frame(); !strings.Contains(frame, "DUB-SQL-") || strings.Contains(frame, "RED-") || strings.Contains(frame, "DUB-FIL-") {
		t.Fatalf("the expression does not narrow:\n%s", frame)
	}
	s.press("n")
	s.write("dub-sql")
	s.press("tab")
	s.confirm("own windows")
	want := []engine.Command{engine.CreateCollection{Name: "dub-sql", Query: `site == "DUB" and name contains "SQL"`, Reason: "own windows"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

func TestAWrongExpressionIsExplainedAndNothingIsLost(t *testing.T) {
	s := open(t, estate(), lead, mono, 120, 36)
	s.press(onInventory, "/")
	s.write(`sitte == "DUB"`)
	if frame := s.frame(); !strings.Contains(frame, "! filter:") || !strings.Contains(frame, `sitte == "DUB"`) || !strings.Contains(frame, "DUB-FIL-0001") {
		t.Errorf("the frame is\n%s", frame)
	}
	s.press("esc", "/")
	s.write("si")
	s.press("tab", "tab", "tab")
	if frame := s.frame(); !strings.Contains(frame, `/site == "CHO"`) || strings.Contains(frame, "DUB-FIL") {
		t.Errorf("completion gives\n%s", frame)
	}
}

func TestMarkedServersOfACollectionAreExcludedUntilADay(t *testing.T) {
	view := estate()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onInventory, "tab", "G", "enter", "a", "x")
	s.write("soon")
	s.press("tab")
	s.write("vendor case 4711")
	s.press("tab", "tab", "enter")
	if frame := s.frame(); len(s.commands()) > 0 || !strings.Contains(frame, "is no day and no time") {
		t.Fatalf("a wrong end was taken: %v\n%s", s.commands(), frame)
	}
	s.press("backspace", "backspace", "backspace", "backspace")
	s.write("2026-12-31")
	s.press("tab", "tab", "tab", "enter")
	want := []engine.Command{engine.ExcludeFromCollection{Name: "sample", Servers: []inventory.ServerID{view.Servers[0].ID, view.Servers[1].ID},
		Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "vendor case 4711"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

// Handbook 2: exclusions have an end and a reason, and are taken back before it where they were a mistake.
func TestAnExclusionFromACollectionIsTakenBack(t *testing.T) {
	view := estate()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onInventory, "e")
	if frame := s.frame(); !strings.Contains(frame, "no collection is shown") {
		t.Errorf("without a collection e says\n%s", frame)
	}
	s.press("tab", "j", "enter", "e")
	if frame := s.frame(); !strings.Contains(frame, view.Servers[0].Name) || !strings.Contains(frame, "monthly run") {
		t.Fatalf("the exclusion is not shown:\n%s", frame)
	}
	s.press("i")
	s.confirm("it was the wrong one")
	want := []engine.Command{engine.IncludeInCollection{Name: "prod-sql", Servers: []inventory.ServerID{view.Servers[0].ID}, Reason: "it was the wrong one"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

func TestMarksMeanTheSameServersAfterARefresh(t *testing.T) {
	view := estate()
	s := open(t, view, onCall, mono, 120, 36)
	s.press(onInventory, "s", "space", "j", "space")
	marked := []inventory.ServerID{view.Servers[1].ID, view.Servers[5].ID}
	next := uitest.Estate(night())
	next.Servers = next.Servers[1:] // one retired, all others moved up
	s.show(next)
	s.press("u", "tab", "enter")
	got, ok := s.commands()[0].(engine.Sweep)
	for _, id := range got.Servers {
		if id == view.Servers[0].ID {
			t.Errorf("a server that left is asked: %v", got.Servers)
		}
	}
	if !ok || got.Kind != engine.SweepFacts || len(got.Servers) == 0 || len(got.Servers) > len(marked) {
		t.Errorf("the engine was asked for %+v", got)
	}
}

func TestExemptingNamesTheBaselineAndAnEnd(t *testing.T) {
	view := estate()
	s := open(t, view, lead, mono, 120, 36)
	s.press(onInventory, "b", "e")
	s.write("2026-12-01 18:00")
	s.press("tab")
	s.confirm("end of life in December")
	want := []engine.Command{engine.ExemptFromBaseline{Baseline: "2026Q3", Servers: []inventory.ServerID{view.Servers[1].ID},
		Until: time.Date(2026, 12, 1, 18, 0, 0, 0, time.UTC), Reason: "end of life in December"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}

func TestRowsAndPagesAreCopied(t *testing.T) {
	s := open(t, estate(), viewer, mono, 120, 36)
	s.press(onInventory, "space", "space", "y")
	if lines := strings.Split(s.copied, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "Server\tOS") || !strings.HasPrefix(lines[2], "DUB-BI-0002\t2019") {
		t.Errorf("copied %q", s.copied)
	}
	s.press("g", "enter", "y")
	if !strings.Contains(s.copied, "What it said of itself") || strings.Contains(s.copied, "\x1b") {
		t.Errorf("copied %q", s.copied)
	}
}

func TestWhoMayDecidesWhetherAnUpdateMattersHere(t *testing.T) {
	s := open(t, assessed(), lead, mono, 120, 36)
	s.press(onUpdates, "R")
	s.confirm("no such role here")
	want := []engine.Command{engine.DecideRelevance{KB: "KB5072033", Relevant: false, Reason: "no such role here"}}
	if got := s.commands(); !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
	s = open(t, assessed(), viewer, mono, 120, 36)
	s.press(onUpdates, "R")
	if _, asked := s.asks(); asked {
		t.Error("a viewer is asked")
	}
}

func TestAReleaseHoldsTheMarkedUpdatesAlone(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onUpdates, "space", "c")
	s.confirm("November")
	got, ok := s.commands()[0].(engine.CreateRelease)
	if !ok || !reflect.DeepEqual(got.Updates, []string{"KB5072033"}) {
		t.Errorf("the engine was asked for %+v", s.commands())
	}
}
