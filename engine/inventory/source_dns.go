package inventory

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ReadNames reads the names of DNS: a list with one name a line, perhaps with its address, or the text of a zone as servers write it
// (master file, RFC 1035, with the [AGE:hours] of zones that are cleaned of old records). Only addresses of hosts count; service records,
// aliases and the zone itself name no machine.
func ReadNames(r io.Reader) ([]Entry, []LineError, error) {
	lines := bufio.NewScanner(&boundedReader{r: r, left: mostSourceBytes})
	lines.Buffer(nil, mostLineBytes)
	z := &zone{}
	for lines.Scan() {
		z.line++
		if err := z.read(lines.Text()); err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", z.line, err)
		}
		if len(z.entries)+len(z.bad) > mostEntries {
			return nil, nil, fmt.Errorf("it has more than %d names", mostEntries)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, nil, fmt.Errorf("line %d is longer than %d bytes", z.line+1, mostLineBytes)
	case err != nil:
		return nil, nil, err
	case z.depth > 0:
		return nil, nil, errors.New("a parenthesis is not closed")
	case len(z.bad) > 0:
		return nil, z.bad, nil
	}
	return z.entries, nil, nil
}

// zone is what is known while a zone is read line by line.
type zone struct {
	line    int
	origin  string
	owner   string // of the newest record; the next one may leave it out
	depth   int    // of parentheses, inside which a record goes on
	entries []Entry
	bad     []LineError
}

func (z *zone) read(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	fields, open, err := zoneFields(line)
	if err != nil {
		return err
	}
	inside := z.depth > 0
	if z.depth += open; z.depth < 0 {
		return errors.New("a parenthesis is closed that was not opened")
	}
	if inside || len(fields) == 0 {
		return nil // what records of hosts say fits one line
	}
	if strings.HasPrefix(fields[0], "$") {
		return z.directive(fields)
	}
	if err := z.record(fields, line[0] == ' ' || line[0] == '\t'); err != nil {
		z.bad = append(z.bad, LineError{Line: z.line, Reason: err.Error()})
	}
	return nil
}

// zoneFields splits a line at blanks, without its comment. A text in quotes is one field. Open counts the parentheses that it opens.
func zoneFields(line string) (fields []string, open int, err error) {
	for rest := strings.TrimLeft(line, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		switch rest[0] {
		case ';':
			return fields, open, nil
		case '(':
			open, rest = open+1, rest[1:]
		case ')':
			open, rest = open-1, rest[1:]
		case '"':
			end := strings.IndexByte(rest[1:], '"')
			if end < 0 {
				return nil, 0, errors.New("a quote is not closed")
			}
			fields, rest = append(fields, rest[:end+2]), rest[end+2:]
		default:
			end := strings.IndexAny(rest, " \t;()\"")
			if end < 0 {
				end = len(rest)
			}
			fields, rest = append(fields, rest[:end]), rest[end:]
		}
	}
	return fields, open, nil
}

func (z *zone) directive(fields []string) error {
	switch word := strings.ToUpper(fields[0]); {
	case word == "$TTL":
		return nil
	case word == "$ORIGIN" && len(fields) == 2 && (fields[1] == "." || isDNSName(fields[1])):
		z.origin = strings.TrimSuffix(fields[1], ".")
		return nil
	default:
		return fmt.Errorf("%s is not read: write the zone out in full", quote(fields[0]))
	}
}

// record reads one record, or one line of a plain list.
func (z *zone) record(fields []string, continued bool) error {
	if !continued {
		z.owner, fields = fields[0], fields[1:]
		if len(fields) == 0 {
			return z.add(Entry{})
		}
		if ip, err := netip.ParseAddr(fields[0]); err == nil && len(fields) == 1 {
			return z.add(Entry{Address: ip.String()})
		}
	}
	var e Entry
	for len(fields) > 2 {
		switch hours, aged := strings.CutPrefix(fields[0], "[AGE:"); {
		case aged:
			n, err := strconv.ParseInt(strings.TrimSuffix(hours, "]"), 10, 64)
			if err != nil || n < 0 || n > 1<<32 {
				return fmt.Errorf("%s is no age", quote(fields[0]))
			}
			e.Renewed = fileTime(n * int64(time.Hour/100))
		case !isTTL(fields[0]) && !slices.Contains([]string{"IN", "CH", "HS"}, strings.ToUpper(fields[0])):
			return z.others(fields)
		}
		fields = fields[1:]
	}
	if len(fields) != 2 {
		return errors.New("it is neither a name nor a record")
	}
	if kind := strings.ToUpper(fields[0]); kind != "A" && kind != "AAAA" {
		return z.others(fields)
	}
	ip, err := netip.ParseAddr(fields[1])
	if err != nil {
		return fmt.Errorf("%s is no IP address", quote(fields[1]))
	}
	e.Address = ip.String()
	return z.add(e)
}

// otherTypes are the records of a zone that name no host.
var otherTypes = strings.Fields("NS SOA CNAME DNAME MX TXT SPF SRV PTR HINFO WINS WINSR CAA DS DNSKEY RRSIG NSEC NSEC3 NSEC3PARAM LOC NAPTR RP AFSDB ATMA X25 ISDN RT " +
	"TLSA SSHFP HTTPS SVCB DHCID KEY")

// others accepts a record that names no host.
func (z *zone) others(fields []string) error {
	kind := strings.ToUpper(fields[0])
	if !slices.Contains(otherTypes, kind) && !strings.HasPrefix(kind, "TYPE") {
		return fmt.Errorf("%s is no type of a record", quote(fields[0]))
	}
	return nil
}

// isTTL tells a time to live from a type: "3600", or "1h30m".
func isTTL(field string) bool {
	return field[0] >= '0' && field[0] <= '9' && strings.Trim(strings.ToLower(field), "0123456789smhdw") == ""
}

// partitions are names that a directory puts into its own zone beside those of machines.
var partitions = []string{"domaindnszones", "forestdnszones"}

// add keeps the host that the newest record names.
func (z *zone) add(e Entry) error {
	owner := z.owner
	if owner == "@" || strings.HasPrefix(owner, "*") || strings.HasPrefix(owner, "_") || strings.Contains(owner, "._") ||
		slices.Contains(partitions, strings.ToLower(firstLabel(owner))) {
		return nil
	}
	if full, ok := strings.CutSuffix(owner, "."); ok {
		owner = full
	} else if z.origin != "" {
		owner += "." + z.origin
	}
	if !isDNSName(owner) {
		return fmt.Errorf("%s is no name of a machine", quote(owner))
	}
	e.Name = owner
	z.entries = append(z.entries, e)
	return nil
}
