package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheInboxGivesItsOwnFilesAndNothingElse(t *testing.T) {
	data := t.TempDir()
	box, err := openInbox(data)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(box.Folder()); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("the inbox is %v, %v: others could put documents into it", info.Mode(), err)
	}
	secret := filepath.Join(data, "users.yaml")
	for path, text := range map[string]string{secret: "keys", filepath.Join(box.folder, "2026-Nov.xml"): "bulletin", filepath.Join(box.folder, "old.csv"): "servers",
		filepath.Join(box.folder, ".part"): "half"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(box.folder, "old.csv"), then, then); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(box.folder, "link.xml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(box.folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	list, err := box.Documents()
	if err != nil || len(list) != 2 || list[0].Name != "2026-Nov.xml" || list[1].Name != "old.csv" {
		t.Fatalf("the inbox lists %v, %v", list, err)
	}
	f, err := box.Open("2026-Nov.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || string(text) != "bulletin" {
		t.Errorf("read %q, %v", text, err)
	}
	for _, name := range []string{"link.xml", "../users.yaml", secret, "folder", "", ".", "gone.xml", "folder/../old.csv"} {
		if f, err := box.Open(name); err == nil {
			f.Close()
			t.Errorf("%q was opened", name)
		}
	}
}
