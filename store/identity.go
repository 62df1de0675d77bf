package store

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The identity file says that a folder is a store, and which. It is named creatingFile until the new store is whole:
// who finds that name knows that nothing was ever committed here.
const (
	identityFile = "identity.json"
	creatingFile = "creating.json"
	badgerDir    = "badger"
)

const maxIdentity = 4096 // bytes

type storeID [16]byte

func (id storeID) String() string { return hex.EncodeToString(id[:]) }

// identity finds out whose folder this is. isNew means that there is no store yet; its id is made and written down.
func identity(dir string) (id storeID, isNew bool, err error) {
	text, err := readBounded(filepath.Join(dir, identityFile))
	switch {
	case err == nil:
		id, err = parseIdentity(dir, text)
		return id, false, err
	case !errors.Is(err, fs.ErrNotExist):
		return id, false, err
	}
	if err := clearUnfinished(dir); err != nil {
		return id, false, err
	}
	if err := expectEmpty(dir); err != nil {
		return id, false, err
	}
	if _, err := rand.Read(id[:]); err != nil {
		return id, false, err
	}
	return id, true, startCreating(dir, id)
}

func parseIdentity(dir string, text []byte) (id storeID, err error) {
	var known format
	if err := json.Unmarshal(text, &known); err != nil {
		return id, &Damaged{dir, identityFile + " is not readable: " + err.Error()}
	}
	if err := known.check(dir); err != nil {
		return id, err
	}
	decoded, err := hex.DecodeString(known.Store)
	if err != nil || len(decoded) != len(id) {
		return id, &Damaged{dir, identityFile + " has no valid id"}
	}
	return storeID(decoded), nil
}

// clearUnfinished removes what a creation left behind that was killed half-way.
func clearUnfinished(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, creatingFile)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, name := range []string{badgerDir, anchorFile, creatingFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

// expectEmpty keeps us from making a store among somebody's files, or over one that lost its identity.
func expectEmpty(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		switch file.Name() {
		case lockFile, ballastFile:
		case badgerDir, anchorFile:
			return &Damaged{dir, identityFile + " is gone, but " + file.Name() + " is there"}
		default:
			return fmt.Errorf("%s is not a store and not empty (%.80q is in it): choose an empty folder", dir, file.Name())
		}
	}
	return nil
}

func startCreating(dir string, id storeID) error {
	text, err := format{Format: formatVersion, Store: id.String()}.encode()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, creatingFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return syncDir(dir)
}

// finishCreating makes the new store a store: everything else in it is durable by now.
func finishCreating(dir string) error {
	if err := os.Rename(filepath.Join(dir, creatingFile), filepath.Join(dir, identityFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxIdentity {
		return nil, fmt.Errorf("%s has %d bytes, more than it can need: it is not ours", path, info.Size())
	}
	return os.ReadFile(path)
}
