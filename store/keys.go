package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"patchdeck/engine/trail"
)

// The keys of the database; doc.go has the layout. Every prefix ends in '/', so that none contains another.
var (
	formatKey = []byte("m/format")
	headKey   = []byte("m/head")
	redoKey   = []byte("m/redo")

	entryPrefix  = []byte("a/")
	recordPrefix = []byte("r/")
	chunkPrefix  = []byte("x/")
)

// recordKey separates kind and id by a zero byte: it sorts before every byte of a kind, so keys sort by kind, then id.
func recordKey(kind, id string) []byte {
	return fmt.Appendf(nil, "%s%s\x00%s", recordPrefix, kind, id)
}

func splitRecordKey(key []byte) (kind, id string, ok bool) {
	first, second, ok := bytes.Cut(bytes.TrimPrefix(key, recordPrefix), []byte{0})
	return string(first), string(second), ok
}

func entryKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(bytes.Clone(entryPrefix), seq)
}

func seqOfEntryKey(key []byte) (uint64, bool) {
	if len(key) != len(entryPrefix)+8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key[len(entryPrefix):]), true
}

func chunkKey(set uint64, number int) []byte {
	key := binary.BigEndian.AppendUint64(bytes.Clone(chunkPrefix), set)
	return binary.BigEndian.AppendUint32(key, uint32(number))
}

// encodeHead gives the value of m/head: the sequence number, big endian, and the hash.
func encodeHead(head trail.Head) []byte {
	return append(binary.BigEndian.AppendUint64(nil, head.Seq), head.Hash[:]...)
}

func decodeHead(value []byte) (head trail.Head, ok bool) {
	if len(value) != 8+len(head.Hash) {
		return head, false
	}
	head.Seq = binary.BigEndian.Uint64(value)
	copy(head.Hash[:], value[8:])
	return head, true
}
