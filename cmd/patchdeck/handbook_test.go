package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/ui/uitest"
)

// testsOf names the tests that the files of a folder hold.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, file := range files {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				tests[f.Name.Name] = true
			}
		}
	}
	return tests
}

// Every row of the handbook names tests that exist, and HANDBOOK.md says the same to whoever reads.
func TestEveryRowOfTheHandbookNamesItsTests(t *testing.T) {
	known := map[string]map[string]bool{}
	said := map[string]bool{}
	for _, r := range handbook {
		if handbookSections[r.Section] == "" || len(r.Tests) == 0 || said[r.Row] {
			t.Errorf("section %d, %q: its section is not known, it names no test, or it stands there twice", r.Section, r.Row)
		}
		said[r.Row] = true
		for _, name := range r.Tests {
			folder, test, _ := strings.Cut(name, ".")
			if known[folder] == nil {
				known[folder] = testsOf(t, folder)
			}
			if !known[folder][test] {
				t.Errorf("section %d, %q names %s, and there is no such test", r.Section, r.Row, name)
			}
		}
	}
	uitest.Kept(t, filepath.Join("..", "..", "engine", "HANDBOOK.md"), handbookText())
}

// handbookText is the table as people read it, by section.
func handbookText() string {
	var text strings.Builder
	text.WriteString("# What must work, and what shows it\n\nEvery row of the handbook of this job with the tests that hold it, written from the table in `cmd/patchdeck/handbook_row_test.go`\n" +
		"(`go test ./cmd/patchdeck -run Handbook -update`). A test proves that each of them exists. A folder and a name are what `go test ./FOLDER -run NAME` takes.\n")
	for section := 1; section <= len(handbookSections); section++ {
		fmt.Fprintf(&text, "\n## %d. %s\n", section, handbookSections[section])
		for _, r := range handbook {
			if r.Section != section {
				continue
			}
			fmt.Fprintf(&text, "- %s\n", r.Row)
			for _, name := range r.Tests {
				fmt.Fprintf(&text, "  - `%s`\n", name)
			}
			if r.Lacks != "" {
				fmt.Fprintf(&text, "  - not there: %s\n", r.Lacks)
			}
		}
	}
	return text.String()
}

// Whoever works on a row finds what the handbook asks in its document.
func TestTheHandbookIsInTheReadersWay(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil || !strings.Contains(string(readme), "engine/HANDBOOK.md") {
		t.Errorf("the README does not lead to engine/HANDBOOK.md: %v", err)
	}
}
