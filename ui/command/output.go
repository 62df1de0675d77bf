package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// output prints the results of one call: tables for people, or one JSON object a line.
type output struct {
	w       io.Writer
	json    bool
	columns int // Streams.Columns
}

// object prints one JSON object on a line of its own. Characters that could command a terminal are escaped, which
// JSON readers undo.
func (o output) object(v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := o.w.Write(append(escapeUnprintable(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), '\n'))
	return err
}

func escapeUnprintable(line []byte) []byte {
	var out []byte
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		switch {
		case unicode.IsPrint(r):
			out = append(out, line[i:i+size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// line prints one line for a person.
func (o output) line(format string, args ...any) error {
	_, err := fmt.Fprintln(o.w, plain(fmt.Sprintf(format, args...)))
	return err
}

// answer prints what the engine said to a command.
func (o output) answer(words string) error {
	if o.json {
		return o.object(map[string]string{"answer": words})
	}
	return o.line("%s", words)
}

// column is one column of a table; most bounds its width on a terminal that is too narrow for the whole table, 0 does not.
type column struct {
	head string
	most int
}

// columnGap is how many blanks stand between two columns.
const columnGap = 2

// table prints aligned columns; without rows it prints the words that say why there are none. Cells are cut for a person at a terminal alone:
// who reads a file or a pipe gets them whole.
func (o output) table(columns []column, rows [][]string, none string) error {
	if len(rows) == 0 {
		return o.line("%s", none)
	}
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.head
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = plain(cell)
		}
	}
	rows = append([][]string{heads}, rows...)
	widths, whole := measure(rows)
	if o.columns > 0 && whole > o.columns {
		for _, row := range rows {
			for i, c := range columns[1:] { // the first names the row: people copy it
				if c.most > 0 {
					row[i+1] = cut(row[i+1], c.most)
				}
			}
		}
		widths, _ = measure(rows)
	}
	var text strings.Builder
	for _, row := range rows {
		writeRow(&text, row, widths)
	}
	_, err := io.WriteString(o.w, text.String())
	return err
}

// measure gives the widths of a table's columns, and of the whole.
func measure(rows [][]string) (widths []int, whole int) {
	widths = make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, w := range widths {
		whole += w + columnGap
	}
	return widths, whole - columnGap
}

func writeRow(text *strings.Builder, row []string, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		line.WriteString(cell)
		line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+columnGap))
	}
	text.WriteString(strings.TrimRight(line.String(), " "))
	text.WriteByte('\n')
}
