package inventory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	mostSourceBytes = 64 << 20
	mostEntries     = 200_000
)

// sourceColumn is a column of an exported table: the names under which it goes, and where its value belongs.
type sourceColumn struct {
	names []string // lower case
	set   func(*Entry, string) error
	all   bool // every one of its fields counts, not only the first that says something
}

// sourceColumns are what is read of an exported table. Other columns are left alone: exports have many.
var sourceColumns = []sourceColumn{
	{[]string{"dnshostname", "fqdn", "dns name", "name", "cn", "hostname", "host", "computer", "ci name"}, setEntryName, false},
	{[]string{"ipv4address", "ip address", "ip", "address"}, func(e *Entry, v string) error { e.Address = v; return nil }, false},
	{[]string{"operatingsystem", "operating system", "os"}, func(e *Entry, v string) error { e.OS = v; return nil }, false},
	{[]string{"lastlogontimestamp", "lastlogondate", "pwdlastset", "passwordlastset", "last seen", "updated", "timestamp"}, setRenewed, true},
	{[]string{"enabled"}, func(e *Entry, v string) error {
		if strings.EqualFold(v, "false") {
			e.Gone = "its account is disabled"
		}
		return nil
	}, false},
	{[]string{"useraccountcontrol"}, setAccountControl, false},
	{[]string{"status", "state", "lifecycle"}, setStatus, true},
}

// goneWords are the words with which configuration databases say that a machine is no longer there.
var goneWords = []string{"retired", "disposed", "decommissioned", "removed", "stolen", "absent", "end of life"}

func setStatus(e *Entry, value string) error {
	if word := strings.ToLower(value); slices.ContainsFunc(goneWords, func(g string) bool { return strings.Contains(word, g) }) {
		e.Gone = "its status is " + value
	}
	return nil
}

func setEntryName(e *Entry, value string) error {
	name := strings.TrimSuffix(strings.TrimSuffix(value, "."), "$")
	if !isDNSName(name) {
		return fmt.Errorf("%s is no name of a machine", quote(value))
	}
	e.Name = name
	return nil
}

// setAccountControl reads the flags of an account; 2 is disabled.
func setAccountControl(e *Entry, value string) error {
	flags, err := strconv.ParseUint(value, 10, 32)
	if err != nil {
		return fmt.Errorf("the account's flags are %s, expected a number", quote(value))
	}
	if flags&2 != 0 {
		e.Gone = "its account is disabled"
	}
	return nil
}

// setRenewed reads a time as directories store it, in steps of 100 ns since the year 1601, or as people write it in files.
func setRenewed(e *Entry, value string) error {
	at, err := parseStamp(value)
	if err == nil && at.After(e.Renewed) {
		e.Renewed = at
	}
	return err
}

// stampLayouts are the ways to write a time that mean one thing in every country.
var stampLayouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly, "20060102150405.0Z"}

func parseStamp(value string) (time.Time, error) {
	if ticks, err := strconv.ParseInt(value, 10, 64); err == nil && (ticks == 0 || len(value) > 10) {
		return fileTime(ticks), nil
	}
	for _, layout := range stampLayouts {
		if at, err := time.Parse(layout, value); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is no time: write it as 2026-11-15 or 2026-11-15T13:00:00Z, or as the directory stores it", quote(value))
}

// fileTime reads ticks of 100 ns since the year 1601. None, and ticks beyond the year 9999, are "never".
func fileTime(ticks int64) time.Time {
	const ticksPerSecond, secondsTo1970, year9999 = 10_000_000, 11_644_473_600, 253_402_300_800
	seconds := ticks/ticksPerSecond - secondsTo1970
	if ticks <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// ReadTable reads an exported table of machines: CSV with a header line, as directories and configuration databases write it. Lines that say
// nothing of a machine that can be understood are named, and then nothing comes back.
func ReadTable(r io.Reader) ([]Entry, []LineError, error) {
	in := csv.NewReader(&boundedReader{r: r, left: mostSourceBytes})
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("its header line cannot be read: %w", plainCSV(err))
	}
	if len(header) == 1 && strings.HasPrefix(header[0], "#TYPE") {
		in.FieldsPerRecord = 0
		if header, err = in.Read(); err != nil {
			return nil, nil, fmt.Errorf("its header line cannot be read: %w", plainCSV(err))
		}
	}
	places, err := sourceHeader(header)
	if err != nil {
		return nil, nil, err
	}
	var entries []Entry
	var bad []LineError
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, plainCSV(err)
		}
		line, _ := in.FieldPos(0)
		e, err := readRow(row, places)
		switch {
		case err != nil:
			bad = append(bad, LineError{Line: line, Reason: err.Error()})
		case e.Name != "":
			entries = append(entries, e)
		default:
			bad = append(bad, LineError{Line: line, Reason: "it names no machine"})
		}
		if len(entries) > mostEntries || len(bad) > mostEntries {
			return nil, nil, fmt.Errorf("it has more than %d entries", mostEntries)
		}
	}
	if len(bad) > 0 {
		return nil, bad, nil
	}
	return entries, nil, nil
}

// plainCSV takes the library's name off its errors.
func plainCSV(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return fmt.Errorf("line %d: %w", wrong.Line, wrong.Err)
	}
	return err
}

// sourceHeader finds which fields of a line belong to which column, the most telling first.
func sourceHeader(header []string) ([][]int, error) {
	lower := make([]string, len(header))
	for i, name := range header {
		lower[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\xef\xbb\xbf")))
	}
	places := make([][]int, len(sourceColumns))
	for i, c := range sourceColumns {
		for _, name := range c.names {
			if at := slices.Index(lower, name); at >= 0 {
				places[i] = append(places[i], at)
			}
		}
	}
	if len(places[0]) == 0 {
		return nil, fmt.Errorf("no column names the machines: expected one of %s", strings.Join(sourceColumns[0].names, ", "))
	}
	return places, nil
}

// readRow takes from each column the first field that says something; of several times the newest counts.
func readRow(row []string, places [][]int) (e Entry, err error) {
	for i, c := range sourceColumns {
		for _, at := range places[i] {
			value := strings.TrimSpace(unguard(row[at]))
			if value == "" {
				continue
			}
			if err := acceptable(value); err != nil {
				return e, err
			}
			if err := c.set(&e, value); err != nil {
				return e, err
			}
			if !c.all {
				break
			}
		}
	}
	return e, nil
}

// acceptable bounds one value of a source.
func acceptable(value string) error {
	if !utf8.ValidString(value) {
		return errors.New("a value is no valid UTF-8: export the file as UTF-8")
	}
	if len(value) > 512 {
		return fmt.Errorf("the value %s is longer than 512 bytes", quote(value))
	}
	return printable(value)
}

// boundedReader fails, rather than ends, when more is read than is allowed.
type boundedReader struct {
	r    io.Reader
	left int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("it has more than %d bytes", mostSourceBytes)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
