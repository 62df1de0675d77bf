package assets

import (
	"embed"
	"encoding/base64"
	"io/fs"
	"unicode/utf16"
)

//go:embed scripts/*.ps1 scripts/part/*.ps1
var scriptFiles embed.FS

//go:embed demo
var demoFiles embed.FS

//go:embed templates/*.txt
var templateFiles embed.FS

// Bootstrap is the one script that a command line carries: bootstrap.ps1 without comments and indentation, which cost as
// much to send as the rest. It reads every other script from standard input.
func Bootstrap() string { return library.bootstrap.Bare().Text }

// BootstrapCommandLine is the whole command that starts the bootstrap on a server. It is the same for every call and short
// enough for cmd.exe.
func BootstrapCommandLine() string {
	const powershell = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand "
	return powershell + encodeCommand(Bootstrap())
}

// encodeCommand is the encoding that -EncodedCommand wants: base64 of UTF-16, little end first, no byte order mark.
func encodeCommand(text string) string {
	units := utf16.Encode([]rune(text))
	raw := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// Demo gives a file of the demo's data, such as "bulletin.xml".
func Demo(name string) ([]byte, bool) {
	data, err := demoFiles.ReadFile("demo/" + name)
	return data, err == nil
}

// Templates is the folder of the notices' texts, one file a kind.
func Templates() fs.FS {
	folder, err := fs.Sub(templateFiles, "templates")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return folder
}
