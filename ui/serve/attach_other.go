//go:build !unix

package serve

import (
	"context"

	"github.com/charmbracelet/x/term"
	gossh "golang.org/x/crypto/ssh"
)

// followSize has nothing to follow: this system does not tell when a terminal changes its size.
func followSize(context.Context, term.File, *gossh.Session) {}
