package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"patchdeck/engine/trail"
)

// anchorFile remembers the head of the trail outside of Badger, which can lose the end of its log without noticing.
//
// It has two slots of 512 bytes, written in turn, so that a torn write spoils only the older of two truths:
//
//	0   8  "pdanchor"
//	8  16  id of the store
//	24  8  generation, big endian: the higher of two valid slots counts
//	32  8  sequence number of the last entry, big endian
//	40 32  hash after it
//	72  4  CRC-32C of the bytes before, big endian; the rest is zero
const anchorFile = "anchor"

const (
	slotSize  = 512
	slotUsed  = 76
	slotMagic = "pdanchor"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// anchor is the open file and what it says.
type anchor struct {
	file       *os.File
	id         storeID
	generation uint64
	head       trail.Head
}

var (
	errNoAnchor      = errors.New("its anchor file is unreadable: neither of its two slots is valid")
	errForeignAnchor = errors.New("its anchor file belongs to another store")
)

// openAnchor opens the file and finds the newer valid slot. A new file has none: it says the empty trail.
func openAnchor(dir string, id storeID, isNew bool) (*anchor, error) {
	flags := os.O_RDWR
	if isNew {
		flags |= os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(filepath.Join(dir, anchorFile), flags, 0o600)
	if err != nil {
		return nil, err
	}
	a := &anchor{file: file, id: id}
	if !isNew {
		err = a.read()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func (a *anchor) read() error {
	text, err := io.ReadAll(io.NewSectionReader(a.file, 0, 2*slotSize))
	if err != nil {
		return err
	}
	found := false
	for start := 0; start+slotSize <= len(text); start += slotSize {
		id, generation, head, ok := decodeSlot(text[start : start+slotSize])
		if !ok || found && generation <= a.generation {
			continue
		}
		if id != a.id {
			return fmt.Errorf("%w (%s, this is %s)", errForeignAnchor, id, a.id)
		}
		a.generation, a.head, found = generation, head, true
	}
	if !found {
		return errNoAnchor
	}
	return nil
}

// write makes a head durable. After an error the file may say the old head or the new one.
func (a *anchor) write(head trail.Head) error {
	a.generation++
	slot := encodeSlot(a.id, a.generation, head)
	if _, err := a.file.WriteAt(slot, int64(a.generation%2)*slotSize); err != nil {
		return fmt.Errorf("the anchor cannot be written: %w", err)
	}
	if err := a.file.Sync(); err != nil {
		return fmt.Errorf("the anchor cannot be written: %w", err)
	}
	a.head = head
	return nil
}

func (a *anchor) close() error { return a.file.Close() }

func encodeSlot(id storeID, generation uint64, head trail.Head) []byte {
	slot := make([]byte, 0, slotSize)
	slot = append(slot, slotMagic...)
	slot = append(slot, id[:]...)
	slot = binary.BigEndian.AppendUint64(slot, generation)
	slot = binary.BigEndian.AppendUint64(slot, head.Seq)
	slot = append(slot, head.Hash[:]...)
	slot = binary.BigEndian.AppendUint32(slot, crc32.Checksum(slot, castagnoli))
	return slot[:slotSize]
}

func decodeSlot(slot []byte) (id storeID, generation uint64, head trail.Head, ok bool) {
	sum := binary.BigEndian.Uint32(slot[slotUsed-4:])
	if !bytes.HasPrefix(slot, []byte(slotMagic)) || sum != crc32.Checksum(slot[:slotUsed-4], castagnoli) {
		return id, 0, head, false
	}
	copy(id[:], slot[8:])
	generation = binary.BigEndian.Uint64(slot[24:])
	head.Seq = binary.BigEndian.Uint64(slot[32:])
	copy(head.Hash[:], slot[40:])
	return id, generation, head, true
}
