//go:build unix

package serve

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/charmbracelet/x/term"
	gossh "golang.org/x/crypto/ssh"
)

// followSize tells the daemon whenever the local terminal changes its size.
func followSize(ctx context.Context, terminal term.File, session *gossh.Session) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	defer signal.Stop(changed)
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			if width, height, err := term.GetSize(terminal.Fd()); err == nil {
				_ = session.WindowChange(height, width)
			}
		}
	}
}
