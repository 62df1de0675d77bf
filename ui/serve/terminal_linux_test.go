package serve

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// terminalState gives the settings of a terminal that raw mode changes.
func terminalState(terminal *os.File) (unix.Termios, error) {
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		return unix.Termios{}, err
	}
	return *state, nil
}

func shownFrom(terminal *os.File, shown *text) (int64, error) { return io.Copy(shown, terminal) }
