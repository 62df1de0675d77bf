package batch

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"patchdeck/engine"
	"patchdeck/engine/trail"
)

// Limits in bytes. A value that is larger would leave Badger's synced log for its value log, which can lose it in a
// power cut; what is larger is split into several records by its owner.
const (
	MaxKind  = 64
	MaxID    = 256
	MaxValue = 1_000_000
)

// Check tells why a batch cannot follow head, or nil.
func Check(b engine.Batch, head trail.Head) error {
	for _, record := range b.Records {
		if err := checkRecord(record); err != nil {
			return fmt.Errorf("record %.80q %.300q: %w", record.Kind, record.ID, err)
		}
	}
	for _, raw := range b.Entries {
		if len(raw) == 0 || len(raw) > trail.MaxEntry {
			return fmt.Errorf("audit entry %d has %d bytes, 1 to %d are allowed", head.Seq+1, len(raw), trail.MaxEntry)
		}
		head = head.Advance(raw)
	}
	if head != b.Head {
		return fmt.Errorf("the trail stands at entry %d (%s) after this batch, its head says entry %d (%s): it was not made on top of what is stored",
			head.Seq, head, b.Head.Seq, b.Head)
	}
	return nil
}

func checkRecord(record engine.Record) error {
	switch {
	case record.Kind == "" || len(record.Kind) > MaxKind:
		return fmt.Errorf("its kind has %d bytes, 1 to %d are allowed", len(record.Kind), MaxKind)
	case record.ID == "" || len(record.ID) > MaxID:
		return fmt.Errorf("its id has %d bytes, 1 to %d are allowed", len(record.ID), MaxID)
	case !isKind(record.Kind):
		return errors.New("its kind may have small letters, digits, '-' and '_' only")
	case !isID(record.ID):
		return errors.New("its id is not UTF-8 or has control characters")
	case record.Value != nil && len(record.Value) == 0:
		return errors.New("its value is empty; only nil removes a record")
	case len(record.Value) > MaxValue:
		return fmt.Errorf("its value has %d bytes, the limit is %d; split it", len(record.Value), MaxValue)
	}
	return nil
}

func isKind(kind string) bool {
	for _, c := range []byte(kind) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func isID(id string) bool {
	for _, c := range id {
		if unicode.IsControl(c) {
			return false
		}
	}
	return utf8.ValidString(id)
}
