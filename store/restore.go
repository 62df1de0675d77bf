package store

import (
	"fmt"
	"io"

	"patchdeck/engine"
)

// Restore makes a new store from a backup, in a folder that is empty or missing. The folder becomes a store only when
// the whole backup was read and found right. The new store has an id of its own: the anchor of the old folder says
// nothing of it, so the caller compares the report's head with the last one that was noted elsewhere.
func Restore(dir string, r io.Reader, options ...Option) (BackupReport, error) {
	var report BackupReport
	fill := func(s *settings) {
		s.fill = func(s *Store) (err error) {
			report, err = s.fillFrom(r)
			return err
		}
	}
	s, err := Open(dir, append(options, fill)...)
	if err != nil {
		return report, err
	}
	return report, s.Close()
}

// A lot is what goes into one commit of a restore.
const (
	lotWrites = 1000
	lotBytes  = 1 << 20
)

func (s *Store) fillFrom(r io.Reader) (BackupReport, error) {
	var lot engine.Batch
	size := 0
	flush := func() error {
		lot.Head = s.head
		for _, raw := range lot.Entries {
			lot.Head = lot.Head.Advance(raw)
		}
		err := s.Commit(lot)
		lot, size = engine.Batch{}, 0
		return err
	}
	report, err := readBackup(r, func(record engine.Record, raw []byte) error {
		if raw != nil {
			lot.Entries = append(lot.Entries, raw)
		} else {
			lot.Records = append(lot.Records, record)
		}
		size += len(record.Value) + len(raw)
		if len(lot.Records)+len(lot.Entries) < lotWrites && size < lotBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return report, err
	}
	if err := flush(); err != nil {
		return report, err
	}
	if s.head != report.Trail.Head {
		return report, fmt.Errorf("the restored trail ends at entry %d (%s), the backup at %d (%s)", s.head.Seq, s.head, report.Trail.Last, report.Trail.Head)
	}
	return report, nil
}

// refuseToFill keeps Restore from mixing a backup into a store.
func (s *Store) refuseToFill() error {
	if s.fill == nil {
		return nil
	}
	return fmt.Errorf("%s holds a store already: restore into an empty folder", s.dir)
}
