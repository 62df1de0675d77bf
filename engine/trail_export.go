package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/trail"
)

// Exports keeps copies of the audit trail on the machine that this console runs on.
type Exports interface {
	// Keep makes a new file and lets fill write it, whole or not at all. It tells people where the file lies.
	Keep(name string, fill func(io.Writer) error) (where string, err error)
}

// RecordExport records that a copy of the trail was kept. It is made by Engine.ExportTrail alone, which writes the copy.
type RecordExport struct {
	Where        string
	Entries      uint64
	Head, Reason string
}

func (RecordExport) Action() string { return "audit.export" }

type trailExported struct {
	Where   string `json:"where"`
	Entries uint64 `json:"entries"`
	Head    string `json:"head"`
}

func init() {
	offer((*Engine).recordExport, approval.Lead, approval.Administrator, approval.Authority, approval.Board, approval.Security)
	register("audit.exported",
		func(trailExported) string { return "audit" },
		func(e trailExported) string {
			return fmt.Sprintf("entries 1 to %d are in %s, head %s", e.Entries, e.Where, e.Head)
		},
		func(*state, trailExported, time.Time) error { return nil })
}

// ExportTrail writes the trail as it stands now into a file that anybody can verify, and records that. It reads beside the loop: nobody waits
// for it.
func (e *Engine) ExportTrail(ctx context.Context, actor approval.Actor, reason string) (string, error) {
	if !May(actor, RecordExport{}.Action()) {
		return e.Do(ctx, actor, RecordExport{Reason: reason}) // the loop refuses it, on the record
	}
	if err := demandReason(reason); err != nil {
		return "", err
	}
	v := e.View()
	switch {
	case e.options.Exports == nil:
		return "", errors.New("this console keeps no exports: patchdeck audit export FILE writes one where you are")
	case v.ReadOnly != "":
		return "", errors.New(v.ReadOnly)
	}
	if free, known, err := e.room(); err != nil || known && free < roomToWarn {
		return "", fmt.Errorf("the store's disk has too little room for a copy of the trail: patchdeck audit export FILE writes one where you are")
	}
	var report trail.Report
	where, err := e.options.Exports.Keep(fmt.Sprintf("trail-%d-%.8s.jsonl", v.Head.Seq, v.Head), func(w io.Writer) (err error) {
		report, err = WriteTrail(ctx, e, w)
		return err
	})
	if err != nil {
		return "", err
	}
	return e.Do(ctx, actor, RecordExport{Where: where, Entries: report.Entries, Head: report.Head.String(), Reason: reason})
}

// errEnough ends a reading of the trail where the wanted stretch ends.
var errEnough = errors.New("enough")

// WriteTrail writes the trail as it stands now, and checks on the way that it is whole: an export without its last line, the manifest, is
// none. What is recorded meanwhile is not its business.
func WriteTrail(ctx context.Context, console Console, w io.Writer) (trail.Report, error) {
	head := console.View().Head
	report, err := trail.WriteExport(w, func(each func(uint64, []byte) error) error {
		err := console.Entries(1, func(seq uint64, raw []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if seq > head.Seq {
				return errEnough
			}
			return each(seq, raw)
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	if err == nil && report.Head != head {
		err = fmt.Errorf("the trail ends with entry %d, but the engine knows entry %d: it lost its end; keep this copy as evidence and restore a backup", report.Last, head.Seq)
	}
	if err != nil {
		return report, fmt.Errorf("the export is not complete: %w", err)
	}
	return report, nil
}

func (e *Engine) recordExport(actor approval.Actor, c RecordExport, now time.Time) (string, error) {
	e.must(trailExported{Where: c.Where, Entries: c.Entries, Head: c.Head}, actor, c.Reason, now)
	return fmt.Sprintf("entries 1 to %d are in %s, head %s", c.Entries, c.Where, c.Head), nil
}
