package report

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest bounds a text of the report, in characters.
const longest = 2000

// clean takes out of a text what could command a terminal, hide, or turn the reading direction. Line breaks become spaces.
func clean(text string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if len(text) <= longest && utf8.ValidString(text) && !strings.ContainsFunc(text, odd) {
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		switch {
		case n == longest:
			b.WriteRune('…')
			return b.String()
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// cleanAll cleans every text of the report, so that none can be forgotten.
func cleanAll(n *Night) { cleanValue(reflect.ValueOf(n).Elem()) }

func cleanValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(clean(v.String()))
		}
	case reflect.Pointer:
		if v.CanInterface() && !v.IsNil() {
			cleanValue(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			cleanValue(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			cleanValue(v.Field(i))
		}
	}
}
