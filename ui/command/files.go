package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// OpenFile opens a file of this machine to read.
func OpenFile(name string) (io.ReadCloser, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, bare(err))
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		_ = file.Close()
		return nil, fmt.Errorf("cannot read %s: it is a folder, name a file in it", name)
	}
	return file, nil
}

// CreateFile begins a file of this machine. It takes its place, replacing what stood there, when it is kept.
func CreateFile(name string) (Draft, error) {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, bare(err))
	}
	return &draft{File: file, name: name, mode: 0o644}, nil
}

type draft struct {
	*os.File
	name string
	mode os.FileMode
}

func (d *draft) Private() { d.mode = 0o600 }

func (d *draft) Keep() error {
	for _, step := range []func() error{
		func() error { return d.Chmod(d.mode) },
		d.Sync, // what it holds is on the disk before its name is
		d.Close,
		func() error { return os.Rename(d.File.Name(), d.name) },
	} {
		if err := step(); err != nil {
			d.Drop()
			return fmt.Errorf("cannot write %s: %w", d.name, bare(err))
		}
	}
	return nil
}

func (d *draft) Drop() {
	_ = d.Close()
	_ = os.Remove(d.File.Name())
}

// bare takes the operation and the name off a file error, which the words around it say already.
func bare(err error) error {
	if path, ok := err.(*os.PathError); ok {
		return path.Err
	}
	if link, ok := err.(*os.LinkError); ok {
		return link.Err
	}
	return err
}
