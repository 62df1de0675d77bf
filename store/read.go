package store

import (
	"bytes"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"patchdeck/engine"
	"patchdeck/engine/trail"
)

// snapshot is what the store held at one moment between two commits. Reading it hinders no writer.
type snapshot struct {
	store *Store
	txn   *badger.Txn
	head  trail.Head
}

func (s *Store) snapshot() (*snapshot, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	if s.gone != nil {
		return nil, s.gone
	}
	s.readers.Add(1)
	return &snapshot{s, s.db.NewTransaction(false), s.head}, nil
}

func (p *snapshot) release() {
	p.txn.Discard()
	p.store.readers.Done()
}

// A slice is what is read at a time. An open iterator keeps every table that it may still need, also those that were
// rewritten since: a slow reader would hold the disk space of the whole store twice.
const (
	sliceKeys  = 1000
	sliceBytes = 1 << 20
)

// scan gives keys with a prefix, from one on, with their values. Both belong to the callee.
func (p *snapshot) scan(prefix, from []byte, each func(key, value []byte) error) error {
	for from != nil {
		slice, next, err := p.slice(prefix, from)
		if err != nil {
			return fmt.Errorf("store %s: reading on from %.80q: %w", p.store.dir, from, err)
		}
		for _, found := range slice {
			if p.store.closing.Load() {
				return fmt.Errorf("store %s: %w", p.store.dir, errClosed)
			}
			if err := each(found.key, found.value); err != nil {
				return err
			}
		}
		from = next
	}
	return nil
}

// slice reads some keys and gives the one to go on from, nil at the end.
func (p *snapshot) slice(prefix, from []byte) (slice []write, next []byte, err error) {
	options := badger.DefaultIteratorOptions
	options.PrefetchValues, options.Prefix = false, prefix
	found := p.txn.NewIterator(options)
	defer found.Close()
	size := 0
	for found.Seek(from); found.Valid(); found.Next() {
		item := found.Item()
		if len(slice) == sliceKeys || size >= sliceBytes {
			return slice, item.KeyCopy(nil), nil
		}
		value, err := item.ValueCopy(nil)
		if err != nil {
			return nil, nil, err
		}
		slice = append(slice, write{item.KeyCopy(nil), value})
		size += len(value)
	}
	return slice, nil, nil
}

// Load implements engine.Store.
func (s *Store) Load(each func(engine.Record) error) error {
	view, err := s.snapshot()
	if err != nil {
		return err
	}
	defer view.release()
	return view.records(each)
}

func (p *snapshot) records(each func(engine.Record) error) error {
	return p.scan(recordPrefix, recordPrefix, func(key, value []byte) error {
		kind, id, ok := splitRecordKey(key)
		if !ok {
			return &Damaged{p.store.dir, fmt.Sprintf("it has a record without kind (%.80q)", key)}
		}
		if len(value) == 0 {
			return nil // removed
		}
		return each(engine.Record{Kind: kind, ID: id, Value: value})
	})
}

// Entries implements engine.Store. A gap in the trail is an error.
func (s *Store) Entries(from uint64, each func(seq uint64, raw []byte) error) error {
	view, err := s.snapshot()
	if err != nil {
		return err
	}
	defer view.release()
	return view.entries(max(from, 1), each)
}

func (p *snapshot) entries(next uint64, each func(seq uint64, raw []byte) error) error {
	err := p.scan(entryPrefix, entryKey(next), func(key, raw []byte) error {
		if !bytes.Equal(key, entryKey(next)) {
			return p.gap(next)
		}
		next++
		return each(next-1, raw)
	})
	if err == nil && next <= p.head.Seq {
		err = p.gap(next)
	}
	return err
}

func (p *snapshot) gap(seq uint64) error {
	return &Damaged{p.store.dir, fmt.Sprintf("audit entry %d is missing", seq)}
}
