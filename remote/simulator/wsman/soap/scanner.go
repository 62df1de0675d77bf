package soap

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Bounds of a document. A shell request has six levels and fewer than ten attributes at its root.
const (
	maxDepth      = 24
	maxAttributes = 64
	maxName       = 128
)

// scanner is a pull reader for the small part of XML that SOAP allows. Names and texts point into the document.
type scanner struct {
	data     []byte
	position int
	open     [maxDepth][]byte // full names of the open elements
	depth    int
	rooted   bool // the root element has been seen

	// The latest start tag.
	attributes []attribute
	// closing says that the latest start tag was an empty element, whose end comes next.
	closing bool
}

type attribute struct{ name, value []byte }

type kind int

const (
	startOf kind = iota
	endOf
	textOf
	endOfDocument
)

// token is one event; name is the local name, text is decoded.
type token struct {
	kind kind
	name []byte
	text []byte
}

func (s *scanner) fail(format string, arguments ...any) error {
	return fmt.Errorf("XML at byte %d: %w", s.position, fmt.Errorf(format, arguments...))
}

func (s *scanner) next() (token, error) {
	if s.closing {
		s.closing = false
		s.depth--
		return token{kind: endOf, name: localName(s.open[s.depth])}, nil
	}
	for s.position < len(s.data) {
		if s.data[s.position] != '<' {
			text, err := s.characters()
			if err != nil {
				return token{}, err
			}
			if s.depth > 0 {
				return token{kind: textOf, text: text}, nil
			}
			if len(bytes.TrimSpace(text)) > 0 {
				return token{}, s.fail("text outside the document")
			}
			continue
		}
		found, seen, err := s.markup()
		if err != nil || seen {
			return found, err
		}
	}
	if s.depth > 0 || !s.rooted {
		return token{}, s.fail("the document ends too early")
	}
	return token{kind: endOfDocument}, nil
}

// markup reads what starts with '<'; seen is false for what is skipped.
func (s *scanner) markup() (found token, seen bool, err error) {
	rest := s.data[s.position:]
	switch {
	case bytes.HasPrefix(rest, []byte("<?")):
		return token{}, false, s.skipTo("?>")
	case bytes.HasPrefix(rest, []byte("<!--")):
		return token{}, false, s.skipTo("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		from := s.position + len("<![CDATA[")
		if err := s.skipTo("]]>"); err != nil {
			return token{}, false, err
		}
		if s.depth == 0 {
			return token{}, false, s.fail("text outside the document")
		}
		return token{kind: textOf, text: s.data[from : s.position-len("]]>")]}, true, nil
	case bytes.HasPrefix(rest, []byte("<!")):
		return token{}, false, s.fail("document types are not accepted")
	case bytes.HasPrefix(rest, []byte("</")):
		found, err = s.endTag()
	default:
		found, err = s.startTag()
	}
	return found, true, err
}

func (s *scanner) skipTo(mark string) error {
	found := bytes.Index(s.data[s.position:], []byte(mark))
	if found < 0 {
		return s.fail("no %q to the end of the document", mark)
	}
	s.position += found + len(mark)
	return nil
}

func (s *scanner) endTag() (token, error) {
	s.position += len("</")
	name, err := s.name()
	if err != nil {
		return token{}, err
	}
	s.space()
	if s.depth == 0 || !bytes.Equal(name, s.open[s.depth-1]) {
		return token{}, s.fail("</%s> closes nothing", name)
	}
	if !s.take('>') {
		return token{}, s.fail("</%s> has no end", name)
	}
	s.depth--
	return token{kind: endOf, name: localName(name)}, nil
}

func (s *scanner) startTag() (token, error) {
	s.position++
	name, err := s.name()
	if err != nil {
		return token{}, err
	}
	if s.depth == maxDepth || s.depth == 0 && s.rooted {
		return token{}, s.fail("<%s> is one element too many", name)
	}
	s.rooted = true
	s.open[s.depth] = name
	s.depth++
	s.attributes = s.attributes[:0]
	for {
		spaced := s.space()
		switch {
		case s.take('>'):
			return token{kind: startOf, name: localName(name)}, nil
		case s.take('/'):
			if !s.take('>') {
				return token{}, s.fail("<%s> has no end", name)
			}
			s.closing = true
			return token{kind: startOf, name: localName(name)}, nil
		case !spaced || len(s.attributes) == maxAttributes:
			return token{}, s.fail("<%s> is malformed", name)
		}
		if err := s.attribute(); err != nil {
			return token{}, err
		}
	}
}

func (s *scanner) attribute() error {
	name, err := s.name()
	if err != nil {
		return err
	}
	s.space()
	if !s.take('=') {
		return s.fail("attribute %s has no value", name)
	}
	s.space()
	if s.position == len(s.data) || s.data[s.position] != '"' && s.data[s.position] != '\'' {
		return s.fail("attribute %s has no quotes", name)
	}
	quote := s.data[s.position]
	s.position++
	length := bytes.IndexByte(s.data[s.position:], quote)
	if length < 0 {
		return s.fail("attribute %s has no end", name)
	}
	raw := s.data[s.position : s.position+length]
	if bytes.IndexByte(raw, '<') >= 0 {
		return s.fail("attribute %s contains '<'", name)
	}
	value, err := s.decode(raw)
	if err != nil {
		return err
	}
	s.position += length + 1
	s.attributes = append(s.attributes, attribute{name, value})
	return nil
}

// value gives an attribute of the latest start tag by its local name; nil if it is not there.
func (s *scanner) value(local string) []byte {
	for _, attribute := range s.attributes {
		if string(localName(attribute.name)) == local && !bytes.HasPrefix(attribute.name, []byte("xmlns")) {
			return attribute.value
		}
	}
	return nil
}

func (s *scanner) characters() ([]byte, error) {
	length := bytes.IndexByte(s.data[s.position:], '<')
	if length < 0 {
		length = len(s.data) - s.position
	}
	text, err := s.decode(s.data[s.position : s.position+length])
	s.position += length
	return text, err
}

func (s *scanner) name() ([]byte, error) {
	from := s.position
	for s.position < len(s.data) && isNameByte(s.data[s.position]) {
		s.position++
	}
	name := s.data[from:s.position]
	if len(name) > maxName {
		return nil, s.fail("a name of %d bytes", len(name))
	}
	if len(name) == 0 || name[0] == '-' || name[0] == '.' || name[0] >= '0' && name[0] <= '9' || len(localName(name)) == 0 {
		return nil, s.fail("a name is missing")
	}
	return name, nil
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ||
		b == ':' || b == '_' || b == '-' || b == '.' || b >= utf8.RuneSelf
}

func localName(name []byte) []byte {
	return name[bytes.LastIndexByte(name, ':')+1:]
}

func (s *scanner) space() bool {
	from := s.position
	for s.position < len(s.data) {
		switch s.data[s.position] {
		case ' ', '\t', '\r', '\n':
			s.position++
		default:
			return s.position > from
		}
	}
	return s.position > from
}

func (s *scanner) take(wanted byte) bool {
	if s.position < len(s.data) && s.data[s.position] == wanted {
		s.position++
		return true
	}
	return false
}

var errReference = errors.New("unknown character reference")

// decode resolves references; it copies only if there are any.
func (s *scanner) decode(raw []byte) ([]byte, error) {
	at := bytes.IndexByte(raw, '&')
	if at < 0 {
		return raw, nil
	}
	decoded := make([]byte, 0, len(raw))
	for at >= 0 {
		decoded = append(decoded, raw[:at]...)
		raw = raw[at+1:]
		length := bytes.IndexByte(raw, ';')
		if length < 0 {
			return nil, s.fail("%w", errReference)
		}
		value, ok := character(string(raw[:length]))
		if !ok {
			return nil, s.fail("%w", errReference)
		}
		decoded = utf8.AppendRune(decoded, value)
		raw = raw[length+1:]
		at = bytes.IndexByte(raw, '&')
	}
	return append(decoded, raw...), nil
}

var named = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

func character(reference string) (rune, bool) {
	if value, ok := named[reference]; ok {
		return value, true
	}
	if len(reference) < 2 || reference[0] != '#' {
		return 0, false
	}
	base, digits := 10, reference[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	value, err := strconv.ParseUint(digits, base, 21)
	allowed := value == '\t' || value == '\n' || value == '\r' || value >= ' ' && utf8.ValidRune(rune(value))
	return rune(value), err == nil && allowed
}
