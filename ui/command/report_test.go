package command_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
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
	s.expect(command.Usage, `"night.txt" ends neither in .html nor in .json: name it so, or give --format`, "report", strings.TrimSuffix(path, "html")+"txt")
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

func TestWithoutTheHookThereIsNoReport(t *testing.T) {
	at(t, uitest.Night(3)).expect(command.Usage, `does not know "report"`, "report", "x.html")
}
