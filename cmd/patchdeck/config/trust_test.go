//go:build unix

package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesThatOthersCanWriteAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file, folder os.FileMode
		says         string
	}{
		"own":              {0o600, 0o700, ""},
		"readable":         {0o644, 0o755, ""},
		"group can write":  {0o660, 0o700, "can be written by others (mode 0660)"},
		"all can write":    {0o606, 0o700, "can be written by others (mode 0606)"},
		"folder open":      {0o600, 0o777, "the folder of"},
		"folder of groups": {0o600, 0o770, "the folder of"},
		"sticky folder":    {0o600, 0o777 | os.ModeSticky, ""},
	} {
		folder := filepath.Join(t.TempDir(), "data")
		path := filepath.Join(folder, "config.yaml")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, Default)
		if err := os.Chmod(path, c.file); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, c.folder); err != nil {
			t.Fatal(err)
		}
		_, err := Read(path)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestALinkIsAsGoodAsTheFolderItLeadsTo(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(open, "users.yaml"), DefaultUsers)
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.Symlink(filepath.Join(open, "users.yaml"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadUsers(link); err == nil || !strings.Contains(err.Error(), "the folder of") {
		t.Errorf("error %v", err)
	}
}
