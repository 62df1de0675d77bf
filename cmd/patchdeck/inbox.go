package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"patchdeck/ui/screen/desk"
)

// mostDocuments bounds what an inbox lists: the newest.
const mostDocuments = 200

// inbox is a folder whose files people may import from the console. Only regular files that lie directly in it are seen: links and what
// they lead to are not, so that nobody reads another file of the machine through the console.
type inbox struct{ folder string }

// openInbox makes the inbox of a data folder.
func openInbox(data string) (inbox, error) {
	folder, err := filepath.Abs(filepath.Join(data, "inbox"))
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	return inbox{folder}, err
}

// Folder implements desk.Inbox.
func (b inbox) Folder() string { return b.folder }

// Documents implements desk.Inbox.
func (b inbox) Documents() ([]desk.Document, error) {
	entries, err := os.ReadDir(b.folder)
	if err != nil {
		return nil, fmt.Errorf("the inbox cannot be read: %w", err)
	}
	var list []desk.Document
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue // gone meanwhile, or no document
		}
		list = append(list, desk.Document{Name: e.Name(), Size: info.Size(), Modified: info.ModTime()})
	}
	slices.SortFunc(list, func(x, y desk.Document) int {
		return cmp.Or(y.Modified.Compare(x.Modified), cmp.Compare(x.Name, y.Name))
	})
	return list[:min(len(list), mostDocuments)], nil
}

// Open implements desk.Inbox.
func (b inbox) Open(name string) (io.ReadCloser, error) {
	root, err := os.OpenRoot(b.folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() || filepath.Base(name) != name {
		return nil, cmp.Or(err, errors.New("it is no file of the inbox"))
	}
	return root.Open(name)
}
