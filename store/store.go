package store

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"patchdeck/engine"
	"patchdeck/engine/trail"
)

// Store is an engine.Store on a disk. Open makes one.
type Store struct {
	settings
	dir    string
	lock   *os.File
	db     *badger.DB
	anchor *anchor

	mutex    sync.RWMutex // held while a batch is written: a reader never starts on half of one
	head     trail.Head
	set      uint64 // number of the last batch that was written in chunks
	accepted string // what was wrong with the anchor, when WithAcceptedTrail let it pass
	gone     error  // why nothing works any more: closed, or the outcome of a commit is unknown
	readers  sync.WaitGroup
	closing  atomic.Bool // readers stop at their next record
}

var _ engine.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Head implements engine.Store.
func (s *Store) Head() trail.Head {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.head
}

// Close ends the store. After an UnknownOutcome it leaves everything as it is: Badger's Close can hang then, and the
// process has to exit anyway.
func (s *Store) Close() error {
	s.mutex.Lock()
	if errors.Is(s.gone, errClosed) {
		s.mutex.Unlock()
		return nil
	}
	if s.gone != nil {
		s.mutex.Unlock()
		return s.gone
	}
	s.gone = fmt.Errorf("store %s: %w", s.dir, errClosed)
	s.mutex.Unlock()

	s.closing.Store(true)
	s.readers.Wait()
	return errors.Join(s.db.Close(), s.anchor.close(), s.lock.Close())
}
