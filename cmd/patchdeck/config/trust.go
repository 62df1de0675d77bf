package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// readTrusted reads a file that only its owner, who is us or root, can change: neither the file nor its folder may be
// writable by others.
func readTrusted(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	if err := trusted(info); err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	folder, err := os.Stat(filepath.Dir(real))
	if err != nil {
		return nil, err
	}
	if err := trusted(folder); err != nil {
		return nil, fmt.Errorf("the folder of %s %w", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > mostBytes {
		return nil, errors.New(path + " is too large to be what it should be")
	}
	return text, nil
}
