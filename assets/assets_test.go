package assets

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"io"
	"regexp"
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

// What is left out of what is sent to be run must mean nothing to PowerShell.
func TestBareScriptsLackOnlyCommentsAndIndentation(t *testing.T) {
	texts := regexp.MustCompile(`'[^']*'|"[^"]*"`)
	for _, script := range everyScript() {
		_, source, _ := strings.Cut(script.Text, "#>\n")
		var want strings.Builder
		for line := range strings.Lines(source) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if strings.ContainsAny(texts.ReplaceAllLiteralString(line, ""), `'"`) {
				t.Errorf("%s: a text may go on over the end of the line: %s", script.Name, line)
			}
			want.WriteString(line + "\n")
		}
		if got := script.Bare(); got.Text != want.String() || got.SHA256 != hashOf(got.Text) || got.Name != script.Name || got.Version != script.Version {
			t.Errorf("%s: the bare script is %.200q... with hash %s", script.Name, got.Text, got.SHA256)
		}
	}
}

func TestPackedScriptsAreTheScripts(t *testing.T) {
	for _, whole := range Scripts() {
		script := whole.Bare()
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
