package storetest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/batch"
)

// Crash is what every call on a Memory gives once it has crashed. Like *store.UnknownOutcome it answers
// OutcomeUnknown: the caller cannot know whether its last commit became durable.
type Crash struct{ Commit int } // Commit counts from 1

func (c *Crash) Error() string        { return fmt.Sprintf("the store crashed at commit %d", c.Commit) }
func (c *Crash) OutcomeUnknown() bool { return true }

// Moment says what a crash leaves of the commit that it hits.
type Moment int

const (
	Before Moment = iota // nothing of it
	After                // all of it, though the caller never hears so
)

// Option changes how a Memory behaves.
type Option func(*Memory)

// CrashAt makes the store die at its n-th commit, counted from 1 since it was opened.
func CrashAt(n int, when Moment) Option {
	return func(m *Memory) { m.crashAt, m.crashWhen = n, when }
}

// Memory is an engine.Store that lives as long as the test.
type Memory struct {
	mutex     sync.Mutex
	records   map[name][]byte
	entries   [][]byte
	head      trail.Head
	commits   int
	crashAt   int
	crashWhen Moment
	gone      error // after Close or a crash
}

type name struct{ kind, id string }

var _ engine.Store = (*Memory)(nil)

// NewMemory gives an empty store.
func NewMemory(options ...Option) *Memory {
	m := &Memory{records: map[name][]byte{}}
	for _, option := range options {
		option(m)
	}
	return m
}

// Reopen gives what a new process finds after this one was closed or has crashed. The old store answers no more.
func (m *Memory) Reopen(options ...Option) *Memory {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	next := NewMemory(options...)
	for key, value := range m.records {
		next.records[key] = value
	}
	next.entries, next.head = slices.Clone(m.entries), m.head
	m.gone = errClosed
	return next
}

var errClosed = errors.New("the store is closed")

// Commits tells how many commits were asked for since the store was opened.
func (m *Memory) Commits() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.commits
}

// Commit implements engine.Store.
func (m *Memory) Commit(b engine.Batch) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.gone != nil {
		return m.gone
	}
	if err := batch.Check(b, m.head); err != nil {
		return err
	}
	m.commits++
	if m.commits == m.crashAt {
		m.gone = &Crash{m.commits}
	}
	if m.gone == nil || m.crashWhen == After {
		m.apply(b)
	}
	return m.gone
}

func (m *Memory) apply(b engine.Batch) {
	for _, record := range b.Records {
		key := name{record.Kind, record.ID}
		if record.Value == nil {
			delete(m.records, key)
		} else {
			m.records[key] = bytes.Clone(record.Value)
		}
	}
	for _, raw := range b.Entries {
		m.entries = append(m.entries, bytes.Clone(raw))
	}
	m.head = b.Head
}

// Load implements engine.Store.
func (m *Memory) Load(each func(engine.Record) error) error {
	records, err := m.snapshot()
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := each(record); err != nil {
			return err
		}
	}
	return nil
}

func (m *Memory) snapshot() ([]engine.Record, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var records []engine.Record
	for key, value := range m.records {
		records = append(records, engine.Record{Kind: key.kind, ID: key.id, Value: bytes.Clone(value)})
	}
	slices.SortFunc(records, func(a, b engine.Record) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return records, m.gone
}

// Head implements engine.Store.
func (m *Memory) Head() trail.Head {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.head
}

// Entries implements engine.Store.
func (m *Memory) Entries(from uint64, each func(seq uint64, raw []byte) error) error {
	m.mutex.Lock()
	entries, gone := m.entries, m.gone
	m.mutex.Unlock()
	if gone != nil {
		return gone
	}
	for seq := max(from, 1); seq <= uint64(len(entries)); seq++ {
		if err := each(seq, bytes.Clone(entries[seq-1])); err != nil {
			return err
		}
	}
	return nil
}

// Close implements engine.Store.
func (m *Memory) Close() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.gone == nil {
		m.gone = errClosed
	}
	return nil
}
