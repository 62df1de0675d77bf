package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"patchdeck/ui/command"
)

func openFile(name string) (io.ReadCloser, error) { return os.Open(name) }

// draft is a file that appears under its name only when it is whole.
type draft struct {
	*os.File
	name string
}

func createFile(name string) (command.Draft, error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return draft{f, name}, nil
}

// Keep gives the file its name. The content is on the disk before the name is.
func (d draft) Keep() error {
	err := d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(d.File.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(d.File.Name(), d.name)
	}
	if err != nil {
		os.Remove(d.File.Name())
		return fmt.Errorf("write %s: %w", d.name, err)
	}
	return nil
}

// Drop removes what was written.
func (d draft) Drop() {
	d.Close()
	os.Remove(d.File.Name())
}

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(io.Writer) error) error {
	d, err := createFile(name)
	if err != nil {
		return err
	}
	if err := write(d); err != nil {
		d.Drop()
		return err
	}
	return d.Keep()
}
