package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ballastFile takes room on the disk that can be given back when nothing else helps.
const ballastFile = "ballast"

// openFree is what opening needs at most: Badger's log and value log, and a table while one is written. Between this
// and the limit for commits a store can be read.
const openFree = 64 << 20

// prepareSpace refuses to open on a full disk, giving up the ballast first.
func (s settings) prepareSpace(dir string) error {
	free, err := s.free(dir)
	if err != nil {
		return fmt.Errorf("store %s: the free space of its disk is unknown: %w", dir, err)
	}
	if free < s.minFree {
		if free, err = s.giveUpBallast(dir, free); err != nil {
			return fmt.Errorf("store %s: the ballast file cannot be given up: %w", dir, err)
		}
	}
	if need := min(s.minFree, openFree); free < need {
		return &LowSpace{Dir: dir, Free: free, Need: need}
	}
	return s.keepBallast(dir, free)
}

func (s settings) giveUpBallast(dir string, free uint64) (uint64, error) {
	err := os.Remove(filepath.Join(dir, ballastFile))
	if errors.Is(err, fs.ErrNotExist) {
		return free, nil
	}
	if err != nil {
		return free, err
	}
	s.logger.Warn("the disk is nearly full: the ballast file was given up", "folder", dir, "free_bytes", free)
	return s.free(dir)
}

// keepBallast writes the ballast when it is wanted and missing, and twice the limit stays free beside it.
func (s settings) keepBallast(dir string, free uint64) error {
	path := filepath.Join(dir, ballastFile)
	if s.ballast == 0 || free < s.ballast+2*s.minFree {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.Size() >= int64(s.ballast) {
		return nil
	}
	if err := writeBallast(path, s.ballast); err != nil {
		return errors.Join(fmt.Errorf("store %s: the ballast file cannot be written: %w", dir, err), os.Remove(path))
	}
	return nil
}

// writeBallast writes zeros instead of setting the size: a hole takes no room.
func writeBallast(path string, size uint64) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for written := uint64(0); written < size && err == nil; written += uint64(len(zeros)) {
		_, err = file.Write(zeros[:min(uint64(len(zeros)), size-written)])
	}
	return errors.Join(err, file.Sync(), file.Close())
}

// expectSpace refuses a write of so many bytes when the disk comes too close to full. A write reaches the disk in
// Badger's log and in a table, and twice more when it is made in chunks.
func (s *Store) expectSpace(size int) error {
	if s.minFree == 0 {
		return nil
	}
	free, err := s.free(s.dir)
	if err != nil {
		return fmt.Errorf("store %s: the free space of its disk is unknown, nothing was written: %w", s.dir, err)
	}
	if need := s.minFree + 4*uint64(size); free < need {
		return &LowSpace{Dir: s.dir, Free: free, Need: need}
	}
	return nil
}

// Free gives the bytes that may still be written to the store's disk, for a warning before commits are refused.
func (s *Store) Free() (uint64, error) { return s.free(s.dir) }
