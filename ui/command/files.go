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
	return &draft{File: file, name: name}, nil
}

type draft struct {
	*os.File
	name string
}

func (d *draft) Keep() error {
	if err := d.Sync(); err != nil {
		d.Drop()
		return fmt.Errorf("cannot write %s: %w", d.name, bare(err))
	}
	if err := d.Close(); err != nil {
		d.Drop()
		return fmt.Errorf("cannot write %s: %w", d.name, bare(err))
	}
	if err := os.Rename(d.File.Name(), d.name); err != nil {
		_ = os.Remove(d.File.Name())
		return fmt.Errorf("cannot write %s: %w", d.name, bare(err))
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
