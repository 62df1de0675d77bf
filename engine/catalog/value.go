package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// text is a value of the document. In JSON it stands as a string, a number, an object {"Value": ...}, {} or null.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(s)
	case '{':
		var object struct{ Value json.RawMessage }
		if err := json.Unmarshal(raw, &object); err != nil {
			return err
		}
		if len(object.Value) == 0 {
			return nil
		}
		if object.Value[0] == '{' {
			return errors.New("an object stands where a text was expected")
		}
		return t.UnmarshalJSON(object.Value)
	case '[':
		return errors.New("a list stands where a text was expected")
	default:
		if !bytes.Equal(raw, []byte("null")) {
			*t = text(raw)
		}
	}
	return nil
}

func (t text) same(word string) bool { return strings.EqualFold(strings.TrimSpace(string(t)), word) }

// clean gives the value on one line, without characters that could command a terminal, and at most most runes long.
func (t text) clean(most int) string {
	var b strings.Builder
	for _, word := range strings.Fields(string(t)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, r := range word {
			if !unicode.IsPrint(r) {
				continue
			}
			if most--; most < 0 {
				return b.String()
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// list is a repeated part of the document. In JSON it stands as an array, as a single value, as null, or not at all.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(raw []byte) error {
	if raw[0] == '[' {
		var items []T
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		*l = items
		return nil
	}
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	var item T
	if err := json.Unmarshal(raw, &item); err != nil {
		return err
	}
	*l = list[T]{item}
	return nil
}

// depth of nesting that a document may have; the vendor's have eight at most.
const mostDepth = 64

// checkDepth refuses a JSON value that is nested deeper than mostDepth.
func checkDepth(raw []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > mostDepth {
				return fmt.Errorf("nested deeper than %d levels", mostDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
