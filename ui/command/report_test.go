package command_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// reporting is a shell whose reports say what they are.
func reporting(t *testing.T, view *engine.View) *shell {
	s := at(t, view, approval.Viewer)
	s.env.Report = func(_ context.Context, session *command.Session, change string) (html, json func(io.Writer) error, err error) {
		if session.Actor.Name != "k.osei" {
			t.Errorf("the report is made for %+v", session.Actor)
		}
		say := func(form string) func(io.Writer) error {
			return func(w io.Writer) error { _, err := fmt.Fprintf(w, "%s as %s", change, form); return err }
		}
		return say("page"), say("data"), nil
	}
	return s
}

func TestAReportIsWrittenAsItsFileIsNamed(t *testing.T) {
	view := uitest.Night(60)
	newest := view.Changes[len(view.Changes)-1].ID
	s := reporting(t, view)
	folder := t.TempDir()
	for _, c := range []struct {
		file, want string
		flags      []string
	}{
		{"night.html", newest + " as page", nil},
		{"night.JSON", newest + " as data", nil},
		{"older.json", "CHG-12 as data", []string{"--change", "chg-12"}},
		{"night.txt", newest + " as page", []string{"--format", "html"}},
	} {
		path := filepath.Join(folder, c.file)
		s.expect(command.Done, "written", append([]string{"report", path}, c.flags...)...)
		if text, err := os.ReadFile(path); err != nil || string(text) != c.want {
			t.Errorf("%s holds %q, %v; want %q", c.file, text, err, c.want)
		}
	}
	if !s.reads {
		t.Error("a report opened the engine to change something")
	}
	for words, want := range map[string]string{"report -": "page", "report - --json": "data", "report - --format json": "data"} {
		if r := s.run("", strings.Fields(words)...); r.code != command.Done || r.out != newest+" as "+want {
			t.Errorf("%s: %+v", words, r)
		}
	}
}

func TestAReportThatCannotBeMadeLeavesNoFile(t *testing.T) {
	s := reporting(t, uitest.Night(60))
	path := filepath.Join(t.TempDir(), "night.html")
	s.expect(command.Failure, `there is no change request "CHG-99"`, "report", path, "--change", "CHG-99")
	s.expect(command.Usage, `--format "pdf" is not known: use html, json`, "report", path, "--format", "pdf")
	s.expect(command.Usage, `"night.txt" ends neither in .html nor in .json: name it so, give --format, or name one of the reports`, "report", strings.TrimSuffix(path, "html")+"txt")
	s.expect(command.Usage, "accepts 1 arg(s), received 0", "report")
	s.env.Report = func(context.Context, *command.Session, string) (html, json func(io.Writer) error, err error) {
		return nil, nil, errors.New("the numbers do not add up")
	}
	s.expect(command.Failure, "cannot be made: the numbers do not add up", "report", path)
	s.env.Report = func(context.Context, *command.Session, string) (html, json func(io.Writer) error, err error) {
		broken := func(io.Writer) error { return errors.New("the disk is full") }
		return broken, broken, nil
	}
	s.expect(command.Failure, "the report is not complete: the disk is full", "report", path)
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	empty := reporting(t, &engine.View{})
	empty.expect(command.Failure, "there is no change request to report on yet", "report", path)
}

func TestTheHolderOfTheStoreIsToldTheFormatOfAReport(t *testing.T) {
	s := reporting(t, uitest.Night(3))
	var got []string
	s.env.Forward = func(_ context.Context, _ string, words []string, streams command.Streams) (bool, int, error) {
		got = words
		_, err := io.WriteString(streams.Out, "from the daemon")
		return true, command.Done, err
	}
	path := filepath.Join(t.TempDir(), "night.json")
	s.expect(command.Done, "", "report", path, "--change", "CHG-12")
	if text, err := os.ReadFile(path); err != nil || string(text) != "from the daemon" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if want := `["report" "--change=CHG-12" "--format=json" "--" "-"]`; fmt.Sprintf("%q", got) != want {
		t.Errorf("handed over %q, want %s", got, want)
	}
}

func TestWithoutTheHookThereIsNoReportOfANight(t *testing.T) {
	at(t, uitest.Night(3)).expect(command.Usage, `does not know "x.html": use compliance, exceptions, installs, time, trend`, "report", "x.html")
}

// proved is a night whose advertisements say since when they are what they are, as their cells do.
func proved(servers int) *engine.View {
	view := uitest.Estate(uitest.Night(servers))
	for _, r := range view.Rollouts {
		since := map[string]time.Time{}
		for _, c := range r.Cells {
			since[c.ID] = c.Since
		}
		for i, ad := range r.Advertisements {
			one := *ad
			one.Since = since[ad.ID]
			r.Advertisements[i] = &one
		}
	}
	return view
}

// Handbook 9: the reports about the fleet, as tables. Each says what it counts, against what, and of which state it was made.
func TestReportsAboutTheFleetAsTables(t *testing.T) {
	s := reporting(t, proved(120))
	for name, words := range map[string]string{
		"report-compliance": "report compliance", "report-phase": "report compliance --by phase", "report-owner": "report compliance --by owner --severity critical",
		"report-collection": "report compliance --by collection", "report-installs": "report installs --by owner", "report-time": "report time",
		"report-exceptions": "report exceptions --ended", "report-trend": "report trend",
	} {
		t.Run(name, func(t *testing.T) {
			r := s.run("", strings.Fields(words)...)
			if r.code != command.Done || r.err != "" {
				t.Fatalf("exit code %d, %s", r.code, r.err)
			}
			uitest.Golden(t, name, strings.TrimSuffix(r.out, "\n"))
		})
	}
	if !s.reads {
		t.Error("a report opened the engine to change something")
	}
}

// Scripts get one object with what was asked and the audit entry up to which it holds; spreadsheets get the table alone.
func TestReportsAboutTheFleetForScriptsAndSpreadsheets(t *testing.T) {
	view := proved(120)
	s := at(t, view, approval.Viewer)
	var got struct {
		Report, By string
		Entry      uint64 `json:"audit_entry"`
		Head       string `json:"audit_head"`
		Data       struct {
			All        map[string]int
			BySeverity []map[string]any `json:"by_severity"`
		}
	}
	r := s.expect(command.Done, "", "report", "compliance", "--json")
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || got.Report != "compliance" || got.By != "severity" || got.Entry != view.Head.Seq || got.Head != view.Head.String() ||
		got.Data.All["servers"] != 120 || len(got.Data.BySeverity) != 5 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, one := range []string{"installs", "time", "exceptions", "trend"} {
		if r := s.expect(command.Done, `{"report":"`+one+`"`, "report", one, "--json"); strings.Contains(r.out, "null") {
			t.Errorf("%s has a null: %s", one, r.out)
		}
		if r := s.run("", "report", one, "--csv"); r.code != command.Done || strings.Contains(r.out, "As of") || !strings.Contains(r.out, ",") {
			t.Errorf("%s as CSV: %+v", one, r)
		}
	}
	// Nobody's name can become a formula.
	hostile := uitest.Night(8)
	hostile.Servers[0].Owner = `=HYPERLINK("http://x","y")`
	at(t, hostile).expect(command.Done, `"'=HYPERLINK(""http://x"",""y"")",1,`, "report", "compliance", "--by", "owner", "--csv")
}

// What servers and people wrote stays words, in the table, in CSV and in JSON.
func TestReportsAboutTheFleetCannotCommandATerminal(t *testing.T) {
	view := proved(12)
	hostile := "Retail\x1b]0;owned\a\x1b[2J\u202eBI\nfake line"
	for i := range view.Servers {
		view.Servers[i].Owner, view.Servers[i].Site, view.Servers[i].Name = hostile, "\x9b31m", hostile
	}
	view.Exemptions = []rollout.Exemption{{ID: "EX-1", Server: view.Servers[0].ID, From: "low", Until: uitest.At.Add(time.Hour), Signed: inventory.Signed{By: hostile, At: uitest.At, Reason: hostile}}}
	for _, words := range []string{"report compliance --by owner", "report compliance --by site", "report installs --by owner", "report time --by site", "report exceptions", "rollout totals R-3 --by owner"} {
		for _, form := range []string{"", " --json", " --csv"} {
			if form == " --csv" && !strings.HasPrefix(words, "report") {
				continue
			}
			r := at(t, view, approval.Viewer).run("", strings.Fields(words+form)...)
			odd := func(c rune) bool {
				return c != '\n' && c != '\r' && (c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x202e)
			}
			if i := strings.IndexFunc(r.out, odd); r.code != command.Done || i >= 0 || strings.Contains(r.out, "\nfake line") {
				t.Errorf("%s%s: exit code %d, byte %d of %q, %s", words, form, r.code, i, r.out, r.err)
			}
		}
	}
}

func TestReportsAboutTheFleetSayWhatTheyTake(t *testing.T) {
	s := at(t, uitest.Night(8), approval.Viewer)
	s.expect(command.Usage, `--by "colour" is not known: use severity, phase, os, site, owner, environment, collection`, "report", "compliance", "--by", "colour")
	s.expect(command.Usage, `--severity: severity "grave" is none of Critical, Important, Moderate, Low`, "report", "compliance", "--severity", "grave")
	s.expect(command.Usage, "--csv and --json exclude one another", "report", "trend", "--csv", "--json")
	s.expect(command.Failure, `there is no release "2026-99"`, "report", "time", "--release", "2026-99")
	s.expect(command.Done, "no release was advertised yet", "report", "time", "--release", "2026-10-security")
	quiet := at(t, uitest.Quiet(3), approval.Viewer)
	quiet.expect(command.Done, "there is no release yet", "report", "trend")
	quiet.expect(command.Done, "no server is excepted from anything", "report", "exceptions")
}
