package catalog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Import reads one month's CVRF document, as XML or as JSON, of at most limit bytes (DefaultLimit when limit is zero).
//
// An error means that nothing of the document may be used: it is cut off, no CVRF document, or too large; the error is one
// line and names the position. A record that cannot be read while the rest can is left out and listed in
// Bulletin.Skipped.
func Import(r io.Reader, limit int64) (Bulletin, error) {
	src := newSource(r, limit)
	doc, err := readDocument(src)
	switch {
	case errors.Is(err, errTooLarge):
		return Bulletin{}, fmt.Errorf("the document is larger than %d bytes: a month's bulletin has 2 to 20 MB, check the file", src.limit)
	case err != nil:
		return Bulletin{}, err
	}
	bulletin, err := fold(doc)
	bulletin.SHA256 = src.sum()
	return bulletin, err
}

func readDocument(src *source) (*document, error) {
	text, err := src.text()
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	first, err := firstCharacter(text)
	if err != nil {
		return nil, err
	}
	switch first {
	case '<':
		return readXML(text)
	case '{':
		return readJSON(text)
	}
	return nil, fmt.Errorf("byte 1: the file begins with %q, expected a CVRF document as XML (<) or JSON ({)", first)
}

// firstCharacter looks at the first character after white space without taking anything.
func firstCharacter(text *bufio.Reader) (rune, error) {
	start, err := text.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read the document: %w", err)
	}
	for _, r := range string(start) {
		if !unicode.IsSpace(r) {
			return r, nil
		}
	}
	return 0, errors.New("byte 1: the file is empty, expected a CVRF document as XML or JSON")
}

// quote makes a value of the document safe and short enough to stand in a message.
func quote(value string) string {
	const most = 60
	value = strings.TrimSpace(value)
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
