package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record the hashes of scripts whose version was raised")

// everyScript is what can be sent and the bootstrap.
func everyScript() []ScriptFile { return append(Scripts(), library.bootstrap) }

func TestEveryScriptOfTheContractIsThere(t *testing.T) {
	for _, name := range []string{
		"facts", "job-start", "job-poll", "job-cancel", "job-remove", "restart", "verify", "job-scan", "job-stage", "job-install",
		"health", "cluster-state", "cluster-suspend", "cluster-resume", "job-uninstall", "removable", "baseline", "clean-up", "fsmo-move", "fsmo-return", "monitoring",
	} {
		script, ok := Script(name)
		if !ok || script.Name != name || script.Version < 1 {
			t.Errorf("Script(%q) = version %d, %v", name, script.Version, ok)
		}
		if sum := sha256.Sum256([]byte(script.Text)); hex.EncodeToString(sum[:]) != script.SHA256 {
			t.Errorf("%s: the hash is not that of the text", name)
		}
		if strings.Contains(script.Text, "#include") {
			t.Errorf("%s: a part was not put in", name)
		}
	}
	if _, ok := Script("bootstrap"); ok {
		t.Error("the bootstrap can be sent as a script")
	}
}

func TestAChangedScriptHasANewVersion(t *testing.T) {
	const file = "scripts/versions.json"
	type record struct {
		Version int    `json:"version"`
		SHA256  string `json:"sha256"`
	}
	recorded := map[string]record{}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	current := map[string]record{}
	for _, script := range everyScript() {
		current[script.Name] = record{script.Version, script.SHA256}
		before, known := recorded[script.Name]
		switch {
		case known && before.SHA256 != script.SHA256 && before.Version >= script.Version:
			t.Errorf("%s changed: raise its version above %d (servers are asked by name, version and hash)", script.Name, before.Version)
		case before != current[script.Name] && !*update:
			t.Errorf("%s version %d is not recorded: go test ./assets -run NewVersion -update", script.Name, script.Version)
		}
	}
	if !*update || t.Failed() {
		return
	}
	text, err := json.MarshalIndent(current, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Windows PowerShell reads a file without a mark as ANSI, and the hash is over the bytes: so nothing but plain ASCII.
func TestScriptsArePlainText(t *testing.T) {
	err := fs.WalkDir(scriptFiles, "scripts", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := scriptFiles.ReadFile(path)
		if err != nil {
			return err
		}
		for number, line := range strings.Split(string(text), "\n") {
			if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
				t.Errorf("%s:%d: the character %q is not plain ASCII", path, number+1, line[i])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAHeaderMustBeComplete(t *testing.T) {
	const whole = "<#\n.SYNOPSIS\n    Does it.\n.NOTES\n    Script: x\n    Version: 3\n    Parameters: none\n    Result: a, b\n    Privileges: p\n    Supports: s\n#>\n"
	parsed, err := parseHeader(whole)
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Script != "x" || parsed.Version != 3 || len(parsed.Parameters) != 0 || !slices.Equal(parsed.Result, []string{"a", "b"}) {
		t.Errorf("parsed as %+v", parsed)
	}
	for _, key := range []string{"Script", "Version", "Parameters", "Result", "Privileges", "Supports"} {
		if _, err := parseHeader(regexp.MustCompile(`    `+key+`:[^\n]*\n`).ReplaceAllString(whole, "")); err == nil {
			t.Errorf("a header without %q passes", key)
		}
	}
	for _, version := range []string{"0", "-1", "two", ""} {
		if _, err := parseHeader(strings.Replace(whole, "Version: 3", "Version: "+version, 1)); err == nil {
			t.Errorf("a header with the version %q passes", version)
		}
	}
}

var tableRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| `(\\{.*?\\})` \\| (.*) \\|$")

// The README is the contract; a header that says otherwise would mislead one of the two sides.
func TestHeadersAgreeWithTheReadme(t *testing.T) {
	readme, err := os.ReadFile("scripts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	shapes := readmeShapes(string(readme))
	rows := map[string][]string{}
	for _, row := range tableRow.FindAllStringSubmatch(string(readme), -1) {
		rows[row[1]] = row
	}
	for _, script := range Scripts() {
		header, err := parseHeader(script.Text)
		if err != nil {
			t.Fatal(err)
		}
		row, ok := rows[script.Name]
		if !ok {
			t.Errorf("%s has no row in the README", script.Name)
			continue
		}
		if want := keysOf(row[2]); !slices.Equal(header.Parameters, want) {
			t.Errorf("%s takes %v, the README says %v", script.Name, header.Parameters, want)
		}
		if want := resultKeys(row[3], isBody(script), shapes); !slices.Equal(header.Result, want) {
			t.Errorf("%s answers %v\nthe README says %v", script.Name, header.Result, want)
		}
		delete(rows, script.Name)
	}
	for name := range rows {
		t.Errorf("the README has a row for %s and there is no such script", name)
	}
}

// readmeShapes finds the named shapes: lines such as "JOB = `{...}`".
func readmeShapes(readme string) map[string][]string {
	shapes := map[string][]string{}
	for _, match := range regexp.MustCompile("(?m)^([A-Z]+) = `(\\{.*?\\})`").FindAllStringSubmatch(readme, -1) {
		shapes[match[1]] = keysOf(match[2])
	}
	return shapes
}

// isBody tells a job's body from a script that is run at once.
func isBody(script ScriptFile) bool { return strings.Contains(script.Text, "\nInvoke-Work {\n") }

// resultKeys reads the last column: an object, or a named shape with or without "plus" more. The column of a job's body is
// prose, since a body answers through its outcome.
func resultKeys(column string, body bool, shapes map[string][]string) []string {
	switch {
	case body:
		return shapes["OUTCOME"]
	case strings.HasPrefix(column, "`{"):
		return keysOf(column)
	}
	shape := regexp.MustCompile(`^[A-Z]+`).FindString(column)
	keys := slices.Clone(shapes[shape])
	if _, more, ok := strings.Cut(column, "plus `"); ok {
		keys = append(keys, keysOf("{"+more+"}")...)
	}
	return keys
}

// keysOf lists the keys of an object as the README writes it: only those of the outermost level.
func keysOf(object string) []string {
	var keys []string
	depth, before := 0, byte(0)
	for i := 0; i < len(object); i++ {
		switch c := object[i]; c {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return keys
			}
		case '"':
			end := i + 1 + strings.IndexByte(object[i+1:], '"')
			if depth == 1 && (before == '{' || before == ',') {
				keys = append(keys, object[i+1:end])
			}
			i = end
		}
		if object[i] != ' ' {
			before = object[i]
		}
	}
	return keys
}
