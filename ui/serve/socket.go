package serve

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// mostSocketPath is what every system takes in a socket's name.
const mostSocketPath = 100

// Listen opens this machine's door. The folder is made for its owner alone; a socket that nobody answers at any more is
// replaced.
func Listen(path string) (*net.UnixListener, error) {
	if len(path) > mostSocketPath {
		return nil, fmt.Errorf("socket %s: its name is %d bytes long, at most %d are possible: use a data folder with a shorter name", path, len(path), mostSocketPath)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	address := &net.UnixAddr{Name: path, Net: "unix"}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode().Type() != os.ModeSocket {
			return nil, fmt.Errorf("socket %s: something else stands there: remove it", path)
		}
		if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
			_ = conn.Close()
			return nil, fmt.Errorf("socket %s: another patchdeck answers there: stop it first", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("socket: %w", err)
		}
	}
	listener, err := net.ListenUnix("unix", address)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("socket: %w", err), listener.Close())
	}
	return listener, nil
}
