package servers

import (
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// mostProposals is how many completions are shown.
const mostProposals = 12

// tokens splits an expression into words, texts in quotes, and runs of signs. A text whose quote is not closed yet ends the list.
func tokens(text string) (list []string) {
	for text = strings.TrimLeft(text, " "); text != ""; text = strings.TrimLeft(text, " ") {
		n := tokenLength(text)
		list, text = append(list, text[:n]), text[n:]
	}
	return list
}

func tokenLength(text string) int {
	kind := kindOf(text[0])
	if kind == '"' {
		for i := 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(text)
	}
	for i := range len(text) {
		if kindOf(text[i]) != kind {
			return i
		}
	}
	return len(text)
}

// kindOf sorts a byte: a quote, a sign of a comparison, a blank, another sign, or a letter.
func kindOf(b byte) byte {
	switch {
	case b == '"' || b == ' ':
		return b
	case strings.IndexByte("=<>!&|", b) >= 0:
		return '='
	case strings.IndexByte("()[],", b) >= 0:
		return '('
	}
	return 'a'
}

// ending splits a text before the word at its end that a completion would replace; the word is empty behind a blank.
func ending(text string) (before []string, word string) {
	before = tokens(text)
	if len(before) == 0 {
		return nil, ""
	}
	at := before[len(before)-1]
	switch kind := kindOf(at[0]); {
	case kind == '(', kind == 'a' && strings.HasSuffix(text, " "), kind == '=' && strings.HasSuffix(text, " "):
		return before, ""
	case kind == '"' && isClosed(at):
		return before, ""
	}
	return before[:len(before)-1], at
}

func isClosed(quoted string) bool {
	return len(quoted) > 1 && strings.HasSuffix(quoted, `"`) && !strings.HasSuffix(quoted, `\"`)
}

// junctions join two comparisons.
var junctions = []string{"and", "or"}

// proposals are what may stand where the text ends: fields, operators, or values that servers have. Of a list, which is asked with in, the
// values come at once.
func (q *query) proposals() (fit []string) {
	before, word := ending(q.field.Text())
	for _, p := range q.candidates(before) {
		if p != word && strings.HasPrefix(strings.ToLower(strings.TrimPrefix(p, `"`)), strings.ToLower(strings.TrimPrefix(word, `"`))) {
			fit = append(fit, p)
		}
	}
	return fit[:min(len(fit), mostProposals)]
}

func (q *query) candidates(before []string) []string {
	n := len(before)
	if n == 0 {
		return inventory.FilterFields()
	}
	at := before[n-1]
	kind := fieldKinds[at]
	switch {
	case kind == inventory.ListField && n > 1 && before[n-2] == "in":
		return junctions
	case kind == inventory.ListField:
		return q.values[at]
	case kind != "" && n > 1 && before[n-2] == "in", kind == inventory.TruthField:
		return junctions
	case kind != "":
		return comparisons[kind]
	case at == "in" && n > 1 && kindOf(before[n-2][0]) == '"':
		return fieldsOf(inventory.ListField)
	case n > 1 && slices.Contains(comparisons[fieldKinds[before[n-2]]], at):
		return q.values[before[n-2]]
	case slices.Contains(junctions, at), at == "not", kindOf(at[0]) == '(' && !strings.HasSuffix(at, ")"), kindOf(at[0]) == '=':
		return inventory.FilterFields()
	}
	return junctions
}

func fieldsOf(kind inventory.FieldKind) (names []string) {
	for _, f := range inventory.FieldsOfFilter() {
		if f.Kind == kind {
			names = append(names, f.Name)
		}
	}
	return names
}

// valueField is the field whose values may stand where the text ends; empty when none may.
func (q *query) valueField() string {
	before, _ := ending(q.field.Text())
	n := len(before)
	switch {
	case n > 0 && fieldKinds[before[n-1]] == inventory.ListField && (n < 2 || before[n-2] != "in"):
		return before[n-1]
	case n > 1 && fieldKinds[before[n-2]] == inventory.TextField && slices.Contains(comparisons[inventory.TextField], before[n-1]):
		return before[n-2]
	}
	return ""
}

// complete writes the first proposal.
func (q *query) complete() {
	fit := q.proposals()
	if len(fit) == 0 {
		return
	}
	text := q.field.Text()
	before, word := ending(text)
	text = strings.TrimSuffix(text, word)
	if n := len(before); n > 0 && fieldKinds[before[n-1]] == inventory.ListField && fit[0][0] == '"' {
		text = strings.TrimSuffix(strings.TrimRight(text, " "), before[n-1])
		q.field.Set(text + fit[0] + " in " + before[n-1] + " ")
		return
	}
	if text != "" && !strings.HasSuffix(text, " ") && !strings.HasSuffix(text, "(") {
		text += " "
	}
	q.field.Set(text + fit[0] + " ")
}
