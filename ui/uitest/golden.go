package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden frames anew instead of comparing with them")

// Golden compares a frame with the one in testdata; with -update it writes it. Escape characters stand there as ␛, so
// that the files can be read and compared.
func Golden(t *testing.T, name, frame string) {
	t.Helper()
	frame = strings.ReplaceAll(frame, "\x1b", "␛")
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(frame+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if got := frame + "\n"; got != string(want) {
		t.Errorf("%s differs from the golden frame; look at both, then run with -update if the new one is right\n--- got\n%s\n--- want\n%s", path, got, want)
	}
}
