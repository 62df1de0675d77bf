package trail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"
)

// Version is the format of the entries that this package writes, and the only one it reads.
const Version = 1

// MaxEntry is the longest line of an entry in bytes. What is larger belongs into records that the entry names.
const MaxEntry = 1_000_000

// Entry is one fact of the trail. V, Seq and Prev are set by Head.Append.
type Entry struct {
	V      int             `json:"v"`
	Seq    uint64          `json:"seq"`
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"`
	Roles  []string        `json:"roles,omitempty"`
	Via    string          `json:"via,omitempty"`
	Action string          `json:"action"`
	Object string          `json:"object,omitempty"`
	Before string          `json:"before,omitempty"`
	After  string          `json:"after,omitempty"`
	Reason string          `json:"reason,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	Prev   string          `json:"prev"` // hex of the hash before this entry
}

// memberNames are the members of an entry; members gives the places they are read into, in the same order.
var memberNames = []string{"v", "seq", "at", "actor", "roles", "via", "action", "object", "before", "after", "reason", "body", "prev"}

func (e *Entry) members() []any {
	return []any{&e.V, &e.Seq, &e.At, &e.Actor, &e.Roles, &e.Via, &e.Action, &e.Object, &e.Before, &e.After, &e.Reason, &e.Body, &e.Prev}
}

// check tells what an entry lacks to be understood later.
func (e *Entry) check() error {
	switch {
	case e.At.IsZero():
		return errors.New("it has no time")
	case e.Actor == "":
		return errors.New("it names no actor")
	case e.Action == "":
		return errors.New("it names no action")
	}
	return nil
}

// parse reads one line strictly. encoding/json alone takes names in any case and the last of two equal ones.
func parse(raw []byte) (Entry, error) {
	switch {
	case len(raw) > MaxEntry:
		return Entry{}, fmt.Errorf("it is %d bytes long, the limit is %d", len(raw), MaxEntry)
	case bytes.ContainsAny(raw, "\n\r"):
		return Entry{}, errors.New("it contains a line break")
	case !utf8.Valid(raw):
		return Entry{}, errors.New("it is not UTF-8")
	}
	var e Entry
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return Entry{}, errors.New("it is not a JSON object")
	}
	places := e.members()
	for decoder.More() {
		if err := e.readMember(decoder, places); err != nil {
			return Entry{}, err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return Entry{}, errors.New("its JSON is cut off")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Entry{}, errors.New("something follows its JSON object")
	}
	return e, nil
}

// readMember reads one name and value. A place that was filled is set to nil, which shows a name given twice.
func (e *Entry) readMember(decoder *json.Decoder, places []any) error {
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("its JSON is broken at byte %d", decoder.InputOffset())
	}
	name, _ := token.(string)
	index := slices.Index(memberNames, name)
	switch {
	case index < 0:
		return fmt.Errorf("it has a member %.40q that format %d does not know", name, Version)
	case places[index] == nil:
		return fmt.Errorf("it has the member %q twice", name)
	}
	if err := decoder.Decode(places[index]); err != nil {
		return fmt.Errorf("its member %q is not readable near byte %d", name, decoder.InputOffset())
	}
	places[index] = nil
	return nil
}
