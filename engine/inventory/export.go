package inventory

import (
	"bufio"
	"io"
	"strings"
)

// formulaStarts are the characters that make a spreadsheet take a value for a formula.
const formulaStarts = "=+-@\t\r"

// WriteCSV writes an inventory file that ReadCSV reads back to the same servers. A value that a spreadsheet would run as a
// formula gets a leading apostrophe, which ReadCSV takes away again.
func WriteCSV(w io.Writer, servers []Server) error {
	out := bufio.NewWriter(w)
	out.WriteString(strings.Join(columnNames(), ",") + "\r\n")
	for i := range servers {
		for n, c := range columns {
			if n > 0 {
				out.WriteByte(',')
			}
			out.WriteString(CSVField(c.get(&servers[i])))
		}
		out.WriteString("\r\n")
	}
	return out.Flush()
}

// CSVField writes one value of a CSV file: quoted where it must be, and with an apostrophe before what a spreadsheet would run as a formula.
func CSVField(value string) string { return quoteField(guard(value)) }

// guard puts an apostrophe before a value that begins like a formula, after any apostrophes it already has.
func guard(value string) string {
	if beginsFormula(value) {
		return "'" + value
	}
	return value
}

// unguard is the inverse of guard.
func unguard(value string) string {
	if strings.HasPrefix(value, "'") && beginsFormula(value) {
		return value[1:]
	}
	return value
}

func beginsFormula(value string) bool {
	value = strings.TrimLeft(value, "'")
	return value != "" && strings.IndexByte(formulaStarts, value[0]) >= 0
}

func quoteField(value string) string {
	if !strings.ContainsAny(value, "\",\r\n") && strings.TrimSpace(value) == value {
		return value
	}
	return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
}
