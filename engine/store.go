package engine

import "patchdeck/engine/trail"

// Record is one stored value. Kind groups records of one type ("server", "advertisement"); ID is unique in its kind.
// A nil Value removes the record.
type Record struct {
	Kind, ID string
	Value    []byte
}

// Batch is one durable step: the records that changed and the audit entries that explain why, in order.
type Batch struct {
	Records []Record
	Entries [][]byte   // audit entries exactly as hashed
	Head    trail.Head // the trail's head after the last entry
}

// Store keeps records and the audit trail. Commit is called by the engine's loop alone.
type Store interface {
	// Commit makes the whole batch durable, or nothing of it, whatever its size. An error other than a refusal means that
	// the outcome is unknown: the caller must stop the process and let the next start find out.
	Commit(Batch) error
	// Load gives every current record, ordered by kind and then by id.
	Load(func(Record) error) error
	// Head is the head of the trail as last committed.
	Head() trail.Head
	// Entries gives the raw audit entries from a sequence number on, in order.
	Entries(from uint64, each func(seq uint64, raw []byte) error) error
	Close() error
}
