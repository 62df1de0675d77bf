package config

import (
	"fmt"
	"strings"
)

// Problem is one mistake in a file.
type Problem struct {
	File  string // base name
	Line  int    // from one; 0 is the file as a whole
	Words string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Words
	}
	return fmt.Sprintf("%s line %d: %s", p.File, p.Line, p.Words)
}

// Problems are all mistakes of a file, in the order of their lines.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the mistakes one by one, so that each can stand on a line of its own.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i, problem := range p {
		all[i] = problem
	}
	return all
}
