package serve

import (
	"errors"
	"strings"
)

// splitWords takes a command line apart as a shell would, without expanding anything: blanks separate words, single quotes
// keep everything, double quotes keep all but \" \\ \$ and \`, a backslash keeps the next character.
func splitWords(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" {
			return words, nil
		}
		word, rest, err := cutWord(line)
		if err != nil {
			return nil, err
		}
		words, line = append(words, word), rest
	}
}

// cutWord takes the first word of a line that begins with one.
func cutWord(line string) (word, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\r', '\n':
			return b.String(), line[i:], nil
		case '\'', '"':
			end, err := addQuoted(&b, line[i+1:], c)
			if err != nil {
				return "", "", err
			}
			i += 1 + end
		case '\\':
			if i++; i == len(line) {
				return "", "", errors.New("nothing follows the last backslash")
			}
			b.WriteByte(line[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", nil
}

// addQuoted adds the text up to the closing quote and tells where that stands.
func addQuoted(b *strings.Builder, text string, quote byte) (end int, err error) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == quote:
			return i, nil
		case quote == '"' && text[i] == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`", text[i+1]) >= 0:
			i++
		}
		b.WriteByte(text[i])
	}
	return 0, errors.New("a quote is not closed")
}

// quoteWords is the inverse of splitWords.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
