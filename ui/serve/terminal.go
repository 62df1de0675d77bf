package serve

import (
	"encoding/base64"
	"io"
	"strings"
	"sync"

	"patchdeck/engine/approval"
)

// Visitor is the person of one console and the terminal that they sit at.
type Visitor struct {
	Actor       approval.Actor
	Environment []string // TERM, COLORTERM, NO_COLOR and the like, as "NAME=value"
	Address     string   // host and port that they reached over the network; empty on the socket
	// Copy puts text on the clipboard of the person's terminal, where the terminal lets programs do that.
	Copy func(text string)
	// Place is where the person was when they last had a console, if that is less than an hour ago: what it gave to Keep.
	Place []byte
	// Keep remembers where the person is, for their next console; nothing forgets it. At most 16 KiB are kept.
	Keep func(place []byte)
}

// Getenv gives a value of the terminal's environment, or nothing.
func (v Visitor) Getenv(name string) string {
	for _, entry := range v.Environment {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// terminal keeps what is written to a session in whole pieces: a frame, or one order to the terminal.
type terminal struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.Write(p)
}

// mostCopied bounds what goes to a clipboard; terminals drop longer orders.
const mostCopied = 64 << 10

// copy orders the terminal to take text on its clipboard (OSC 52).
func (t *terminal) copy(text string) {
	text = text[:min(len(text), mostCopied)]
	_, _ = io.WriteString(t, "\x1b]52;c;"+base64.StdEncoding.EncodeToString([]byte(text))+"\a")
}
