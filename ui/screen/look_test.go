package screen

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// counted finds "84 succeeded" and "= 173 targeted".
var counted = regexp.MustCompile(`(?:^|\s)\S ([\d,]+) (` + deliveries() + `)(?:\s|$)`)

func deliveries() string {
	var words []string
	for _, s := range rollout.Statuses {
		words = append(words, string(s.Delivery))
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return strings.Join(words, "|") + "|targeted"
}

func TestTheCountsOnTheScreenAddUpToTheTargetedServers(t *testing.T) {
	for _, servers := range []int{8, 40, 200, 3000} {
		for _, size := range sizes {
			s := open(t, uitest.Night(servers), viewer, mono, size.width, size.height)
			s.press(onRollout)
			sum, targeted := 0, -1
			for _, line := range strings.Split(s.frame(), "\n")[3:10] {
				for _, m := range counted.FindAllStringSubmatch(strings.ReplaceAll(line, "  ", "   "), -1) {
					n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
					if err != nil {
						t.Fatal(err)
					}
					switch {
					case strings.HasPrefix(m[2], "targeted"):
						targeted = n
					case rollout.Delivery(m[2]).Status().Targeted:
						sum += n
					}
				}
			}
			if sum != targeted || sum == 0 {
				t.Errorf("%d servers at %dx%d: the counts add up to %d, targeted are %d\n%s", servers, size.width, size.height, sum, targeted, s.frame())
			}
		}
	}
}

func TestTheCursorStaysOnItsServerWhenTheViewChanges(t *testing.T) {
	view := night()
	s := open(t, view, viewer, mono, 120, 36)
	s.press(onRollout, "n")
	name := troubled(view.Rollouts[2])[0].Name
	for _, c := range troubled(view.Rollouts[2]) {
		if strings.Contains(paneTitle(s), c.Name) {
			name = c.Name
		}
	}
	next := night()
	next.Generation++
	r := &next.Rollouts[2]
	r.Cells = r.Cells[3:] // three servers before it are gone
	s.show(next)
	if title := paneTitle(s); !strings.Contains(title, name) {
		t.Errorf("the cursor was on %s, now the pane is about %q", name, title)
	}
}

// paneTitle is the first line of the pane beside the grid.
func paneTitle(s *session) string {
	for _, line := range strings.Split(s.frame(), "\n") {
		if _, pane, found := strings.Cut(line, "│"); found {
			return pane
		}
	}
	return ""
}

func TestTheLiveRolloutIsShownUntilAPersonPicksAnother(t *testing.T) {
	s := open(t, night(), viewer, mono, 120, 36)
	s.press(onRollout)
	if !strings.Contains(s.frame(), "R-3 Prod ·") {
		t.Fatalf("not the live rollout:\n%s", s.frame())
	}
	s.press("[")
	next := night()
	next.Generation++
	s.show(next)
	if !strings.Contains(s.frame(), "R-2 Dev ·") {
		t.Errorf("the picked rollout is gone:\n%s", s.frame())
	}
}

func TestTheBangGoesThroughWhatNeedsAPerson(t *testing.T) {
	view := night()
	s := open(t, view, lead, mono, 120, 36)
	for i, need := range view.Needs {
		s.press("!")
		if frame := s.frame(); !strings.Contains(frame, strconv.Itoa(i+1)+" of "+strconv.Itoa(len(view.Needs))+": ") {
			t.Errorf("need %d (%s) is not told:\n%s", i, need.Words, frame)
		}
	}
	if !strings.Contains(s.frame(), "CHG-13 2026-11-dotnet") {
		t.Errorf("the last need is a change request, but the screen is\n%s", s.frame())
	}
}

func TestAFilterTakesEveryKeyAndNarrowsOverAllColumns(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onInventory, "/")
	s.write("fil 2022 q")
	if s.root.front != 1 || s.quit || s.root.leaving {
		t.Fatal("keys of the filter acted as keys of the console")
	}
	s.press("backspace", "backspace", "enter")
	for _, line := range strings.Split(s.frame(), "\n")[5:33] {
		if strings.TrimSpace(line) != "" && (!strings.Contains(line, "FIL") || !strings.Contains(line, "2022")) {
			t.Errorf("the filter lets through %q", line)
		}
	}
	s.press("esc")
	if !strings.Contains(s.frame(), "200 servers") {
		t.Errorf("esc does not clear the filter:\n%s", s.frame())
	}
}

func TestLeavingSaysWhatTheOwnerOfTheConsoleKnowsBetter(t *testing.T) {
	console := uitest.NewConsole(night())
	root := New(Options{Actor: lead, Console: console, Theme: mono, Leaving: "Its fleet ends with this demonstration."})
	t.Cleanup(root.Close)
	s := &session{console: console, root: root}
	s.send(tea.WindowSizeMsg{Width: 200, Height: 50})
	s.press("q")
	if frame := s.frame(); s.quit || !strings.Contains(frame, "Its fleet ends with this demonstration.") || strings.Contains(frame, "goes on") {
		t.Errorf("leaving says:\n%s", frame)
	}
	s.press("esc", "?", "G")
	if frame := s.frame(); !strings.Contains(frame, "leave") || strings.Contains(frame, "a rollout goes on") {
		t.Errorf("the help says:\n%s", frame)
	}
}

func TestLeavingSaysThatTheRolloutGoesOn(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press("q")
	if s.quit || !strings.Contains(s.frame(), "R-3 Prod goes on without you") {
		t.Fatalf("q says nothing:\n%s", s.frame())
	}
	s.press("esc")
	if s.root.leaving || s.quit {
		t.Error("esc does not stay")
	}
	s.press("q", "q")
	if !s.quit {
		t.Error("q twice does not leave")
	}
	quiet := open(t, uitest.Quiet(5), lead, mono, 80, 24)
	quiet.press("q")
	if !quiet.quit {
		t.Error("with nothing running q does not leave at once")
	}
}

func TestNothingNewStartsIsSaidOnEveryScreen(t *testing.T) {
	view := night()
	view.ReadOnly = "the clock jumped by 2h00"
	s := open(t, view, lead, mono, 80, 24)
	for _, tab := range []string{onOverview, onInventory, onUpdates, onChanges, onPlan, onRollout, onProcedure, onIncidents, onAudit} {
		s.press(tab)
		if !strings.Contains(s.frame(), "nothing new starts: the clock jumped by 2h00") {
			t.Errorf("screen %s does not say it", tab)
		}
	}
}

func TestTheTrailGrowsAtItsTopAndAtItsEnd(t *testing.T) {
	view := night()
	_, view.Head = uitest.Trail(1000)
	s := open(t, view, viewer, mono, 120, 36)
	s.press(onAudit)
	if !strings.Contains(s.frame(), "newest 300 of 1,000 entries") || !strings.Contains(s.frame(), view.Head.String()) {
		t.Fatalf("head or extent is missing:\n%s", s.frame())
	}
	s.press("G")
	if !strings.Contains(s.frame(), "newest 600 of 1,000 entries") {
		t.Errorf("the end brought nothing older:\n%s", s.frame())
	}
	s.press("g", "enter")
	if !strings.Contains(s.frame(), "Entry 1000") || !strings.Contains(s.frame(), "chained to") {
		t.Errorf("the newest entry does not open:\n%s", s.frame())
	}
}

func TestAnEntryThatCannotBeReadIsShownAsSuch(t *testing.T) {
	view := night()
	view.Head = trail.Head{Seq: 3}
	s := open(t, view, viewer, mono, 120, 36)
	s.console.SetEntries([]byte(`{"v":1`), []byte(`not json`), []byte(`{"v":1,"seq":3,"at":"2026-11-15T02:00:00Z","actor":"engine","action":"a.b"}`))
	s.press(onAudit)
	if n := strings.Count(s.frame(), "this entry cannot be read"); n != 2 {
		t.Errorf("%d unreadable entries are shown, want 2:\n%s", n, s.frame())
	}
}

func TestHistoryShowsTheServersEntries(t *testing.T) {
	s := open(t, night(), viewer, mono, 120, 36)
	s.press(onRollout)
	s.run(s.root.jump("s00062"))
	s.press("l")
	if frame := s.frame(); !strings.Contains(frame, "History of DUB-SQL-0062") || !strings.Contains(frame, "verifying → succeeded") {
		t.Errorf("no history:\n%s", frame)
	}
}

func TestACopyGoesToThePersonsClipboard(t *testing.T) {
	view := night()
	s := open(t, view, viewer, mono, 120, 36)
	s.press(onRollout, "g", "n", "y")
	want := troubled(view.Rollouts[2])[0]
	if !strings.Contains(s.copied, want.Name) || !strings.Contains(s.copied, want.Code) {
		t.Errorf("copied %q, want %s and %s", s.copied, want.Name, want.Code)
	}
}

func TestFactsAreReadFromTheServerOnRequest(t *testing.T) {
	s := open(t, night(), onCall, mono, 120, 36)
	s.press(onInventory, "enter", "u")
	if !strings.Contains(s.frame(), "DUB-FIL-0001 answered") && !strings.Contains(s.frame(), "answered") {
		t.Errorf("no answer is told:\n%s", s.frame())
	}
}

func TestARolloutInEveryStatusIsDrawn(t *testing.T) {
	view := night()
	r := &view.Rollouts[2]
	r.Counts = rollout.Counts{}
	for i := range r.Cells {
		r.Cells[i].Delivery = rollout.Statuses[i%len(rollout.Statuses)].Delivery
		r.Counts[r.Cells[i].Delivery]++
	}
	s := open(t, view, viewer, mono, 200, 50)
	s.press(onRollout)
	for _, status := range rollout.Statuses {
		if !strings.Contains(s.frame(), status.Glyph) || !strings.Contains(s.frame(), string(status.Delivery)) {
			t.Errorf("%s is not on the screen", status.Delivery)
		}
	}
}

// BenchmarkRolloutFrame draws the whole console on a night of 10,000 servers, every time with a newer view.
func BenchmarkRolloutFrame(b *testing.B) { benchmarkFrame(b, onRollout) }

// BenchmarkInventoryFrame does the same for the list.
func BenchmarkInventoryFrame(b *testing.B) { benchmarkFrame(b, onInventory) }

// BenchmarkRolloutKey moves the cursor and draws.
func BenchmarkRolloutKey(b *testing.B) {
	s := open(b, uitest.Night(10_000), viewer, coloured, 200, 50)
	s.press(onRollout)
	for b.Loop() {
		s.press("right")
		s.frame()
	}
}

func benchmarkFrame(b *testing.B, tab string) {
	views := []*engine.View{uitest.Night(10_000), uitest.Night(10_000)}
	s := open(b, views[0], viewer, coloured, 200, 50)
	s.press(tab)
	for i := 0; b.Loop(); i++ {
		view := *views[i%2]
		view.Generation = uint64(i)
		s.show(&view)
		s.frame()
	}
}

func TestAForecastThatIsOlderThanTheCountsPromisesNobodyTwice(t *testing.T) {
	view := night()
	r := &view.Rollouts[2]
	expected := r.Forecast.Succeeded + r.Forecast.Fits
	for i := range r.Cells {
		if r.Cells[i].Delivery == rollout.Running || r.Cells[i].Delivery == rollout.Staged {
			r.Counts[r.Cells[i].Delivery]--
			r.Cells[i].Delivery = rollout.Succeeded
			r.Counts[rollout.Succeeded]++
		}
	}
	s := open(t, view, viewer, mono, 120, 36)
	s.press(onRollout)
	if want := fmt.Sprintf("forecast %d/%d by", expected, r.Counts.Targeted()); !strings.Contains(oneLine(s.frame()), want) {
		t.Errorf("the header does not say %q:\n%s", want, s.frame())
	}
}

func TestTheClockStandsOnEveryScreenOf80Columns(t *testing.T) {
	for _, theme := range []part.Theme{coloured, mono} {
		s := open(t, night(), lead, theme, 80, 24)
		for i := range s.root.tabs {
			s.press(strconv.Itoa(i + 1))
			if top, _, _ := strings.Cut(s.frame(), "\n"); !strings.Contains(top, "02:14") || !strings.Contains(top, "Overview") || !strings.Contains(top, "Audit") {
				t.Errorf("screen %d: %q", i+1, top)
			}
		}
	}
}
