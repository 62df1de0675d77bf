package desk

import (
	"io"
	"time"
)

// Inbox is where documents lie that may be imported from the console: a terminal cannot carry a file. Its calls may take their time, so
// they are made beside the session's loop.
type Inbox interface {
	// Folder is where people put documents, as they should be told.
	Folder() string
	// Documents lists what lies there, newest first.
	Documents() ([]Document, error)
	// Open reads one of them, by the name that Documents gave.
	Open(name string) (io.ReadCloser, error)
}

// Document is one file of an inbox.
type Document struct {
	Name     string
	Size     int64
	Modified time.Time
}
