package secret

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const password = `p4ss "word" $HOME`

func file(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPasswordComesFromWhereItIsKept(t *testing.T) {
	t.Setenv("PATCHDECK_TEST_PASSWORD", password)
	t.Setenv("PATCHDECK_TEST_PRINTS", "1")
	for name, r := range map[string]Reference{
		"environment":    {Env: "PATCHDECK_TEST_PASSWORD"},
		"file":           {File: file(t, password+"\n", 0o600)},
		"file from DOS":  {File: file(t, password+"\r\n", 0o600)},
		"command, as is": {Command: []string{os.Args[0], "-test.run=TestPrintsItsLastArgument", password}},
	} {
		if got, err := r.Read(t.Context()); err != nil || got != password {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestPrintsItsLastArgument is the program that the command references of these tests run.
func TestPrintsItsLastArgument(t *testing.T) {
	if os.Getenv("PATCHDECK_TEST_PRINTS") == "" {
		t.Skip("runs only as a child of the other tests")
	}
	if last := os.Args[len(os.Args)-1]; last != "fail" {
		os.Stdout.WriteString(last)
		os.Exit(0)
	}
	os.Stderr.WriteString("the vault says: hunter2\n")
	os.Exit(7)
}

func TestAReferenceThatFailsSaysWhichAndWhyButNotWhat(t *testing.T) {
	t.Setenv("PATCHDECK_TEST_EMPTY", "")
	t.Setenv("PATCHDECK_TEST_PRINTS", "1")
	child := func(last string) Reference {
		return Reference{Command: []string{os.Args[0], "-test.run=TestPrintsItsLastArgument", last}}
	}
	for _, c := range []struct {
		name, why string
		r         Reference
	}{
		{"none", "no password reference", Reference{}},
		{"two", "more than one", Reference{Env: "A", File: "b"}},
		{"unset", "PATCHDECK_TEST_UNSET: it is not set", Reference{Env: "PATCHDECK_TEST_UNSET"}},
		{"empty", "empty password", Reference{Env: "PATCHDECK_TEST_EMPTY"}},
		{"no file", "no such file", Reference{File: filepath.Join(t.TempDir(), "none")}},
		{"a folder", "no regular file", Reference{File: t.TempDir()}},
		{"two lines", "more than one line", Reference{File: file(t, "hunter2\nhunter2\n", 0o600)}},
		{"too long", "more than 1024", Reference{File: file(t, strings.Repeat("hunter2", 1000), 0o600)}},
		{"command too long", "more than 1024", child(strings.Repeat("hunter2", 1000))},
		{"command fails", "exit status 7", child("fail")},
		{"no such command", "executable file not found", Reference{Command: []string{"patchdeck-no-such-program"}}},
		{"no shell", "executable file not found", Reference{Command: []string{"echo hunter2; true"}}},
	} {
		got, err := c.r.Read(t.Context())
		if err == nil || got != "" || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), "hunter2\n") {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestAFileThatOthersMayReadIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps rights in access lists")
	}
	path := file(t, password, 0o600)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := (Reference{File: path}).Read(t.Context()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("%v", err)
	}
}

func TestACommandEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Reference{Command: []string{os.Args[0], "-test.run=TestPrintsItsLastArgument", "x"}}.Read(ctx)
	if err == nil || !strings.Contains(err.Error(), "did not end in time") {
		t.Errorf("%v", err)
	}
}

func TestAFileThatIsSecretAsAWholeIsReadAsItIs(t *testing.T) {
	const contents = "one\r\ntwo\n\x00\xff"
	if got, err := ReadFile(file(t, contents, 0o600)); err != nil || string(got) != contents {
		t.Errorf("%q, %v", got, err)
	}
	for why, path := range map[string]string{
		"no such file":    filepath.Join(t.TempDir(), "none"),
		"no regular file": t.TempDir(),
		"it is empty":     file(t, "", 0o600),
		"longer than":     file(t, strings.Repeat("x", longestFile+1), 0o600),
	} {
		if got, err := ReadFile(path); err == nil || got != nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	path := file(t, contents, 0o600)
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("%v", err)
	}
}
