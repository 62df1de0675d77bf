package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Rooms of the engine in the order in which they may build on each other: a room imports only rooms that stand before it.
var engineRooms = []string{"calendar", "trail", "inventory", "catalog", "approval", "pilot", "rollout", "procedure", "notice", "report"}

// pureLibraries are the libraries that a room of the engine may use beside the standard library: they do no I/O.
var pureLibraries = []string{"github.com/expr-lang/expr", "github.com/goccy/go-yaml", "github.com/agnivade/levenshtein"}

// homes are libraries that belong to one room: nobody else may know them.
var homes = map[string]string{
	"github.com/dgraph-io/badger":  "store",
	"github.com/masterzen/winrm":   "remote",
	"github.com/bodgit/ntlmssp":    "remote",
	"github.com/wneessen/go-mail":  "remote/mail",
	"github.com/charmbracelet/":    "ui",
	"github.com/spf13/cobra":       "ui",
	"github.com/prometheus/":       "ui",
	"github.com/muesli/termenv":    "ui",
	"github.com/sassoftware/relic": "remote/signature",
}

// mayImport says which other rooms a room may know. A room always knows its own packages.
var mayImport = map[string][]string{
	"assets":           {},
	"engine":           {"engine"},
	"store":            {"engine"},
	"remote/simulator": {"assets", "remote/simulator"},
	"remote":           {"engine", "assets"},
	"ui":               {"engine", "assets", "ui"},
	"cmd":              {"engine", "store", "remote", "remote/simulator", "ui", "assets", "cmd"},
}

// testRooms hold what tests share; nothing else imports them.
var testRooms = []string{"engine/enginetest", "store/storetest", "ui/uitest", "remote/kerberos/kdctest", "remote/secret/secrettest"}

type source struct {
	folder  string // relative, with slashes
	file    string
	imports []string
	syntax  *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var list []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && strings.HasPrefix(name, ".") && path != root && name != ".." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		s := source{folder: filepath.ToSlash(folder), file: path, syntax: syntax}
		for _, i := range syntax.Imports {
			text, _ := strconv.Unquote(i.Path.Value)
			s.imports = append(s.imports, text)
		}
		list = append(list, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("only %d source files found: the walk began in the wrong place", len(list))
	}
	return list
}

// roomOf is the room that a folder belongs to: the longest one that mayImport names.
func roomOf(folder string) string {
	best := ""
	for room := range mayImport {
		if (folder == room || strings.HasPrefix(folder, room+"/")) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

func TestImportsRunOneWay(t *testing.T) {
	for _, s := range sources(t) {
		if slices.ContainsFunc(testRooms, func(room string) bool { return strings.HasPrefix(s.folder, room) }) {
			continue
		}
		room := roomOf(s.folder)
		if room == "" {
			t.Errorf("%s lies in no room", s.file)
			continue
		}
		for _, path := range s.imports {
			own, ours := strings.CutPrefix(path, "patchdeck/")
			if !ours {
				continue
			}
			if to := roomOf(own); to != room && !slices.Contains(mayImport[room], to) {
				t.Errorf("%s imports %s: room %s may not know %s", s.file, path, room, to)
			}
			if slices.ContainsFunc(testRooms, func(room string) bool { return strings.HasPrefix(own, room) }) {
				t.Errorf("%s imports %s, which is for tests", s.file, path)
			}
		}
	}
}

func TestEngineRoomsArePure(t *testing.T) {
	for _, s := range sources(t) {
		name, inside := strings.CutPrefix(s.folder, "engine/")
		if !inside || s.folder == "engine/enginetest" {
			continue
		}
		place := slices.Index(engineRooms, name)
		if place < 0 {
			t.Errorf("%s: engine/%s is not in the list of rooms", s.file, name)
			continue
		}
		for _, path := range s.imports {
			above, ours := strings.CutPrefix(path, "patchdeck/engine/")
			switch {
			case ours:
				if i := slices.Index(engineRooms, above); i < 0 || i >= place {
					t.Errorf("%s imports %s, which does not stand above it", s.file, path)
				}
			case strings.HasPrefix(path, "patchdeck"):
				t.Errorf("%s imports %s: a room of the engine knows only rooms above it", s.file, path)
			case strings.Contains(path, ".") && !slices.ContainsFunc(pureLibraries, func(l string) bool { return strings.HasPrefix(path, l) }):
				t.Errorf("%s imports %s, which is not among the pure libraries", s.file, path)
			case path == "os" || path == "net" || strings.HasPrefix(path, "net/") && path != "net/netip" && path != "net/url" || path == "os/exec" || path == "log/slog" || path == "sync":
				t.Errorf("%s imports %s: rooms of the engine do no I/O and hold no locks", s.file, path)
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", s.file)
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "NewTimer", "NewTicker", "Tick"}, n.Sel.Name) {
					t.Errorf("%s asks a clock (time.%s): time is given to it", s.file, n.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestLibrariesStayAtHome(t *testing.T) {
	for _, s := range sources(t) {
		for _, path := range s.imports {
			for library, home := range homes {
				if strings.HasPrefix(path, library) && s.folder != home && !strings.HasPrefix(s.folder, home+"/") && !strings.HasPrefix(s.folder, "cmd/patchdeck") {
					t.Errorf("%s imports %s, which belongs to %s", s.file, path, home)
				}
			}
			if strings.HasPrefix(s.folder, "cmd/") && (strings.HasPrefix(path, "github.com/dgraph-io") || strings.HasPrefix(path, "github.com/masterzen")) {
				t.Errorf("%s imports %s: cmd wires rooms, not their libraries", s.file, path)
			}
		}
	}
}

func TestTopLevelHoldsOnlyTheRooms(t *testing.T) {
	allowed := []string{"ui", "engine", "store", "remote", "cmd", "assets", "go.mod", "go.sum", "README.md"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "patchdeck" && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong to the top level", e.Name())
		}
	}
}
