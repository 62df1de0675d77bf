package command_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestAVerbIsHandedToWhoHoldsTheStore(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Lead)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "servers.csv"), []byte("name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	type call struct {
		data, words, input string
	}
	var got call
	code, says := command.Done, ""
	s.env.Forward = func(_ context.Context, data string, words []string, streams command.Streams) (bool, int, error) {
		input := ""
		if streams.In != nil {
			text, err := io.ReadAll(streams.In)
			if err != nil {
				return true, 0, err
			}
			input = string(text)
		}
		got = call{data, fmt.Sprintf("%q", words), input}
		_, err := io.WriteString(streams.Out, says)
		return true, code, err
	}
	for _, c := range []struct {
		words []string
		want  call
	}{
		{[]string{"inventory", "import", filepath.Join(folder, "servers.csv")}, call{"/data", fmt.Sprintf(`["inventory" "import" "--source=%s" "--" "-"]`, filepath.Join(folder, "servers.csv")), "name\n"}},
		{[]string{"inventory", "import", "-", "--data", "/other"}, call{"/other", `["inventory" "import" "--" "-"]`, "typed"}},
		{[]string{"release", "create", "R", "--kb", "KB1", "--kb=KB2", "--reason", "it's", "--json"}, call{"/data", `["release" "create" "--json=true" "--kb=KB1" "--kb=KB2" "--reason=it's" "--" "R"]`, ""}},
		{[]string{"rollout", "status", "--watch"}, call{"/data", `["rollout" "status" "--watch=true" "--"]`, ""}},
	} {
		if r := s.run("typed", c.words...); r.code != command.Done || got != c.want {
			t.Errorf("%v: %+v, handed over %+v", c.words, r, got)
		}
	}
	says = "the trail\n"
	if r := s.run("", "audit", "export", filepath.Join(folder, "trail")); r.code != command.Done || r.out != "" {
		t.Errorf("export: %+v", r)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "trail")); err != nil || string(text) != says {
		t.Errorf("exported %q, %v", text, err)
	}
	code = command.Denied
	if r := s.run("", "audit", "export", filepath.Join(folder, "denied")); r.code != command.Denied || r.err != "" {
		t.Errorf("denied: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(folder, "denied")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a failed export left a file: %v", err)
	}
	if s.opened != 0 {
		t.Error("the store was opened as well")
	}
}

func TestWithoutAHolderTheVerbRunsHere(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Lead)
	s.env.Forward = func(context.Context, string, []string, command.Streams) (bool, int, error) { return false, 0, nil }
	s.expect(command.Done, "done", "rollout", "pause", "R-3", "--reason", "y")
	if s.opened != 1 {
		t.Errorf("opened %d times", s.opened)
	}
}

func TestWhatTheStateForbidsIsAFailureAndWhatARuleForbidsIsADenial(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Lead)
	words := []string{"rollout", "pause", "R-3", "--reason", "y"}
	s.console.Refuse(fmt.Errorf("R-3: %w", approval.Clash("it is closed")))
	s.expect(command.Failure, "patchdeck: R-3: it is closed", words...)
	s.console.Refuse(approval.Refuse("you submitted it: another person must"))
	s.expect(command.Denied, "another person must", words...)
}

func TestAnEmptyDataFolderIsWrongUsage(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Lead)
	s.env.Attach = func(context.Context, string, command.Look) error { t.Error("the console opened"); return nil }
	s.env.Demo = func(context.Context, command.DemoOptions) error { t.Error("the demo ran"); return nil }
	for _, words := range [][]string{{"--data", ""}, {"inventory", "list", "--data="}, {"demo", "--data", ""}} {
		s.expect(command.Usage, "--data is empty: name the data folder, or leave --data out for /data", words...)
	}
	if s.opened != 0 {
		t.Error("the store was opened")
	}
}
