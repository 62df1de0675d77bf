package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"patchdeck/remote/secret/secrettest"
)

// A whole night is played, and everything that it leaves behind is searched for the password of its servers: the store (which
// compresses nothing), the audit trail's anchor, the report, the log and what the programs print.
func TestANightLeavesThePasswordOfItsServersNowhere(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes some seconds")
	}
	t.Parallel()
	patchdeck, folder := binary(t), t.TempDir()
	list, _ := fleetProcess(t, patchdeck, folder, "--servers", "12", "--seed", "5", "--speed", "7200", "--faults", "usual")
	announced, err := readFleet(list)
	if err != nil {
		t.Fatal(err)
	}
	password, data := announced.servers[0].Password, filepath.Join(folder, "data")
	if text, err := os.ReadFile(list); err != nil || secrettest.Find(text, password) == "" {
		t.Fatalf("the fleet's own list does not hold the password: the search finds nothing, %v", err)
	}
	search := func(where string, text []byte) {
		if form := secrettest.Find(text, password); form != "" {
			t.Errorf("%s holds the password as %s", where, form)
		}
	}
	for _, arguments := range [][]string{
		{"demo", "--headless", "--json", "--data", data, "--fleet", list},
		{"audit", "verify", "--data", data},
	} {
		said, err := exec.Command(patchdeck, arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, said)
		}
		search(arguments[0], said)
	}
	files := 0
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if len(bytes.TrimSpace(text)) > 0 {
			files++
		}
		search(path, text)
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files were searched, %v", files, err)
	}
}
