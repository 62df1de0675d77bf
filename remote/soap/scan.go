package soap

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxDepth bounds how deep elements may nest; real replies need less than twelve.
const maxDepth = 32

// scanner walks a well-formed document and reports elements. It copies only text that holds references.
type scanner struct {
	data []byte
	at   int
	open [maxDepth]element
	deep int
	done bool // the root has ended

	text    []byte // text of the innermost open element: a part of data, or scratch
	scratch []byte
	pieces  int // how many runs of text were put together
}

// element is an open tag: its full name as written, and its attributes as written.
type element struct{ name, attributes []byte }

// local is the name without its prefix.
func (e element) local() []byte { return e.name[bytes.IndexByte(e.name, ':')+1:] }

// handler hears of every element. The text given to end is what stood directly before the closing tag, after the last
// child; it is valid until end returns. parent is nil for the root.
type handler interface {
	start(local, parent []byte, attributes attributes) error
	end(local, parent, text []byte) error
}

type malformed struct {
	at   int
	what string
}

func (m *malformed) Error() string { return fmt.Sprintf("at byte %d: %s", m.at, m.what) }

func (s *scanner) fail(what string) error { return &malformed{s.at, what} }

// walk reads the whole document. Byte order mark, declaration, comments and processing instructions are passed over.
func (s *scanner) walk(h handler) error {
	s.data = bytes.TrimPrefix(s.data, []byte("\xef\xbb\xbf"))
	for s.at < len(s.data) {
		var err error
		if s.data[s.at] == '<' {
			err = s.markup(h)
		} else {
			err = s.characters()
		}
		if err != nil {
			return err
		}
	}
	switch {
	case s.deep > 0:
		return s.fail("the document ends inside <" + clip(string(s.open[s.deep-1].local())) + ">")
	case !s.done:
		return s.fail("no document")
	}
	return nil
}

// parent is the local name of the element around the innermost one.
func (s *scanner) parent() []byte {
	if s.deep < 2 {
		return nil
	}
	return s.open[s.deep-2].local()
}

func (s *scanner) markup(h handler) error {
	rest := s.data[s.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<?")):
		return s.skip("?>")
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.skip("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.cdata()
	case bytes.HasPrefix(rest, []byte("<!")):
		return s.fail("a document type is not accepted")
	case bytes.HasPrefix(rest, []byte("</")):
		return s.closing(h)
	}
	return s.opening(h)
}

func (s *scanner) skip(end string) error {
	i := bytes.Index(s.data[s.at:], []byte(end))
	if i < 0 {
		return s.fail("the document ends inside " + string(s.data[s.at:s.at+2]))
	}
	s.at += i + len(end)
	return nil
}

func (s *scanner) cdata() error {
	const begin, end = "<![CDATA[", "]]>"
	from := s.at + len(begin)
	if s.deep == 0 {
		return s.fail("text outside the document")
	}
	if err := s.skip(end); err != nil {
		return err
	}
	s.add(s.data[from : s.at-len(end)])
	return nil
}

func (s *scanner) opening(h handler) error {
	if s.done {
		return s.fail("a second document")
	}
	if s.deep == maxDepth {
		return s.fail("elements nest too deep")
	}
	from := s.at + 1
	end := tagEnd(s.data[from:])
	if end < 0 {
		return s.fail("the document ends inside a tag")
	}
	tag := s.data[from : from+end]
	selfClosed := bytes.HasSuffix(tag, []byte("/"))
	tag = bytes.TrimSuffix(tag, []byte("/"))
	n := nameLength(tag)
	if n == 0 || (n < len(tag) && !isSpace(tag[n])) {
		return s.fail("a tag without a name")
	}
	s.open[s.deep] = element{tag[:n], tag[n:]}
	s.deep++
	s.reset()
	attributes := attributes(tag[n:])
	if !attributes.wellFormed() {
		return s.fail("malformed attributes")
	}
	if err := h.start(s.open[s.deep-1].local(), s.parent(), attributes); err != nil {
		return &malformed{s.at, err.Error()}
	}
	s.at = from + end + 1
	if selfClosed {
		return s.leave(h)
	}
	return nil
}

func (s *scanner) closing(h handler) error {
	end := bytes.IndexByte(s.data[s.at:], '>')
	if end < 0 {
		return s.fail("the document ends inside a tag")
	}
	name := bytes.TrimRight(s.data[s.at+2:s.at+end], " \t\r\n")
	if s.deep == 0 || !bytes.Equal(name, s.open[s.deep-1].name) {
		return s.fail("a closing tag without its opening one")
	}
	s.at += end + 1
	return s.leave(h)
}

func (s *scanner) leave(h handler) error {
	err := h.end(s.open[s.deep-1].local(), s.parent(), s.text)
	s.deep--
	s.done = s.deep == 0
	s.reset()
	if err != nil {
		return &malformed{s.at, err.Error()}
	}
	return nil
}

func (s *scanner) reset() { s.text, s.scratch, s.pieces = nil, s.scratch[:0], 0 }

// add puts a run of text behind what the element has so far.
func (s *scanner) add(run []byte) {
	if s.pieces++; s.pieces == 1 {
		s.text = run
		return
	}
	if s.pieces == 2 {
		s.scratch = append(s.scratch[:0], s.text...)
	}
	s.scratch = append(s.scratch, run...)
	s.text = s.scratch
}

func (s *scanner) characters() error {
	end := bytes.IndexByte(s.data[s.at:], '<')
	if end < 0 {
		end = len(s.data) - s.at
	}
	run := s.data[s.at : s.at+end]
	if s.deep == 0 {
		if len(bytes.TrimSpace(run)) > 0 {
			return s.fail("text outside the document")
		}
		s.at += end
		return nil
	}
	if bytes.IndexByte(run, '&') >= 0 {
		decoded, ok := unescape(run)
		if !ok {
			return s.fail("an unknown reference")
		}
		run = decoded
	}
	s.add(run)
	s.at += end
	return nil
}

// tagEnd is the place of the > that ends a tag, not one inside a quoted value.
func tagEnd(data []byte) int {
	var quote byte
	for i, c := range data {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			return -1
		}
	}
	return -1
}

func nameLength(data []byte) int {
	for i, c := range data {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
		if !letter && (i == 0 || (c != ':' && c != '-' && c != '.' && (c < '0' || c > '9'))) {
			return i
		}
	}
	return len(data)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// attributes is the part of a tag behind its name.
type attributes []byte

// next cuts the first attribute off. ok is false at the end and where the text is malformed; rest is empty only at the end.
func (a attributes) next() (name, value []byte, rest attributes, ok bool) {
	rest = bytes.TrimLeft(a, " \t\r\n")
	n := nameLength(rest)
	if n == 0 {
		return nil, nil, rest, false
	}
	name = rest[:n]
	v := bytes.TrimLeft(rest[n:], " \t\r\n")
	if len(v) == 0 || v[0] != '=' {
		return nil, nil, rest, false
	}
	v = bytes.TrimLeft(v[1:], " \t\r\n")
	if len(v) == 0 || (v[0] != '"' && v[0] != '\'') {
		return nil, nil, rest, false
	}
	end := bytes.IndexByte(v[1:], v[0])
	if end < 0 {
		return nil, nil, rest, false
	}
	return name, v[1 : 1+end], attributes(v[end+2:]), true
}

func (a attributes) wellFormed() bool {
	for {
		_, _, rest, ok := a.next()
		if !ok {
			return len(rest) == 0
		}
		a = rest
	}
}

// get gives the value of the attribute with that local name, or nothing.
func (a attributes) get(local string) string {
	for {
		name, value, rest, ok := a.next()
		if !ok {
			return ""
		}
		if string(element{name: name}.local()) == local {
			decoded, _ := unescape(value)
			return string(decoded)
		}
		a = rest
	}
}

// unescape replaces the five predefined entities and character references.
func unescape(text []byte) ([]byte, bool) {
	if bytes.IndexByte(text, '&') < 0 {
		return text, true
	}
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...), true
		}
		out, text = append(out, text[:i]...), text[i+1:]
		end := bytes.IndexByte(text, ';')
		if end < 1 || end > len("#x10FFFF") {
			return nil, false
		}
		r, ok := reference(string(text[:end]))
		if !ok {
			return nil, false
		}
		out, text = utf8.AppendRune(out, r), text[end+1:]
	}
	return out, true
}

var predefined = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

func reference(name string) (rune, bool) {
	if name[0] != '#' {
		r, ok := predefined[name]
		return r, ok
	}
	digits, base := name[1:], 10
	if digits != "" && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
