package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestAnExportIsKeptWholeOrNotAtAll(t *testing.T) {
	box := openExports(t.TempDir())
	write := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, failed := io.WriteString(w, text)
			return errors.Join(failed, err)
		}
	}
	where, err := box.Keep("trail-1.jsonl", write("whole", nil))
	if err != nil || where != filepath.Join(box.folder, "trail-1.jsonl") {
		t.Fatalf("%s %v", where, err)
	}
	if text, err := os.ReadFile(where); err != nil || string(text) != "whole" {
		t.Errorf("%q %v", text, err)
	}
	for path, want := range map[string]fs.FileMode{where: 0o600, box.folder: 0o700 | fs.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s is %v: others could read what was done", path, info.Mode())
		}
	}
	broken := errors.New("the trail is broken")
	if _, err := box.Keep("trail-2.jsonl", write("half", broken)); !errors.Is(err, broken) {
		t.Errorf("a broken trail gives %v", err)
	}
	if _, err := box.Keep("trail-1.jsonl", write("other", nil)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a copy is written over: %v", err)
	}
	if _, err := box.Keep("../escaped.jsonl", write("x", nil)); err == nil {
		t.Error("a file was written outside the folder")
	}
	if list, err := os.ReadDir(box.folder); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
}
