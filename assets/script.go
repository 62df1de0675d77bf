package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ScriptFile is one script: parts included, the header still in it.
type ScriptFile struct {
	Name    string
	Version int
	Text    string
	SHA256  string // of the text's UTF-8 bytes, lower-case hex
}

// Packed is the text as it is sent to be run: its UTF-8 bytes by gzip, in base64. It is the same every time; who sends it
// often keeps it.
func (s ScriptFile) Packed() string {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = writer.Write([]byte(s.Text))
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		panic(err) // memory takes everything, and the level is one of gzip's
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// Bare is the script as it is sent to be run: without its header, comments and indentation, which a server only throws away
// and which are a quarter of what is sent. Bodies of jobs, which stay on the server as files, travel whole.
func (s ScriptFile) Bare() ScriptFile {
	s.Text = withoutComments(s.Text)
	s.SHA256 = hashOf(s.Text)
	return s
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// withoutComments leaves out the header, lines that are comments, and what lines are indented by. It is for scripts that have
// no text over several lines, which is all of ours.
func withoutComments(script string) string {
	var bare strings.Builder
	for line := range strings.Lines(headerBlock.ReplaceAllLiteralString(script, "")) {
		if line = strings.TrimLeft(line, " "); line != "\n" && !strings.HasPrefix(line, "#") {
			bare.WriteString(line)
		}
	}
	return bare.String()
}

// Script gives a script that can be sent to a server, by its name without extension.
func Script(name string) (ScriptFile, bool) {
	script, ok := library.byName[name]
	return script, ok
}

// Scripts lists every script that can be sent to a server, by name. The bootstrap is none of them.
func Scripts() []ScriptFile {
	return slices.Clone(library.all)
}

// library is read once: the files are part of the binary, so an error in them is an error of the build and stops it at the
// first test.
var library = mustReadLibrary()

type scriptLibrary struct {
	bootstrap ScriptFile
	all       []ScriptFile
	byName    map[string]ScriptFile
}

func mustReadLibrary() scriptLibrary {
	names, err := scriptFiles.ReadDir("scripts")
	if err != nil {
		panic(err)
	}
	read := scriptLibrary{byName: map[string]ScriptFile{}}
	for _, entry := range names {
		if entry.IsDir() {
			continue
		}
		script, err := readScript(entry.Name())
		if err != nil {
			panic(err)
		}
		if script.Name == "bootstrap" {
			read.bootstrap = script
			continue
		}
		read.all = append(read.all, script)
		read.byName[script.Name] = script
	}
	return read
}

func readScript(file string) (ScriptFile, error) {
	text, err := includeParts("scripts/" + file)
	if err != nil {
		return ScriptFile{}, err
	}
	header, err := parseHeader(text)
	if err != nil {
		return ScriptFile{}, fmt.Errorf("scripts/%s: %w", file, err)
	}
	if name := strings.TrimSuffix(file, ".ps1"); header.Script != name {
		return ScriptFile{}, fmt.Errorf("scripts/%s: the header calls the script %q", file, header.Script)
	}
	return ScriptFile{Name: header.Script, Version: header.Version, Text: text, SHA256: hashOf(text)}, nil
}

var includeLine = regexp.MustCompile(`(?m)^#include (part/[a-z-]+\.ps1)\n`)

// includeParts replaces each line "#include part/x.ps1" by that part, so that scripts share functions and still travel as
// one text. Parts include no parts.
func includeParts(file string) (string, error) {
	text, err := scriptFiles.ReadFile(file)
	if err != nil {
		return "", err
	}
	var missing error
	whole := includeLine.ReplaceAllFunc(text, func(line []byte) []byte {
		part, err := scriptFiles.ReadFile(path.Join("scripts", string(includeLine.FindSubmatch(line)[1])))
		if err != nil {
			missing = err
		}
		return part
	})
	return string(whole), missing
}

// header is the comment every script begins with. The keys under .NOTES are fixed; a test holds them against the README.
type header struct {
	Synopsis   string
	Script     string
	Version    int
	Parameters []string
	Result     []string
	Privileges string
	Supports   string
}

var headerBlock = regexp.MustCompile(`(?s)\A<#\n\.SYNOPSIS\n    ([^\n]+)\n\.NOTES\n(.*?)#>\n`)

func parseHeader(text string) (header, error) {
	block := headerBlock.FindStringSubmatch(text)
	if block == nil {
		return header{}, fmt.Errorf("the script does not begin with a comment of .SYNOPSIS (one line) and .NOTES")
	}
	parsed := header{Synopsis: block[1]}
	notes := map[string]string{}
	for line := range strings.Lines(block[2]) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return header{}, fmt.Errorf("header line %q is not \"Key: value\"", strings.TrimSpace(line))
		}
		notes[key] = value
	}
	for _, key := range []string{"Script", "Version", "Parameters", "Result", "Privileges", "Supports"} {
		if notes[key] == "" {
			return header{}, fmt.Errorf("the header has no %q", key)
		}
	}
	version, err := strconv.Atoi(notes["Version"])
	if err != nil || version < 1 {
		return header{}, fmt.Errorf("header version %q is not a positive number", notes["Version"])
	}
	parsed.Script, parsed.Version = notes["Script"], version
	parsed.Privileges, parsed.Supports = notes["Privileges"], notes["Supports"]
	parsed.Parameters, parsed.Result = names(notes["Parameters"]), names(notes["Result"])
	return parsed, nil
}

// names splits a list of the header; "none" is the empty one.
func names(list string) []string {
	if list == "none" {
		return nil
	}
	return strings.Split(list, ", ")
}
