package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDocumentationNamesEveryFile(t *testing.T) {
	for _, folder := range []string{".", "simulator"} {
		text, err := os.ReadFile(filepath.Join(folder, "doc.go"))
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if name := filepath.Base(file); name != "doc.go" && !strings.HasSuffix(name, "_test.go") && !strings.Contains(string(text), name) {
				t.Errorf("doc.go of %s does not name %s", folder, name)
			}
		}
	}
}
