package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine/approval"
)

// Exit codes, the same in every way in.
const (
	Done    = 0
	Failure = 1
	Usage   = 2
	Halted  = 3 // a stop rule halted the rollout
	Crashed = 70
	Denied  = 77 // a role or a rule of who may forbids it
)

// ExitError carries an exit code with its reason. Without an Err nothing is printed: who made it has said all.
type ExitError struct {
	Code int
	Err  error
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

func (e *ExitError) Unwrap() error { return e.Err }

// wrongUsage is an error in the words of the call.
func wrongUsage(format string, args ...any) error {
	return &ExitError{Code: Usage, Err: fmt.Errorf(format, args...)}
}

// Execute runs one call and gives its exit code. What went wrong is one line on the standard error of the call.
func Execute(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(append([]string{}, args...)) // an empty list would make cobra read the process's own words
	err := root.ExecuteContext(ctx)
	code := codeOf(err)
	if code != Done {
		complain(root.ErrOrStderr(), err)
	}
	return code
}

func codeOf(err error) int {
	var exit *ExitError
	var conflict *approval.Conflict
	var denied *approval.Denied
	switch {
	case err == nil:
		return Done
	case errors.As(err, &exit):
		return exit.Code
	case errors.As(err, &conflict):
		return Failure // nobody could do it now, whatever their roles
	case errors.As(err, &denied):
		return Denied
	default:
		return Failure
	}
}

// mostLines bounds what one failed call prints.
const mostLines = 20

// complain prints an error: one line, or the lines of an error that has several, up to a bound.
func complain(w io.Writer, err error) {
	var silent *ExitError
	if errors.As(err, &silent) && silent.Err == nil {
		return
	}
	lines := linesOf(err)
	for i, line := range lines {
		if i == mostLines {
			fmt.Fprintf(w, "patchdeck: and %d more\n", len(lines)-i)
			return
		}
		fmt.Fprintf(w, "patchdeck: %s\n", plain(line))
	}
}

// linesOf takes joined errors apart; any other error is one line.
func linesOf(err error) []string {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		var lines []string
		for _, one := range several.Unwrap() {
			lines = append(lines, linesOf(one)...)
		}
		return lines
	}
	return []string{strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")}
}
