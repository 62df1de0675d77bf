package assets

import (
	"regexp"
	"strings"
)

// usage is one command of a script with the parameters it is given, or an operator that stands outside of any command.
type usage struct {
	command    string // empty for an operator
	parameters []string
	line       int
}

// powershellReader reads enough of PowerShell to tell commands from everything else. It knows the style of our scripts
// (commands in full, no aliases), not the whole language: what it does not understand it reports as a command, which the
// test then refuses.
type powershellReader struct {
	rest      string
	line      int
	frames    []frame // one for each open bracket
	found     []usage
	functions map[string]bool
}

type frame struct {
	command int  // index into found, -1 when no command is open
	start   bool // a command may begin here
}

var powershellTokens = []struct {
	pattern *regexp.Regexp
	read    func(*powershellReader, string)
}{
	{regexp.MustCompile(`(?s)\A<#.*?#>`), (*powershellReader).skip},
	{regexp.MustCompile(`\A#[^\n]*`), (*powershellReader).skip},
	{regexp.MustCompile(`\A\|\s*`), (*powershellReader).begin},
	{regexp.MustCompile(`\A[\n;]`), (*powershellReader).begin},
	{regexp.MustCompile(`\A\s`), (*powershellReader).skip},
	{regexp.MustCompile(`\A'(''|[^'])*'`), (*powershellReader).value},
	{regexp.MustCompile("(?s)\\A\"(`.|[^\"`])*\""), (*powershellReader).value},
	{regexp.MustCompile(`\Afunction +([A-Za-z-]+)`), (*powershellReader).function},
	{regexp.MustCompile(`\A\[[A-Za-z][A-Za-z.]*(\[\])?\]`), (*powershellReader).typeName},
	{regexp.MustCompile(`\A(\.|::)[A-Za-z]\w*`), (*powershellReader).value},
	{regexp.MustCompile(`\A[$](\w+:)?\w+`), (*powershellReader).value},
	{regexp.MustCompile(`\A-[A-Za-z]+`), (*powershellReader).parameter},
	{regexp.MustCompile(`\A[$@]?[({]`), (*powershellReader).open},
	{regexp.MustCompile(`\A[)}]`), (*powershellReader).close},
	{regexp.MustCompile(`\A[A-Za-z][\w-]* *=`), (*powershellReader).begin}, // the key of a table
	{regexp.MustCompile(`\A=`), (*powershellReader).begin},
	{regexp.MustCompile(`\A[A-Za-z][\w-]*`), (*powershellReader).word},
	{regexp.MustCompile(`(?s)\A.`), (*powershellReader).value},
}

// readUsages lists what a script calls, and the functions that it defines.
func readUsages(text string) ([]usage, map[string]bool) {
	r := &powershellReader{rest: text, line: 1, frames: []frame{{-1, true}}, functions: map[string]bool{}}
	for r.rest != "" {
		for _, token := range powershellTokens {
			if match := token.pattern.FindString(r.rest); match != "" {
				token.read(r, match)
				r.line += strings.Count(match, "\n")
				r.rest = r.rest[len(match):]
				break
			}
		}
	}
	return r.found, r.functions
}

func (r *powershellReader) top() *frame { return &r.frames[len(r.frames)-1] }

func (r *powershellReader) skip(string) {}

func (r *powershellReader) value(string) { r.top().start = false }

// A cast may stand before a command, in brackets; so a type ends nothing.
func (r *powershellReader) typeName(string) { r.top().start = false }

func (r *powershellReader) begin(string) { *r.top() = frame{-1, true} }

func (r *powershellReader) open(string) {
	r.top().start = false
	r.frames = append(r.frames, frame{-1, true})
}

func (r *powershellReader) close(string) {
	if len(r.frames) > 1 {
		r.frames = r.frames[:len(r.frames)-1]
	}
	r.top().start = true // "} catch"; after a value in brackets an operator follows, never a word
}

func (r *powershellReader) function(match string) {
	r.functions[strings.TrimSpace(strings.TrimPrefix(match, "function"))] = true
}

func (r *powershellReader) parameter(match string) {
	name := match[1:]
	if open := r.top().command; open >= 0 {
		r.found[open].parameters = append(r.found[open].parameters, name)
		return
	}
	r.found = append(r.found, usage{parameters: []string{name}, line: r.line})
	r.top().start = false
}

var powershellKeywords = map[string]bool{
	"param": true, "if": true, "else": true, "elseif": true, "foreach": true, "in": true, "for": true, "while": true,
	"do": true, "until": true, "try": true, "catch": true, "finally": true, "throw": true, "return": true, "continue": true,
	"exit": true, "break": true,
}

func (r *powershellReader) word(match string) {
	switch {
	case match == "in" || r.top().start && powershellKeywords[match]:
		*r.top() = frame{-1, true}
	case r.top().start:
		r.found = append(r.found, usage{command: match, line: r.line})
		*r.top() = frame{len(r.found) - 1, false}
	}
}
