package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDocumentationNamesEveryFile(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if name != "doc.go" && !strings.HasSuffix(name, "_test.go") && !strings.Contains(string(text), name) {
			t.Errorf("doc.go does not name %s", name)
		}
	}
}
