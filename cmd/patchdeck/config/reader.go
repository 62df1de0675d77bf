package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"patchdeck/engine/rollout"
)

const (
	mostBytes    = 1 << 20
	mostNested   = 32 // brackets or dashes inside one another; the formats here have four levels
	mostProblems = 100
)

// reader walks one YAML file and collects what is wrong with it.
type reader struct {
	file     string
	problems Problems
}

// value is one node of the file with the words for what it is.
type value struct {
	node ast.Node
	line int
	name string
}

// fields is a table of the keys that a mapping may have.
type fields map[string]func(value)

func (r *reader) fail(line int, format string, args ...any) {
	if len(r.problems) < mostProblems {
		r.problems = append(r.problems, Problem{r.file, line, fmt.Sprintf(format, args...)})
	}
}

// done gives the problems in the order of their lines.
func (r *reader) done() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return r.problems
}

// root parses the file; ok is false when there is nothing to walk.
func (r *reader) root(text []byte) (v value, ok bool) {
	if err := plausible(text); err != nil {
		r.fail(0, "%s", err)
		return value{}, false
	}
	file, err := parseYAML(text)
	if err != nil {
		line, words := explain(err)
		r.fail(line, "%s", words)
		return value{}, false
	}
	switch {
	case len(file.Docs) > 1:
		r.fail(file.Docs[1].GetToken().Position.Line, "a second document begins here: one file holds one")
		return value{}, false
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		r.fail(0, "the file is empty: patchdeck init writes one to begin with")
		return value{}, false
	}
	return valueOf(file.Docs[0].Body, "the file"), true
}

// plausible refuses what no configuration is, before a parser sees it.
func plausible(text []byte) error {
	switch {
	case len(text) > mostBytes:
		return fmt.Errorf("the file has %d bytes, at most %d are possible", len(text), mostBytes)
	case !utf8.Valid(text):
		return errors.New("the file is no valid UTF-8")
	}
	open := 0
	for line := range strings.Lines(string(text)) {
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "#") {
			continue
		}
		open += strings.Count(bare, "[") + strings.Count(bare, "{") - strings.Count(bare, "]") - strings.Count(bare, "}")
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if open > mostNested || strings.Count(bare, "- ")+strings.Count(bare, "? ") > mostNested || indent > 8*mostNested {
			return fmt.Errorf("the file is nested deeper than %d levels", mostNested)
		}
	}
	return nil
}

// parseYAML calls the parser; should it panic on a file, that is the file's mistake here, not the end of the daemon.
func parseYAML(text []byte) (file *ast.File, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = errors.New("it is no YAML that can be read")
		}
	}()
	return parser.ParseBytes(text, 0)
}

func explain(err error) (line int, words string) {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		return located.GetToken().Position.Line, "no YAML: " + oneLine(located.GetMessage())
	}
	return 0, "no YAML: " + oneLine(err.Error())
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func valueOf(node ast.Node, name string) value {
	line := 0
	if token := node.GetToken(); token != nil && token.Position != nil {
		line = token.Position.Line
	}
	return value{node: node, line: line, name: name}
}

// mapping hands each key of a mapping to its field and names the keys that have none.
func (r *reader) mapping(v value, known fields) {
	pairs, ok := pairsOf(v.node)
	if !ok && r.writtenOut(v) {
		r.fail(v.line, "%s must be a mapping with the keys %s", v.name, accepted(known))
	}
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, line := pair.Key.String(), pair.Key.GetToken().Position.Line
		if text, isText := pair.Key.(*ast.StringNode); isText {
			key = text.Value
		}
		take, ok := known[key]
		switch {
		case !ok:
			r.fail(line, "the key %s is not known in %s: accepted are %s", quote(key), v.name, accepted(known))
		case seen[key]:
			r.fail(line, "the key %s stands twice in %s", quote(key), v.name)
		default:
			seen[key] = true
			inner := valueOf(pair.Value, key)
			inner.line = line
			take(inner)
		}
	}
}

// writtenOut refuses the parts of YAML that make one value stand for another.
func (r *reader) writtenOut(v value) bool {
	switch v.node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		r.fail(v.line, "%s: anchors (&), aliases (*) and tags (!) are not possible here, write the value out", v.name)
		return false
	}
	return true
}

func pairsOf(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch node := node.(type) {
	case *ast.MappingNode:
		return node.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{node}, true
	}
	return nil, false
}

func accepted(known fields) string { return strings.Join(slices.Sorted(maps.Keys(known)), ", ") }

// list hands each entry of a list to take.
func (r *reader) list(v value, what string, take func(value)) {
	sequence, ok := v.node.(*ast.SequenceNode)
	if !ok {
		if r.writtenOut(v) {
			r.fail(v.line, "%s must be a list of %s", v.name, what)
		}
		return
	}
	for _, node := range sequence.Values {
		if node != nil {
			take(valueOf(node, v.name))
		}
	}
}

// text gives a scalar as it was written, without control characters; empty is refused.
func (r *reader) text(v value) string {
	var text string
	switch node := v.node.(type) {
	case *ast.StringNode:
		text = node.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		text = node.GetToken().Value
	case *ast.NullNode:
		r.fail(v.line, "%s has no value", v.name)
		return ""
	default:
		if r.writtenOut(v) {
			r.fail(v.line, "%s must be a single value", v.name)
		}
		return ""
	}
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) {
		r.fail(v.line, "%s holds a character that cannot be printed", v.name)
		return ""
	}
	if text == "" {
		r.fail(v.line, "%s is empty", v.name)
	}
	return text
}

// number reads a whole number between two bounds.
func (r *reader) number(v value, least, most int) int {
	text := r.text(v)
	if text == "" {
		return least
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.fail(v.line, "%s is %s: a whole number from %d to %d is accepted", v.name, quote(text), least, most)
		return least
	}
	return n
}

// duration reads a time span such as 30m or 4h between two bounds.
func (r *reader) duration(v value, least, most time.Duration) time.Duration {
	text := r.text(v)
	if text == "" {
		return least
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		r.fail(v.line, "%s is %s: a time span from %s to %s is accepted, such as 30m or 4h", v.name, quote(text), rollout.Span(least), rollout.Span(most))
		return least
	}
	return d
}

// oneOf reads a word of a fixed set, without regard to case, and gives it as the set writes it.
func (r *reader) oneOf(v value, words ...string) string {
	text := r.text(v)
	if text == "" {
		return ""
	}
	for _, word := range words {
		if strings.EqualFold(text, word) {
			return word
		}
	}
	r.fail(v.line, "%s is %s: accepted are %s", v.name, quote(text), strings.Join(words, ", "))
	return ""
}

// quote makes a value of the file safe and short enough to stand in a message.
func quote(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
