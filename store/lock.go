package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// lockFile is locked by the kernel for as long as its holder lives, and says who that is. What it says is for people:
// after kill -9 the number stays behind while the lock is gone.
const lockFile = "pid"

// lock takes the store for this process or gives a *Held. Badger has a lock of its own, but it comes too late: files
// are checked and removed before Badger opens.
func lock(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store %s cannot be locked: %w; check who owns the folder", dir, err)
	}
	if err := lockExclusively(file); err != nil {
		held := &Held{PID: holder(file), Dir: dir}
		return nil, errors.Join(held, file.Close())
	}
	if err := writeHolder(file, os.Getpid()); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s cannot be locked: %w; check the disk", dir, err), file.Close())
	}
	return file, nil
}

func writeHolder(file *os.File, pid int) error {
	// Padded to one length: a reader never sees half of a number that replaces another.
	_, err := file.WriteAt(fmt.Appendf(nil, "%10d\n", pid), 0)
	return err
}

// holder reads who holds the lock, 0 when that is not a living process.
func holder(file *os.File) int {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 || !alive(pid) {
		return 0
	}
	return pid
}
