package inventory

import (
	"fmt"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// mostYAMLDepth bounds how deep maps and lists stand in one another.
const mostYAMLDepth = 40

// plainYAML refuses what could make a small file large or a parser deep: anchors with their aliases, and nesting without end.
func plainYAML(text []byte) error {
	depth := 0
	var indents []int
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return fmt.Errorf("line %d: anchors, aliases and merges are not read: write it out in full", t.Position.Line)
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.MappingValueType, token.SequenceEntryType:
			for len(indents) > 0 && indents[len(indents)-1] >= t.Position.Column {
				indents = indents[:len(indents)-1]
			}
			indents = append(indents, t.Position.Column)
		}
		if depth > mostYAMLDepth || len(indents) > mostYAMLDepth {
			return fmt.Errorf("line %d: more than %d maps or lists stand in one another", t.Position.Line, mostYAMLDepth)
		}
	}
	return nil
}
