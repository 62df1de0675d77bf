package servers

import (
	"slices"
	"strings"

	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// query is what a person types to narrow the inventory: plain words, or an expression of the inventory's filter language. What was typed
// stays whatever is wrong with it.
type query struct {
	field  part.Field
	typing bool
	words  []string            // lower case; nil while an expression narrows
	expr   string              // the expression that narrows, or is about to; empty while words do
	filter *inventory.Filter   // of expr; nil while it is wrong
	wrong  string              // what is wrong with expr
	past   []string            // earlier texts, oldest first
	recall int                 // which of them is shown; len(past) is none
	values map[string][]string // that servers have, by field, for proposals
}

// mostPast bounds how many earlier filters are remembered.
const mostPast = 20

// comparisons are the operators by kind of field, the likeliest first.
var comparisons = map[inventory.FieldKind][]string{
	inventory.TextField:   {"==", "!=", "contains", "startsWith", "endsWith", "matches", "in"},
	inventory.NumberField: {"<", ">", "<=", ">=", "==", "!="},
	inventory.TruthField:  {"and", "or"},
}

// wordOperators make an expression of a text when one follows a field.
var wordOperators = []string{"and", "or", "in", "not", "contains", "startsWith", "endsWith", "matches"}

var fieldKinds = func() map[string]inventory.FieldKind {
	kinds := map[string]inventory.FieldKind{}
	for _, f := range inventory.FieldsOfFilter() {
		kinds[f.Name] = f.Kind
	}
	return kinds
}()

// isExpression tells an expression from plain words: it has an operator in signs, or one in words beside the name of a field.
func isExpression(text string) bool {
	if strings.ContainsAny(text, `=<>!&|("`) {
		return true
	}
	words := strings.Fields(text)
	for i, w := range words {
		if fieldKinds[w] == "" {
			continue
		}
		if i > 0 && words[i-1] == "not" || i+1 < len(words) && slices.Contains(wordOperators, words[i+1]) {
			return true
		}
	}
	return false
}

func (q *query) text() string { return strings.TrimSpace(q.field.Text()) }

// active tells that rows are left out.
func (q *query) active() bool { return len(q.words) > 0 || q.expr != "" }

// open starts typing.
func (q *query) open() { q.typing, q.recall = true, len(q.past) }

// clear drops the filter; it can be recalled.
func (q *query) clear() {
	q.remember()
	q.field.Clear()
	q.typing = false
	q.read()
}

// key takes one key: enter keeps the filter, esc drops it, tab completes, up and down recall.
func (q *query) key(k part.Key) {
	switch k.Name {
	case "enter":
		q.remember()
		q.typing = false
	case "esc":
		q.clear()
	case "tab":
		q.complete()
	case "up":
		q.turn(-1)
	case "down":
		q.turn(1)
	default:
		q.field.Key(k)
	}
	q.read()
}

// remember keeps the text for the up arrow.
func (q *query) remember() {
	if text := q.text(); text != "" {
		q.past = append(slices.DeleteFunc(q.past, func(p string) bool { return p == text }), text)
		q.past = q.past[max(0, len(q.past)-mostPast):]
	}
}

// turn shows an earlier text, or a later one; behind the newest is an empty field.
func (q *query) turn(by int) {
	at := q.recall + by
	if at < 0 || at > len(q.past) {
		return
	}
	q.recall = at
	if at == len(q.past) {
		q.field.Clear()
		return
	}
	q.field.Set(q.past[at])
}

// read understands what stands in the field. While an expression is wrong, the last good one goes on to narrow.
func (q *query) read() {
	text := q.text()
	q.wrong = ""
	if !isExpression(text) {
		q.words, q.expr, q.filter = strings.Fields(strings.ToLower(text)), "", nil
		return
	}
	q.words = nil
	if text == q.expr && q.filter != nil {
		return
	}
	filter, err := inventory.CompileFilter(text)
	if err != nil {
		what, _, _ := strings.Cut(err.Error(), "; fields:")
		q.wrong = what
		return
	}
	q.expr, q.filter = text, filter
}

// says tells whether every word occurs in one of the texts.
func (q *query) says(texts []string) bool {
	return desk.HasWords(q.words, texts)
}

// learn keeps the values of a field for proposals.
func (q *query) learn(field string, values []string) {
	if q.values == nil {
		q.values = map[string][]string{}
	}
	q.values[field] = values
}
