package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"patchdeck/engine/trail"
)

// A batch that is too large for one transaction is made current by a small one:
//
//  1. its writes are stored in chunks, under keys that nobody reads;
//  2. one transaction activates the set: from here on the batch is committed;
//  3. the chunks are applied, each in a transaction;
//  4. one transaction sets the head, says that the set is applied, and drops the chunks.
//
// A crash before 2 leaves chunks that the next Open sweeps, a crash after it a set that the next Open applies (again:
// applying twice is the same as once).

// redo is the value of m/redo. It is never deleted: a set that was applied must not be applied again later.
type redo struct {
	Set    uint64 `json:"set"`
	Chunks int    `json:"chunks"`
	Seq    uint64 `json:"seq"` // the trail's head after the set
	Hash   string `json:"hash"`
	Active bool   `json:"active"` // activated and not yet applied
}

// A chunk is one value below Badger's threshold of 1 MiB, and its writes fit one transaction.
const (
	maxChunkBytes  = 1_040_000
	maxChunkWrites = 10_000
)

func (s *Store) writeInChunks(writes []write, head trail.Head) error {
	chunks := splitChunks(writes)
	set := redo{Set: s.set + 1, Chunks: len(chunks), Seq: head.Seq, Hash: head.String(), Active: true}
	for number, chunk := range chunks {
		if err := s.transact([]write{{chunkKey(set.Set, number), encodeChunk(chunk)}}); err != nil {
			return err
		}
	}
	if err := s.transactRedo(set, nil); err != nil {
		return err
	}
	s.set = set.Set
	for _, chunk := range chunks {
		if err := s.transact(chunk); err != nil {
			return err
		}
	}
	return s.dropChunks(set)
}

func (s *Store) transactRedo(set redo, writes []write, deleted ...[]byte) error {
	value, err := json.Marshal(set)
	if err != nil {
		return err
	}
	return s.transact(append(writes, write{redoKey, value}), deleted...)
}

// dropChunks is the last step.
func (s *Store) dropChunks(set redo) error {
	hash, err := trail.ParseHash(set.Hash)
	if err != nil {
		return &Damaged{s.dir, "its redo record has no valid hash"}
	}
	set.Active = false
	if err := s.transactRedo(set, []write{{headKey, encodeHead(trail.Head{Seq: set.Seq, Hash: hash})}}); err != nil {
		return err
	}
	return s.sweepChunks()
}

// finishChunks brings a batch to its end that a crash has cut short, or removes what it left.
func (s *Store) finishChunks() error {
	value, err := s.get(redoKey)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return s.sweepChunks()
	}
	if err != nil {
		return err
	}
	var set redo
	if err := json.Unmarshal(value, &set); err != nil {
		return &Damaged{s.dir, "its redo record is not readable: " + err.Error()}
	}
	s.set = set.Set
	if !set.Active {
		return s.sweepChunks()
	}
	for number := range set.Chunks {
		if err := s.applyChunk(set.Set, number); err != nil {
			return err
		}
	}
	return s.dropChunks(set)
}

func (s *Store) applyChunk(set uint64, number int) error {
	value, err := s.get(chunkKey(set, number))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return &Damaged{s.dir, fmt.Sprintf("chunk %d of the committed set %d is gone", number, set)}
	}
	if err != nil {
		return err
	}
	writes, ok := decodeChunk(value)
	if !ok {
		return &Damaged{s.dir, fmt.Sprintf("chunk %d of the committed set %d is not readable", number, set)}
	}
	return s.transact(writes)
}

// sweepChunks removes all chunks: it is called only when none is needed.
func (s *Store) sweepChunks() error {
	for {
		keys, err := s.chunkKeys(1000)
		if err != nil || len(keys) == 0 {
			return err
		}
		if err := s.transact(nil, keys...); err != nil {
			return err
		}
	}
}

func (s *Store) chunkKeys(limit int) (keys [][]byte, err error) {
	err = s.db.View(func(txn *badger.Txn) error {
		options := badger.DefaultIteratorOptions
		options.PrefetchValues, options.Prefix = false, chunkPrefix
		found := txn.NewIterator(options)
		defer found.Close()
		for found.Rewind(); found.Valid() && len(keys) < limit; found.Next() {
			keys = append(keys, found.Item().KeyCopy(nil))
		}
		return nil
	})
	return keys, err
}

func splitChunks(writes []write) (chunks [][]write) {
	start, size := 0, 0
	for i, w := range writes {
		length := len(w.key) + len(w.value) + 2*binary.MaxVarintLen32
		if i > start && (size+length > maxChunkBytes || i-start == maxChunkWrites) {
			chunks, start, size = append(chunks, writes[start:i]), i, 0
		}
		size += length
	}
	return append(chunks, writes[start:])
}

// encodeChunk writes keys and values one after the other, each after its length as a varint.
func encodeChunk(writes []write) []byte {
	var chunk []byte
	for _, w := range writes {
		chunk = append(binary.AppendUvarint(chunk, uint64(len(w.key))), w.key...)
		chunk = append(binary.AppendUvarint(chunk, uint64(len(w.value))), w.value...)
	}
	return chunk
}

func decodeChunk(chunk []byte) (writes []write, ok bool) {
	for len(chunk) > 0 {
		var w write
		if w.key, chunk, ok = cutField(chunk); !ok || len(w.key) == 0 {
			return nil, false
		}
		if w.value, chunk, ok = cutField(chunk); !ok {
			return nil, false
		}
		writes = append(writes, w)
	}
	return writes, true
}

func cutField(from []byte) (field, rest []byte, ok bool) {
	length, used := binary.Uvarint(from)
	if used <= 0 || length > uint64(len(from)-used) {
		return nil, nil, false
	}
	end := used + int(length)
	return from[used:end:end], from[end:], true
}
