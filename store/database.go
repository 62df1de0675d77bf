package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2/z"
)

// checkDatabase looks at Badger's files before Badger does: without its manifest it would delete every table and start
// anew, an empty log makes it refuse to start, and a damaged table makes it panic where nobody can recover.
func checkDatabase(dir string, opt badger.Options) error {
	if err := removeEmptyLogs(opt.Dir); err != nil {
		return err
	}
	tables, err := readManifest(dir, opt)
	if err != nil {
		return err
	}
	for id, info := range tables {
		if err := checkTable(filepath.Join(opt.Dir, table.IDToFilename(id)), id, info); err != nil {
			return &Damaged{dir, fmt.Sprintf("table %s: %v", table.IDToFilename(id), err)}
		}
	}
	return nil
}

// removeEmptyLogs removes what a kill in the middle of making a log leaves behind.
func removeEmptyLogs(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the missing manifest says it better
		}
		return err
	}
	for _, file := range files {
		if !slices.Contains([]string{".mem", ".vlog"}, filepath.Ext(file.Name())) {
			continue
		}
		info, err := file.Info()
		if err == nil && info.Size() == 0 {
			err = os.Remove(filepath.Join(dir, file.Name()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readManifest(dir string, opt badger.Options) (map[uint64]badger.TableManifest, error) {
	file, err := os.Open(filepath.Join(opt.Dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Damaged{dir, filepath.Join(badgerDir, badger.ManifestFilename) + " is gone"}
	}
	if err != nil {
		return nil, err
	}
	manifest, _, err := badger.ReplayManifestFile(file, magic, opt)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, &Damaged{dir, fmt.Sprintf("%s: %v", filepath.Join(badgerDir, badger.ManifestFilename), err)}
	}
	return manifest.Tables, nil
}

var (
	errTableGone    = errors.New("it is gone")
	errTableDamaged = errors.New("its checksums do not match its content")
)

// checkTable verifies every checksum of a table. Badger's reader panics on some damage; here it can be caught. The
// table is opened as one in memory because then the mapping stays ours to give back.
func checkTable(path string, id uint64, info badger.TableManifest) (err error) {
	size, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errTableGone
	case err != nil:
		return err
	case size.Size() == 0:
		return errTableDamaged // and cannot be mapped
	}
	file, err := z.OpenMmapFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer func() {
		if recover() != nil {
			err = errTableDamaged
		}
		err = errors.Join(err, file.Close(-1))
	}()
	opened, err := table.OpenInMemoryTable(file.Data, id, &table.Options{ReadOnly: true, Compression: info.Compression})
	if err == nil {
		err = opened.VerifyChecksum()
	}
	if err != nil {
		return errTableDamaged
	}
	return nil
}
