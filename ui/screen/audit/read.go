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
	said  said
	broke string // why the entry cannot be read; the entry is empty then
}

// said is what the bodies of many entries say in plain words.
type said struct {
	Cause string `json:"cause"`
	Words string `json:"words"`
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
	r := record{seq: seq, entry: e}
	_ = json.Unmarshal(e.Body, &r.said) // a body of another shape says nothing of this kind
	return r
}

// words is what an entry says in one line: the change, then why; the body as it is when there is neither.
func (r record) words() string {
	if r.broke != "" {
		return r.broke
	}
	e := &r.entry
	var words []string
	switch {
	case e.Before != "" && e.After != "":
		words = append(words, e.Before+" → "+e.After)
	case e.After != "":
		words = append(words, e.After)
	}
	for _, why := range []string{r.said.Cause, r.said.Words, e.Reason} {
		if why != "" {
			words = append(words, why)
		}
	}
	if len(words) == 0 {
		return strings.Trim(string(e.Body), "{}")
	}
	return strings.Join(words, ": ")
}
