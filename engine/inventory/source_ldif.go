package inventory

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ldifAttributes are the attributes of a computer object that are read, under the names that a table has for them. Others are left alone.
var ldifAttributes = map[string]bool{"dnshostname": true, "cn": true, "name": true, "operatingsystem": true, "lastlogontimestamp": true,
	"pwdlastset": true, "useraccountcontrol": true}

// ReadLDIF reads computer objects as directories export them (RFC 2849, content records). Objects of other classes are left alone; files
// of changes, and values that stand in other files, are refused.
func ReadLDIF(r io.Reader) ([]Entry, []LineError, error) {
	in := &ldifReader{lines: bufio.NewReaderSize(&boundedReader{r: r, left: mostSourceBytes}, mostLineBytes)}
	for {
		err := in.record()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if len(in.entries)+len(in.bad) > mostEntries {
			return nil, nil, fmt.Errorf("it has more than %d objects", mostEntries)
		}
	}
	if len(in.bad) > 0 {
		return nil, in.bad, nil
	}
	return in.entries, nil, nil
}

type ldifReader struct {
	lines   *bufio.Reader
	line    int // of the newest physical line
	ahead   []byte
	entries []Entry
	bad     []LineError
}

// physical reads one line without its end.
func (in *ldifReader) physical() ([]byte, error) {
	line, err := in.lines.ReadSlice('\n')
	in.line++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("line %d is longer than %d bytes", in.line, mostLineBytes)
	case errors.Is(err, io.EOF) && len(line) > 0:
	case err != nil:
		return nil, err
	}
	return bytes.Clone(bytes.TrimRight(line, "\r\n")), nil
}

// logical reads one line with the lines that continue it, which begin with a blank.
func (in *ldifReader) logical() ([]byte, error) {
	line := in.ahead
	in.ahead = nil
	if line == nil {
		var err error
		if line, err = in.physical(); err != nil {
			return nil, err
		}
	}
	for {
		next, err := in.physical()
		if errors.Is(err, io.EOF) {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
		if len(line) == 0 || len(next) == 0 || next[0] != ' ' {
			in.ahead = next
			return line, nil
		}
		if line = append(line, next[1:]...); len(line) > mostLineBytes {
			return nil, fmt.Errorf("the value that ends in line %d is longer than %d bytes", in.line, mostLineBytes)
		}
	}
}

// record reads one object up to the empty line that ends it.
func (in *ldifReader) record() error {
	var e Entry
	first, computer, any := in.line+1, false, false
	var wrong error
	for {
		line, err := in.logical()
		if err != nil && !(errors.Is(err, io.EOF) && any) {
			return err
		}
		if err != nil || len(line) == 0 {
			if any {
				in.keep(e, first, computer, wrong)
			}
			return nil
		}
		if line[0] == '#' {
			continue
		}
		name, value, err := ldifValue(string(line))
		switch {
		case err != nil:
			return fmt.Errorf("line %d: %w", in.line, err)
		case name == "version" && !any:
			continue
		case name == "changetype":
			return fmt.Errorf("line %d: the file describes changes, expected an export of objects", in.line)
		case name == "objectclass":
			computer = computer || strings.EqualFold(value, "computer")
		case ldifAttributes[name] && wrong == nil:
			wrong = e.take(name, value)
		}
		any = true
	}
}

func (in *ldifReader) keep(e Entry, line int, computer bool, wrong error) {
	switch {
	case !computer:
	case wrong != nil:
		in.bad = append(in.bad, LineError{Line: line, Reason: wrong.Error()})
	case e.Name == "":
		in.bad = append(in.bad, LineError{Line: line, Reason: "the computer object has neither dNSHostName nor cn"})
	default:
		in.entries = append(in.entries, e)
	}
}

// ldifValue takes a line apart: "name: text" or "name:: base64". Options after a semicolon belong to the name and say nothing here.
func ldifValue(line string) (name, value string, err error) {
	name, rest, ok := strings.Cut(line, ":")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%s is no attribute with a value", quote(line))
	}
	name, _, _ = strings.Cut(strings.ToLower(name), ";")
	switch {
	case strings.HasPrefix(rest, "<"):
		return "", "", fmt.Errorf("the value of %s stands in another file, which is not read", quote(name))
	case strings.HasPrefix(rest, ":"):
		text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest[1:]))
		if err != nil {
			return "", "", fmt.Errorf("the value of %s is no base64", quote(name))
		}
		return name, string(text), nil
	}
	return name, strings.TrimSpace(rest), nil
}

// take puts an attribute into the entry, as a table's column of that name would. A full name wins over a short one.
func (e *Entry) take(name, value string) error {
	if value == "" || name != "dnshostname" && (name == "cn" || name == "name") && e.Name != "" {
		return nil
	}
	if err := acceptable(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, c := range sourceColumns {
		for _, known := range c.names {
			if known == name {
				return c.set(e, value)
			}
		}
	}
	return nil
}
