package remote

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

// errorText finds the texts of PowerShell's error records in CLIXML, its way to write objects to standard error.
var errorText = regexp.MustCompile(`<S S="(?:Error|Warning)">([^<]*)</S>`)

// escaped line ends and others of CLIXML, _x000D_ for instance.
var escapedRune = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// plainErrors takes the words out of what PowerShell wrote to standard error. Progress records have none.
func plainErrors(stderr []byte) string {
	if !bytes.HasPrefix(bytes.TrimSpace(stderr), []byte("#< CLIXML")) {
		return string(stderr)
	}
	var words strings.Builder
	for _, match := range errorText.FindAllSubmatch(stderr, -1) {
		words.WriteString(escapedRune.ReplaceAllString(html.UnescapeString(string(match[1])), " "))
	}
	return words.String()
}
