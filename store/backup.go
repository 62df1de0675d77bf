package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/batch"
)

// A backup is a line with its format, then keys and values as in the database, each after its length as a varint:
// all records, then all audit entries. A key of length zero ends them; its value is the trail's head as in m/head.
// The last 32 bytes are the SHA-256 of everything before.
const backupMagic = "patchdeck backup 1\n"

// BackupReport says what a backup holds.
type BackupReport struct {
	Records uint64
	Trail   trail.Report
}

// Backup writes everything as it is at this moment, while commits go on.
func (s *Store) Backup(w io.Writer) (BackupReport, error) {
	view, err := s.snapshot()
	if err != nil {
		return BackupReport{}, err
	}
	defer view.release()
	out := &backupWriter{to: bufio.NewWriterSize(w, 256<<10), sum: sha256.New()}
	out.write([]byte(backupMagic))
	var report BackupReport
	failed := view.records(func(r engine.Record) error {
		report.Records++
		return out.pair(recordKey(r.Kind, r.ID), r.Value)
	})
	entries := trail.NewVerifier()
	if failed == nil {
		failed = view.entries(1, func(seq uint64, raw []byte) error {
			if err := entries.Add(raw); err != nil {
				return err
			}
			return out.pair(entryKey(seq), raw)
		})
	}
	report.Trail = entries.Report()
	if failed != nil {
		return report, failed
	}
	return report, out.finish(view.head)
}

// backupWriter keeps the first error and writes nothing after it.
type backupWriter struct {
	to     *bufio.Writer
	sum    hash.Hash
	failed error
}

func (w *backupWriter) write(text []byte) {
	if w.failed == nil {
		w.sum.Write(text)
		_, w.failed = w.to.Write(text)
	}
}

func (w *backupWriter) pair(key, value []byte) error {
	w.write(binary.AppendUvarint(nil, uint64(len(key))))
	w.write(key)
	w.write(binary.AppendUvarint(nil, uint64(len(value))))
	w.write(value)
	return w.failed
}

func (w *backupWriter) finish(head trail.Head) error {
	if err := w.pair(nil, encodeHead(head)); err != nil {
		return err
	}
	w.write(w.sum.Sum(nil))
	return errors.Join(w.failed, w.to.Flush())
}

// VerifyBackup reads a backup to its end and checks all of it, with no store at hand.
func VerifyBackup(r io.Reader) (BackupReport, error) {
	return readBackup(r, func(engine.Record, []byte) error { return nil })
}

// readBackup gives the records and then the entries of a backup, one at a time; the other argument is empty. What was
// given counts only when the error is nil: damage may show at the end.
func readBackup(r io.Reader, each func(record engine.Record, raw []byte) error) (BackupReport, error) {
	in := &backupReader{from: bufio.NewReaderSize(r, 256<<10), sum: sha256.New()}
	var report BackupReport
	entries := trail.NewVerifier()
	magic := make([]byte, len(backupMagic))
	if err := in.read(magic); err != nil || string(magic) != backupMagic {
		return report, errors.New("this is not a backup of a patchdeck store, or one of a newer version")
	}
	for {
		key, value, err := in.pair()
		if err == nil && len(key) == 0 {
			err = in.finish(value, report.Trail.Head)
			return report, backupError(report, err)
		}
		if err == nil {
			err = given(key, value, entries, &report, each)
		}
		report.Trail = entries.Report()
		if err != nil {
			return report, backupError(report, err)
		}
	}
}

func given(key, value []byte, entries *trail.Verifier, report *BackupReport, each func(engine.Record, []byte) error) error {
	kind, id, isRecord := splitRecordKey(key)
	switch {
	case bytes.HasPrefix(key, recordPrefix) && isRecord && report.Trail.Entries == 0:
		report.Records++
		return each(engine.Record{Kind: kind, ID: id, Value: value}, nil)
	case bytes.Equal(key, entryKey(report.Trail.Last+1)):
		if err := entries.Add(value); err != nil {
			return err
		}
		return each(engine.Record{}, value)
	}
	return fmt.Errorf("the key %.80q is out of place", key)
}

func backupError(report BackupReport, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the backup is not usable, after %d records and %d audit entries: %w; take another one", report.Records, report.Trail.Entries, err)
}

type backupReader struct {
	from *bufio.Reader
	sum  hash.Hash
}

var errBackupCut = errors.New("it is cut off")

func (r *backupReader) read(into []byte) error {
	if _, err := io.ReadFull(r.from, into); err != nil {
		return cutOr(err)
	}
	r.sum.Write(into)
	return nil
}

// cutOr tells a file that ends too early from a disk that cannot be read.
func cutOr(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errBackupCut
	}
	return err
}

func (r *backupReader) pair() (key, value []byte, err error) {
	if key, err = r.field(len(recordPrefix) + batch.MaxKind + 1 + batch.MaxID); err != nil {
		return nil, nil, err
	}
	value, err = r.field(max(batch.MaxValue, trail.MaxEntry))
	return key, value, err
}

func (r *backupReader) field(limit int) ([]byte, error) {
	length, err := binary.ReadUvarint(r.from)
	if err != nil {
		return nil, cutOr(err)
	}
	if length > uint64(limit) {
		return nil, fmt.Errorf("it has a field of %d bytes, the limit is %d", length, limit)
	}
	r.sum.Write(binary.AppendUvarint(nil, length))
	text := make([]byte, length)
	return text, r.read(text)
}

// finish checks the end of the backup against what was read before.
func (r *backupReader) finish(value []byte, reached trail.Head) error {
	if head, ok := decodeHead(value); !ok || head != reached {
		return fmt.Errorf("its entries lead to entry %d (%s), which is not the head it was made at", reached.Seq, reached)
	}
	expected := r.sum.Sum(nil)
	found := make([]byte, len(expected))
	if err := r.read(found); err != nil {
		return err
	}
	if !bytes.Equal(found, expected) {
		return errors.New("its checksum does not match its content")
	}
	if _, err := r.from.ReadByte(); err != io.EOF {
		return errors.New("something follows its end")
	}
	return nil
}
