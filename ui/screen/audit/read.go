package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/ui/part"
)

// pageSize is how many entries are read at once, and mostKept how many the screen keeps.
const (
	pageSize = 300
	mostKept = 6000
)

// record is one entry as the screen keeps it.
type record struct {
	seq   uint64
	entry trail.Entry
	broke string // why the entry cannot be read; the entry is empty then
}

// entriesRead is a stretch of the trail, newest first.
type entriesRead struct {
	from, to uint64
	records  []record
	err      error
}

// errEnough ends a reading where the wanted stretch ends.
var errEnough = errors.New("enough")

// read fetches the entries from and to, both included.
func read(console engine.Console, from, to uint64) part.Cmd {
	return func() part.Msg {
		var records []record
		err := console.Entries(from, func(seq uint64, raw []byte) error {
			if seq > to {
				return errEnough
			}
			records = append(records, parse(seq, raw))
			return nil
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		slices.Reverse(records)
		return entriesRead{from, to, records, err}
	}
}

func parse(seq uint64, raw []byte) record {
	var e trail.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return record{seq: seq, broke: fmt.Sprintf("this entry cannot be read (%d bytes): run patchdeck audit verify", len(raw))}
	}
	return record{seq: seq, entry: e}
}

// words is what an entry says in one line.
func (r record) words() string {
	e := &r.entry
	words := e.After
	if e.Before != "" && e.After != "" {
		words = e.Before + " → " + e.After
	}
	switch {
	case r.broke != "":
		return r.broke
	case e.Reason != "" && words != "":
		return words + ": " + e.Reason
	case e.Reason != "":
		return e.Reason
	case words != "":
		return words
	default:
		return strings.Trim(string(e.Body), "{}")
	}
}
