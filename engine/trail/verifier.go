package trail

import (
	"fmt"
	"time"
)

const doRestore = "keep this copy as evidence and compare it with a backup or an earlier export"

// Break is the first place where a trail is not what was written.
type Break struct {
	Seq  uint64 // of the entry that should stand there
	What string // what is wrong with it
	Do   string // what a person does now
}

func (b *Break) Error() string { return fmt.Sprintf("audit entry %d %s; %s", b.Seq, b.What, b.Do) }

// Report is what a verification found. After a break it covers the entries before it.
type Report struct {
	Entries     uint64
	First, Last uint64    // sequence numbers, 0 without entries; First is 1 when the trail is whole
	Since, Till time.Time // of the first and the last entry
	Head        Head
}

// Verifier checks a trail line by line in constant memory. NewVerifier and SegmentVerifier make one.
type Verifier struct {
	report  Report
	segment bool // the start is taken from the first entry
	broken  error
}

// NewVerifier checks a trail from its beginning.
func NewVerifier() *Verifier { return &Verifier{} }

// SegmentVerifier checks part of a trail: it trusts the number and the hash that the first entry claims to follow.
func SegmentVerifier() *Verifier { return &Verifier{segment: true} }

// Add checks the next line. The first break (a *Break) is given again for every line after it.
func (v *Verifier) Add(raw []byte) error {
	if v.broken != nil {
		return v.broken
	}
	e, err := v.follow(raw)
	if err != nil {
		v.broken = err
		return err
	}
	if v.report.Entries == 0 {
		v.report.First, v.report.Since = e.Seq, e.At
	}
	v.report.Entries++
	v.report.Last, v.report.Till = e.Seq, e.At
	return nil
}

func (v *Verifier) follow(raw []byte) (Entry, error) {
	from := v.report.Head
	if v.segment && v.report.Entries == 0 {
		from = claimedStart(raw)
	}
	e, next, err := from.Follow(raw)
	if err == nil {
		v.report.Head = next
	}
	return e, err
}

// claimedStart gives the head that an entry says it follows, or the zero Head when it cannot be read: Follow then
// says why.
func claimedStart(raw []byte) Head {
	e, err := parse(raw)
	if err != nil || e.Seq == 0 {
		return Head{}
	}
	hash, err := ParseHash(e.Prev)
	if err != nil {
		return Head{}
	}
	return Head{Seq: e.Seq - 1, Hash: hash}
}

// Report tells what was checked so far.
func (v *Verifier) Report() Report { return v.report }
