package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden frames and the documentation of keys anew instead of comparing with them")

// Golden compares a frame with the one in testdata; with -update it writes it. Escape characters stand there as ␛, so
// that the files can be read and compared.
func Golden(t *testing.T, name, frame string) {
	t.Helper()
	Kept(t, filepath.Join("testdata", name+".txt"), strings.ReplaceAll(frame, "\x1b", "␛")+"\n")
}

// Kept compares a text with the file that keeps it; with -update it writes the file.
func Kept(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if text != string(want) {
		t.Errorf("%s differs from what is right now; look at both, then run with -update if the new one is right\n--- got\n%s\n--- want\n%s", path, text, want)
	}
}
