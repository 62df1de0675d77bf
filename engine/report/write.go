package report

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
)

//go:embed night.html.tmpl
var pageText string

//go:embed night.css
var styleText string

var pageTemplate = template.Must(template.New("night").Funcs(pageFunctions).Parse(pageText))

// WriteJSON writes the report as one JSON object, whose members are those of Night.
func (n Night) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(n)
}

// WriteHTML writes the report as one page that needs no other file and runs no script.
func (n Night) WriteHTML(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	if err := pageTemplate.Execute(buffered, makePage(n)); err != nil {
		return err
	}
	return buffered.Flush()
}
