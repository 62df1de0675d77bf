package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// exports is the folder of a data folder in which copies of the audit trail are kept. It is made when the first one is.
type exports struct{ folder string }

func openExports(data string) exports { return exports{filepath.Join(data, "exports")} }

// Keep implements engine.Exports. The file gets its name when it is whole and on the disk; nobody but its owner reads it.
func (x exports) Keep(name string, fill func(io.Writer) error) (where string, err error) {
	folder, err := filepath.Abs(x.folder)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("the folder for exports cannot be made: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer root.Close()
	where = filepath.Join(folder, name)
	if _, err := root.Lstat(name); err == nil {
		return "", fmt.Errorf("%s: %w", where, fs.ErrExist)
	}
	half := name + ".part"
	file, err := root.OpenFile(half, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return "", fmt.Errorf("%s is being written, or was left by a process that ended: remove it if nobody writes it", filepath.Join(folder, half))
	case err != nil:
		return "", err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(half)
		}
	}()
	if err = errors.Join(fill(file), file.Sync(), file.Close()); err != nil {
		return "", err
	}
	return where, root.Rename(half, name)
}
