package trail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Head is the end of a trail: the sequence number of its last entry and the hash over everything up to it. The zero
// Head is the empty trail.
type Head struct {
	Seq  uint64
	Hash [32]byte
}

// String gives the hash in hex, as people compare it.
func (h Head) String() string { return hex.EncodeToString(h.Hash[:]) }

// ParseHash reads a hash as Head.String writes it.
func ParseHash(text string) (hash [32]byte, err error) {
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != len(hash) || hex.EncodeToString(decoded) != text {
		return hash, fmt.Errorf("%.80q is not a hash of 64 lower-case hex digits", text)
	}
	return [32]byte(decoded), nil
}

// Append makes e the next entry of the trail: it sets V, Seq and Prev and gives the line to store, without a line
// break, and the head after it. The line must be stored exactly as it is.
func (h Head) Append(e Entry) (raw []byte, next Head, err error) {
	e.V, e.Seq, e.Prev = Version, h.Seq+1, h.String()
	e.At = e.At.UTC()
	if err := e.check(); err != nil {
		return nil, h, fmt.Errorf("audit entry %d (%s) cannot be written: %w", e.Seq, e.Action, err)
	}
	raw, err = json.Marshal(e)
	if err != nil {
		return nil, h, fmt.Errorf("audit entry %d (%s) cannot be written: %w", e.Seq, e.Action, err)
	}
	if len(raw) > MaxEntry {
		return nil, h, fmt.Errorf("audit entry %d (%s) cannot be written: it is %d bytes long, the limit is %d; put the bulk into records",
			e.Seq, e.Action, len(raw), MaxEntry)
	}
	return raw, h.Advance(raw), nil
}

// Advance gives the head after a line without reading it: what a store needs to keep its place.
func (h Head) Advance(raw []byte) Head {
	digest := sha256.New()
	digest.Write(h.Hash[:])
	digest.Write(raw)
	next := Head{Seq: h.Seq + 1}
	digest.Sum(next.Hash[:0])
	return next
}

// Follow reads the line that comes after h and checks that it is the next one: number, hash before it, strict format.
// An error is a *Break.
func (h Head) Follow(raw []byte) (Entry, Head, error) {
	e, err := parse(raw)
	if err != nil {
		return Entry{}, h, &Break{Seq: h.Seq + 1, What: "is not readable: " + err.Error(), Do: doRestore}
	}
	if broken := h.breakBefore(e); broken != nil {
		return Entry{}, h, broken
	}
	return e, h.Advance(raw), nil
}

func (h Head) breakBefore(e Entry) *Break {
	expected := h.Seq + 1
	switch {
	case e.V != Version:
		return &Break{expected, fmt.Sprintf("has format %d, this program knows %d", e.V, Version),
			"use the version of patchdeck that wrote it"}
	case e.Seq > expected:
		return &Break{expected, fmt.Sprintf("is missing: entry %d comes after entry %d", e.Seq, h.Seq), doRestore}
	case e.Seq < expected:
		return &Break{expected, fmt.Sprintf("is missing: entry %d stands in its place", e.Seq), doRestore}
	case e.Prev != h.String():
		return &Break{expected, "does not continue the chain: it or an entry before it was changed", doRestore}
	}
	if err := e.check(); err != nil {
		return &Break{expected, "is incomplete: " + err.Error(), doRestore}
	}
	return nil
}
