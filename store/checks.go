package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/dgraph-io/badger/v4"

	"patchdeck/engine/trail"
)

// checkFormat compares the database's own record of what it is with the folder's.
func (s *Store) checkFormat(id storeID) error {
	value, err := s.get(formatKey)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return &Damaged{s.dir, "its database is empty or lost its beginning, though changes were committed"}
	}
	if err != nil {
		return err
	}
	var known format
	if err := json.Unmarshal(value, &known); err != nil {
		return &Damaged{s.dir, "its format record is not readable: " + err.Error()}
	}
	if err := known.check(s.dir); err != nil {
		return err
	}
	if known.Store != id.String() {
		return &Damaged{s.dir, fmt.Sprintf("its database is of store %.40q, the folder is of store %s", known.Store, id)}
	}
	return nil
}

func (s *Store) readHead() (trail.Head, error) {
	value, err := s.get(headKey)
	if err != nil && !errors.Is(err, badger.ErrKeyNotFound) {
		return trail.Head{}, err
	}
	head, ok := decodeHead(value)
	if !ok {
		return trail.Head{}, &Damaged{s.dir, "its record of the trail's head is missing or not readable"}
	}
	return head, nil
}

// checkLastEntry checks that the trail ends where the head says, with the hash that it says.
func (s *Store) checkLastEntry() error {
	seq, raw, err := s.lastEntry()
	if err != nil {
		return err
	}
	if seq != s.head.Seq {
		return &Damaged{s.dir, fmt.Sprintf("its last audit entry is %d, its head says %d", seq, s.head.Seq)}
	}
	if seq == 0 {
		return nil
	}
	last := trail.SegmentVerifier()
	if err := last.Add(raw); err != nil {
		return &Damaged{s.dir, err.Error()}
	}
	if last.Report().Head != s.head {
		return &Damaged{s.dir, fmt.Sprintf("its last audit entry %d does not have the hash that was stored with it", seq)}
	}
	return nil
}

func (s *Store) lastEntry() (seq uint64, raw []byte, err error) {
	err = s.db.View(func(txn *badger.Txn) error {
		options := badger.DefaultIteratorOptions
		options.Reverse, options.PrefetchValues, options.Prefix = true, false, entryPrefix
		found := txn.NewIterator(options)
		defer found.Close()
		found.Seek(append(bytes.Clone(entryPrefix), bytes.Repeat([]byte{0xff}, 9)...))
		if !found.Valid() {
			return nil
		}
		var ok bool
		if seq, ok = seqOfEntryKey(found.Item().Key()); !ok {
			return &Damaged{s.dir, "its trail has a key that is no number"}
		}
		raw, err = found.Item().ValueCopy(nil)
		return err
	})
	return seq, raw, err
}

// checkAnchor compares the trail with the head that was noted outside of the database. The anchor is written after
// the database, so the trail may be a commit ahead, never behind and never another.
func (s *Store) checkAnchor() error {
	if s.accepted != "" {
		return nil
	}
	err := s.compareWithAnchor()
	var damaged *Damaged
	if s.accept && errors.As(err, &damaged) {
		s.accepted = damaged.What
		return nil
	}
	return err
}

func (s *Store) compareWithAnchor() error {
	noted := s.anchor.head
	if s.head.Seq < noted.Seq {
		return &Damaged{s.dir, fmt.Sprintf("its trail ends at entry %d, but entry %d was committed: the changes in between are lost", s.head.Seq, noted.Seq)}
	}
	reached := noted
	err := s.Entries(noted.Seq+1, func(_ uint64, raw []byte) error {
		reached = reached.Advance(raw)
		return nil
	})
	if err != nil {
		return err
	}
	if reached != s.head {
		return &Damaged{s.dir, fmt.Sprintf("its trail does not contain the entry %d that was committed (hash %s): it was changed or replaced", noted.Seq, noted)}
	}
	if s.head == noted {
		return nil
	}
	return s.anchor.write(s.head)
}

func (s *Store) get(key []byte) (value []byte, err error) {
	err = s.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get(key)
		if err != nil {
			return err
		}
		value, err = item.ValueCopy(nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store %s: reading %q: %w", s.dir, key, err)
	}
	return value, nil
}

// replaceAnchor begins a new anchor for a trail that is accepted without one, unless the file cannot be opened at all.
func (s *Store) replaceAnchor(id storeID, why error) (*anchor, error) {
	s.accepted = "its anchor file is gone"
	if !errors.Is(why, os.ErrNotExist) {
		s.accepted = why.Error()
	}
	return openAnchor(s.dir, id, true)
}

// Accepted is what was wrong with the anchor when WithAcceptedTrail let it pass; empty when all was well.
func (s *Store) Accepted() string { return s.accepted }
