package inventory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	mostLines     = 100_000
	mostLineBytes = 64 << 10
	mostBytes     = 256 << 20
)

// LineError is why one line of an inventory file cannot be imported. Line counts from one, the header included.
type LineError struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func (e LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// ReadCSV reads an inventory file: comma-separated UTF-8 whose header line names the columns, in any order. One line is one
// server; a quoted value may hold commas and doubled quotes, but no line break. Windows are the ids of the known maintenance
// windows; a server may name one of these or none.
//
// Either every line is good and all servers come back, or each bad line is named and no server does. The servers
// have neither id nor facts; Merge gives them those. The error is for a file that cannot be read at all.
func ReadCSV(r io.Reader, windows []string) ([]Server, []LineError, error) {
	bounded := &io.LimitedReader{R: r, N: mostBytes}
	in := &csvReader{lines: bufio.NewReaderSize(bounded, mostLineBytes), seen: newSeen(), windows: windows}
	if err := in.header(); err != nil {
		return nil, nil, err
	}
	for {
		fields, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if fields != nil {
			in.server(fields)
		}
	}
	if bounded.N == 0 {
		return nil, nil, fmt.Errorf("line %d: the file has more than %d bytes, import it in parts", in.line, mostBytes)
	}
	if len(in.bad) > 0 {
		return nil, in.bad, nil
	}
	return in.servers, nil, nil
}

type csvReader struct {
	lines   *bufio.Reader
	line    int
	columns []*column // by position; nil for a column that does not exist
	windows []string
	seen    *seen
	servers []Server
	bad     []LineError
}

func (in *csvReader) reject(format string, arguments ...any) {
	in.bad = append(in.bad, LineError{Line: in.line, Reason: fmt.Sprintf(format, arguments...)})
}

// next gives the fields of the next line that is not empty; nil fields mean that the line was bad and is already named.
func (in *csvReader) next() ([]string, error) {
	for {
		line, long, err := in.readLine()
		if err != nil {
			return nil, err
		}
		if in.line++; in.line > mostLines {
			return nil, fmt.Errorf("line %d: the file has more than %d lines, import it in parts", in.line, mostLines)
		}
		if in.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		switch {
		case long:
			in.reject("the line is longer than %d bytes", mostLineBytes)
			return nil, nil
		case !utf8.Valid(line):
			in.reject("the line is no valid UTF-8: save the file as UTF-8")
			return nil, nil
		case len(bytes.TrimSpace(line)) == 0:
			continue
		}
		fields, err := splitLine(string(line))
		if err != nil {
			in.reject("%s", err)
		}
		return fields, nil
	}
}

// readLine reads one line without its end. Of a line that is too long only the beginning comes back.
func (in *csvReader) readLine() (line []byte, long bool, err error) {
	line, err = in.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for long = true; errors.Is(err, bufio.ErrBufferFull); {
			_, err = in.lines.ReadSlice('\n')
		}
		line = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("line %d: %w", in.line+1, err)
	}
	if errors.Is(err, io.EOF) && len(line) == 0 && !long {
		return nil, false, io.EOF
	}
	return bytes.TrimRight(line, "\r\n"), long, nil
}

// splitLine splits a line at its commas; a field in double quotes may hold commas, and a doubled quote stands for one.
func splitLine(line string) ([]string, error) {
	var fields []string
	for {
		field, rest, more, err := cutField(line)
		if err != nil {
			return nil, fmt.Errorf("column %d: %w", len(fields)+1, err)
		}
		if fields = append(fields, field); !more {
			return fields, nil
		}
		line = rest
	}
}

// cutField takes the first field of a line; more tells whether a comma followed it.
func cutField(line string) (field, rest string, more bool, err error) {
	trimmed := strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(trimmed, `"`) {
		field, rest, more = strings.Cut(line, ",")
		if strings.Contains(field, `"`) {
			return "", "", false, errors.New("a quote stands inside a value that is not quoted")
		}
		return strings.TrimSpace(field), rest, more, nil
	}
	var value strings.Builder
	for rest = trimmed[1:]; ; {
		part, after, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", "", false, errors.New("the quote is not closed on this line")
		}
		value.WriteString(part)
		if rest = after; !strings.HasPrefix(rest, `"`) {
			break
		}
		value.WriteByte('"')
		rest = rest[1:]
	}
	before, rest, more := strings.Cut(rest, ",")
	if strings.TrimSpace(before) != "" {
		return "", "", false, errors.New("text follows the closing quote")
	}
	return strings.TrimSpace(value.String()), rest, more, nil
}

// header reads the first line and finds out which column stands where.
func (in *csvReader) header() error {
	fields, err := in.next()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the file is empty, expected a header line such as %s", strings.Join(requiredColumns(), ","))
	}
	if err != nil || fields == nil {
		return err
	}
	if len(fields) == 1 && strings.Contains(fields[0], ";") {
		in.reject("the columns are separated by semicolons, expected commas")
		return nil
	}
	for _, name := range fields {
		in.addColumn(strings.ToLower(name))
	}
	for _, name := range requiredColumns() {
		if !slices.ContainsFunc(in.columns, func(c *column) bool { return c != nil && c.name == name }) {
			in.reject("the column %s is missing", name)
		}
	}
	return nil
}

func (in *csvReader) addColumn(name string) {
	i := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
	switch {
	case i < 0:
		in.reject("the column %s is unknown, known are %s", quote(name), strings.Join(columnNames(), ", "))
		in.columns = append(in.columns, nil)
	case slices.Contains(in.columns, &columns[i]):
		in.reject("the column %s stands twice", name)
		in.columns = append(in.columns, nil)
	default:
		in.columns = append(in.columns, &columns[i])
	}
}

// server checks one line and keeps its server. Every fault of the line is named, not only the first.
func (in *csvReader) server(fields []string) {
	if len(in.columns) == 0 {
		return // without a header that can be read no line means anything
	}
	if len(fields) != len(in.columns) {
		in.reject("the line has %d values, the header has %d columns", len(fields), len(in.columns))
		return
	}
	s, faults := Server{}, len(in.bad)
	for i, c := range in.columns {
		if c == nil {
			continue
		}
		if err := in.set(&s, c, fields[i]); err != nil {
			in.reject("%s: %s", c.name, err)
		}
	}
	if err := s.complete(); err != nil {
		in.reject("%s", err)
	}
	for _, reason := range in.seen.add(s, in.line) {
		in.reject("%s", reason)
	}
	if len(in.bad) == faults {
		in.servers = append(in.servers, s)
	}
}

// set checks a value and puts it into the server.
func (in *csvReader) set(s *Server, c *column, value string) error {
	value = unguard(value)
	if value == "" {
		if c.required {
			return errors.New("the value is missing")
		}
		return nil
	}
	if err := printable(value); err != nil {
		return err
	}
	if utf8.RuneCountInString(value) > c.most {
		return fmt.Errorf("the value is longer than %d characters", c.most)
	}
	if c.name == windowColumn {
		return s.setWindow(value, in.windows)
	}
	return c.set(s, value)
}

// seen remembers which line named a server and which line has an address.
type seen struct{ names, addresses map[string]int }

func newSeen() *seen { return &seen{names: map[string]int{}, addresses: map[string]int{}} }

// add notes a server and says why it repeats another line. Two names for one address would be patched twice.
func (s *seen) add(server Server, line int) (reasons []string) {
	if server.Name != "" {
		key := nameKey(server.Name)
		if first, known := s.names[key]; known {
			return []string{fmt.Sprintf("name: %s is already in line %d (case does not count)", quote(server.Name), first)}
		}
		s.names[key] = line
	}
	if server.Address != "" && server.Port != 0 {
		key := fmt.Sprintf("%s port %d", strings.ToLower(server.Address), server.Port)
		if first, known := s.addresses[key]; known {
			return []string{fmt.Sprintf("address: %s is already in line %d", key, first)}
		}
		s.addresses[key] = line
	}
	return nil
}
