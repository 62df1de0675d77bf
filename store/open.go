package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"patchdeck/engine/trail"
)

// Open opens the store in a folder of its own, or makes one where the folder is empty or missing. It checks what can
// be checked without reading the whole trail; the errors *Held, *Damaged and *LowSpace say what is in the way.
func Open(dir string, options ...Option) (*Store, error) {
	s := &Store{settings: defaults(), dir: dir}
	for _, option := range options {
		option(&s.settings)
	}
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	s.lock = held
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.abandon())
	}
	return s, nil
}

// makeFolder also narrows a folder that is there: the store holds who did what, and where servers are weak.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the folder of the store cannot be made: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("the folder of the store cannot be closed to others: %w; check who owns it", err)
	}
	return nil
}

// open goes from the outside in; each step makes the next one safe.
func (s *Store) open() error {
	id, isNew, err := identity(s.dir)
	if err == nil && !isNew {
		err = s.refuseToFill()
	}
	if err != nil {
		return err
	}
	if err := s.prepareSpace(s.dir); err != nil {
		return err
	}
	if err := s.openAnchor(id, isNew); err != nil {
		return err
	}
	if err := s.openDatabase(isNew); err != nil {
		return err
	}
	if isNew {
		return s.create(id)
	}
	return s.resume(id)
}

func (s *Store) openAnchor(id storeID, isNew bool) (err error) {
	s.anchor, err = openAnchor(s.dir, id, isNew)
	if err != nil && s.accept {
		s.anchor, err = s.replaceAnchor(id, err)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &Damaged{s.dir, "its anchor file is gone: nothing shows that the trail is complete"}
	case errors.Is(err, errNoAnchor), errors.Is(err, errForeignAnchor):
		return &Damaged{s.dir, err.Error()}
	}
	return err
}

func (s *Store) openDatabase(isNew bool) (err error) {
	dir := filepath.Join(s.dir, badgerDir)
	options := s.badgerOptions(dir)
	if !isNew {
		if err := checkDatabase(s.dir, options); err != nil {
			return err
		}
	}
	s.db, err = openBadger(s.dir, options)
	return err
}

// openBadger turns the panics with which Badger answers some damage into an error.
func openBadger(dir string, options badger.Options) (db *badger.DB, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			db, err = nil, &Damaged{dir, fmt.Sprintf("its database cannot be read (%.200q)", fmt.Sprint(broken))}
		}
	}()
	db, err = badger.Open(options)
	if err != nil {
		// Badger may give a half-open database with its error, whose Close panics.
		return nil, fmt.Errorf("store %s cannot be opened: %w; when disk and permissions are in order it is damaged: restore a backup", dir, err)
	}
	return db, nil
}

// create makes everything durable before the name that makes it count.
func (s *Store) create(id storeID) error {
	value, err := format{Format: formatVersion, Store: id.String()}.encode()
	if err != nil {
		return err
	}
	err = s.transact([]write{{formatKey, value}, {headKey, encodeHead(trail.Head{})}})
	if err != nil {
		return fmt.Errorf("store %s cannot be made: %w", s.dir, err)
	}
	if err := errors.Join(syncDir(filepath.Join(s.dir, badgerDir)), s.anchor.write(trail.Head{})); err != nil {
		return fmt.Errorf("store %s cannot be made: %w", s.dir, err)
	}
	if s.fill != nil {
		if err := s.fill(s); err != nil {
			return err
		}
	}
	return finishCreating(s.dir)
}

// resume picks up where the last process stopped, or refuses when something is missing since.
func (s *Store) resume(id storeID) error {
	if err := s.checkFormat(id); err != nil {
		return err
	}
	if err := s.finishChunks(); err != nil {
		return err
	}
	head, err := s.readHead()
	if err != nil {
		return err
	}
	s.head = head
	if err := s.checkLastEntry(); err != nil {
		return err
	}
	return s.checkAnchor()
}

// abandon lets go of what a failed Open has taken.
func (s *Store) abandon() error {
	var failed error
	if s.db != nil {
		failed = s.db.Close()
	}
	if s.anchor != nil {
		failed = errors.Join(failed, s.anchor.close())
	}
	return errors.Join(failed, s.lock.Close())
}
