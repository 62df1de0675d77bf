package command_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// offered is what a shell gets for the last of these words.
func offered(t *testing.T, s *shell, words ...string) (values []string, directive string) {
	t.Helper()
	r := s.run("", append([]string{"__complete"}, words...)...)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	for _, line := range lines[:len(lines)-1] {
		value, _, _ := strings.Cut(line, "\t")
		values = append(values, value)
	}
	return values, lines[len(lines)-1]
}

func TestAShellIsOfferedWhatTheEngineHas(t *testing.T) {
	view := uitest.Night(60)
	s := at(t, view, approval.Viewer)
	server, rollout := view.Servers[3], view.Rollouts[0]
	for _, c := range []struct {
		words []string
		has   string
	}{
		{[]string{"change", "show", ""}, view.Changes[0].ID},
		{[]string{"change", "submit", ""}, view.Releases[0].ID},
		{[]string{"rollout", "retry", ""}, rollout.ID},
		{[]string{"rollout", "retry", rollout.ID, ""}, server.Name},
		{[]string{"rollout", "retry", rollout.ID, view.Servers[0].Name, strings.ToLower(server.Name[:5])}, server.Name},
		{[]string{"release", "drop", view.Releases[0].ID, "KB"}, view.Bulletins[0].Updates[0].KB},
		{[]string{"acceptance", "record", view.Changes[0].ID, ""}, server.Applications[0]},
		{[]string{"acceptance", "record", view.Changes[0].ID, server.Applications[0], ""}, "passed"},
		{[]string{"rollout", ""}, "status"},
	} {
		values, _ := offered(t, s, c.words...)
		found := false
		for _, v := range values {
			found = found || v == c.has
		}
		if !found {
			t.Errorf("%q is offered %q, which lacks %s", c.words, values, c.has)
		}
	}
}

func TestAShellIsOfferedFilesWhereAFileIsMeantAndNothingWhereNothingIs(t *testing.T) {
	s := at(t, uitest.Night(5), approval.Viewer)
	if _, directive := offered(t, s, "inventory", "import", ""); directive != ":0" {
		t.Errorf("a file: directive %s", directive)
	}
	if values, directive := offered(t, s, "change", "show", "CHG-1", ""); len(values) != 0 || directive != ":4" {
		t.Errorf("one argument too many: %q, directive %s", values, directive)
	}
	if values, _ := offered(t, s, "change", "show", "\x1b]0;x"); len(values) != 0 {
		t.Errorf("an escape is offered %q", values)
	}
	s.env.Open = func(context.Context, string, bool) (*command.Session, error) {
		return nil, errors.New("held by process 7")
	}
	if values, directive := offered(t, s, "change", "show", ""); len(values) != 0 || directive != ":4" {
		t.Errorf("no engine: %q, directive %s", values, directive)
	}
}

func TestHostileNamesAreOfferedWithoutTheirEscapes(t *testing.T) {
	s := at(t, uitest.Hostile(30), approval.Viewer)
	r := s.run("", "__complete", "rollout", "retry", "R-1", "")
	if strings.ContainsAny(r.out, "\x1b\x07\r") {
		t.Errorf("offered %q", r.out)
	}
}
