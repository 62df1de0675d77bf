package assets

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestTheBootstrapFitsACommandLine(t *testing.T) {
	if n := len(Bootstrap()); n >= 3019 {
		t.Errorf("the bootstrap has %d characters; -EncodedCommand under cmd.exe has room for fewer than 3019", n)
	}
	// WinRM puts the path of cmd.exe and its /C before the line.
	const shell = `C:\Windows\system32\cmd.exe /C ""`
	if n := len(BootstrapCommandLine()) + len(shell); n >= 8191 {
		t.Errorf("the command line has %d characters; cmd.exe takes fewer than 8191", n)
	}
}

func TestTheCommandLineCarriesTheBootstrap(t *testing.T) {
	line := BootstrapCommandLine()
	options, encoded, ok := strings.Cut(line, " -EncodedCommand ")
	if !ok || options != "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass" {
		t.Fatalf("the line begins %q", options)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw)%2 != 0 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	var units []uint16
	for i := 0; i < len(raw); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(raw[i:]))
	}
	if got := string(utf16.Decode(units)); got != Bootstrap() {
		t.Errorf("the line decodes to %.80q...", got)
	}
}

// What is left out of the command line must mean nothing to PowerShell.
func TestTheCommandLineLeavesOutOnlyCommentsAndIndentation(t *testing.T) {
	source := library.bootstrap.Text
	bare := strings.Split(strings.TrimSuffix(Bootstrap(), "\n"), "\n")
	for line := range strings.Lines(source[strings.Index(source, "#>\n")+len("#>\n"):]) {
		line = strings.TrimSpace(line)
		if strings.Count(line, "'")%2 != 0 || strings.Count(line, `"`)%2 != 0 {
			t.Errorf("a text may go on over the end of the line: %s", line)
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(bare) == 0 || bare[0] != line {
			t.Fatalf("the command line lacks %q", line)
		}
		bare = bare[1:]
	}
	if len(bare) != 0 {
		t.Errorf("the command line also has %q", bare)
	}
}

func TestPackedScriptsAreTheScripts(t *testing.T) {
	for _, script := range Scripts() {
		packed, err := base64.StdEncoding.DecodeString(script.Packed())
		if err != nil {
			t.Fatal(err)
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(reader); err != nil || string(text) != script.Text {
			t.Errorf("%s unpacks to %.80q..., %v", script.Name, text, err)
		}
	}
}

func TestDemoGivesOnlyTheFilesOfTheDemo(t *testing.T) {
	if data, ok := Demo("README.md"); !ok || len(data) == 0 {
		t.Error("demo/README.md is missing")
	}
	for _, name := range []string{"", "nothing", "../scripts/facts.ps1", "/etc/passwd", "."} {
		if _, ok := Demo(name); ok {
			t.Errorf("Demo(%q) gives a file", name)
		}
	}
}
