package store

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/batch"
)

// write is one key with its new value. The value of a removed record is empty rather than its key deleted: in two
// releases of Badger deleted keys came back.
type write struct{ key, value []byte }

// Commit implements engine.Store. Its errors are a refusal, with which nothing was written and the store goes on, or
// an *UnknownOutcome.
func (s *Store) Commit(b engine.Batch) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.gone != nil {
		return s.gone
	}
	if err := batch.Check(b, s.head); err != nil {
		return fmt.Errorf("store %s refuses a change, nothing was written: %w", s.dir, err)
	}
	if len(b.Records)+len(b.Entries) == 0 {
		return nil
	}
	writes := writesOf(b, s.head)
	if err := s.expectSpace(sizeOf(writes)); err != nil {
		return err
	}
	if err := s.write(writes, b.Head); err != nil {
		s.gone = &UnknownOutcome{Dir: s.dir, Err: err}
		return s.gone
	}
	s.head = b.Head
	return nil
}

func (s *Store) write(writes []write, head trail.Head) (err error) {
	if s.fits(writes) {
		err = s.transact(append(writes, write{headKey, encodeHead(head)}))
	} else {
		err = s.writeInChunks(writes, head)
	}
	if err != nil || head == s.head {
		return err
	}
	return s.anchor.write(head)
}

func writesOf(b engine.Batch, before trail.Head) []write {
	writes := make([]write, 0, len(b.Records)+len(b.Entries)+1)
	for _, record := range b.Records {
		writes = append(writes, write{recordKey(record.Kind, record.ID), record.Value})
	}
	for i, raw := range b.Entries {
		writes = append(writes, write{entryKey(before.Seq + 1 + uint64(i)), raw})
	}
	return writes
}

// overhead bounds what Badger adds to a key and its value when it weighs a transaction.
const overhead = 32

func sizeOf(writes []write) (size int) {
	for _, w := range writes {
		size += len(w.key) + len(w.value) + overhead
	}
	return size
}

// fits tells whether one transaction takes the writes and the few of our own that go with them.
func (s *Store) fits(writes []write) bool {
	const ours = 16
	return int64(len(writes)+ours) < s.db.MaxBatchCount() && int64(sizeOf(writes)+ours*1024) < s.db.MaxBatchSize()
}

// transact makes the writes durable together. The caller's slices must stay as they are until it returns.
func (s *Store) transact(writes []write, deleted ...[]byte) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	for _, w := range writes {
		if err := txn.Set(w.key, w.value); err != nil {
			return err
		}
	}
	for _, key := range deleted {
		if err := txn.Delete(key); err != nil {
			return err
		}
	}
	if err := txn.Commit(); err != nil {
		return err
	}
	s.wrote()
	return nil
}
