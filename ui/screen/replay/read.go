package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"patchdeck/engine"
	"patchdeck/ui/part"
)

// chunk is how many entries are read at once: between two chunks the screen says how far it is, and a person may leave.
const chunk = 50_000

// filled is a chunk that was read. The replay belongs to the reading until it is through.
type filled struct {
	of         *Screen
	from, head uint64 // the entries of the night
	next       uint64 // entry to go on with; 0 when it is through
	full       bool   // there was no room for all
	err        error
}

var errEnough = errors.New("enough")

// find looks for the first entry at or after an instant, between two entries: times in the trail do not go back by more than a clock's
// correction.
func find(console engine.Console, at time.Time, from, to uint64) (uint64, error) {
	var failed error
	n := sort.Search(int(to-from), func(i int) bool {
		when := time.Time{}
		err := console.Entries(from+uint64(i), func(seq uint64, raw []byte) error {
			var entry struct {
				At time.Time `json:"at"`
			}
			if err := json.Unmarshal(raw, &entry); err != nil {
				return fmt.Errorf("entry %d cannot be read: %w", seq, err)
			}
			when = entry.At
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) {
			failed = err
		}
		return failed != nil || !when.Before(at)
	})
	return from + uint64(n), failed
}

// margin is how far around a rollout's own times its entries are looked for.
const margin = 10 * time.Minute

// begin finds the night in the trail, then reads its first chunk.
func (s *Screen) begin() part.Cmd {
	console, opened, ended, head := s.desk.Console, s.past.Opened, s.past.Ended, s.desk.Current.Head.Seq
	return func() part.Msg {
		from, err := find(console, opened.Add(-margin), 1, head+1)
		if err == nil && !ended.IsZero() {
			head, err = find(console, ended.Add(margin), from, head+1)
		}
		if err != nil {
			return filled{of: s, err: err}
		}
		return s.read(console, filled{of: s, from: from, head: head, next: from})
	}
}

// read folds the chunk after another one.
func (s *Screen) read(console engine.Console, after filled) filled {
	from, next, full := after.next, uint64(0), false
	err := console.Entries(from, func(seq uint64, raw []byte) error {
		if seq > after.head {
			return errEnough
		}
		if seq >= from+chunk {
			next = seq
			return errEnough
		}
		more, err := s.replay.Add(seq, raw)
		if err == nil && !more {
			full = true
			return errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil && next == 0 {
		s.replay.Ready()
	}
	return filled{s, after.from, after.head, next, full, err}
}

// goOn reads the next chunk, or ends the reading.
func (s *Screen) goOn(m filled) part.Cmd {
	s.from, s.next, s.full = m.from, m.next, m.full
	if m.err != nil {
		s.trouble = m.err.Error()
		return nil
	}
	if m.next == 0 {
		s.ready = true
		s.troubles = s.replay.Troubles()
		s.take()
		return nil
	}
	console := s.desk.Console
	return func() part.Msg { return s.read(console, m) }
}
