package serve

import (
	"slices"
	"strings"
	"testing"
)

func TestALineIsSplitAsAShellWould(t *testing.T) {
	for line, want := range map[string][]string{
		"":                       nil,
		"  \t\r\n ":              nil,
		"rollout  status\tR-1\n": {"rollout", "status", "R-1"},
		`a '' b`:                 {"a", "", "b"},
		`--reason='two words'`:   {"--reason=two words"},
		`"a \"b\" \$c \d"`:       {`a "b" $c \d`},
		`it\'s $HOME *`:          {"it's", "$HOME", "*"},
		`'a'"b"c`:                {"abc"},
	} {
		got, err := splitWords(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
	for _, line := range []string{`'open`, `"open`, `"open\"`, `end\`} {
		if got, err := splitWords(line); err == nil {
			t.Errorf("%q: %q", line, got)
		}
	}
}

func FuzzSplitWords(f *testing.F) {
	for _, line := range []string{"a b", `'a' "b\"" \c`, "''", `"`, `\`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := splitWords(line)
		if err == nil && strings.Join(words, "") == "" && strings.Trim(line, " \t\r\n'\"") != "" {
			t.Errorf("%q lost its words", line)
		}
		again, err := splitWords(quoteWords(append(words, line)))
		if err != nil || !slices.Equal(again, append(words, line)) {
			t.Errorf("%q came back as %q, %v", append(words, line), again, err)
		}
	})
}
