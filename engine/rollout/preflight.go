package rollout

import (
	"fmt"
	"time"

	"patchdeck/engine/inventory"
)

// Wanted is what a preflight asks of a server.
type Wanted struct {
	Room int64 // bytes free on its system drive
}

// Health is what a server says ahead of its window about everything that an installation will need.
type Health struct {
	Time       time.Time  // the server's clock
	Obstacles  []*Failure // what would stop an installation, worst first; one with Retry passes by itself
	Servicing  bool       // its servicing is at work
	Backup     bool       // its own backup tool is there and can be asked
	LastBackup time.Time  // the newest good one that it knows of; zero is none
}

// remedies say what to do about a failed preflight. A server is tried again by rollout retry.
var remedies = map[Class]string{
	ClassDisk:   "free room on its system drive, then retry it",
	ClassConfig: "mend its set-up, then retry it",
	ClassAccess: "mend the rights of the account, then retry it",
	ClassBusy:   "let it come to rest, then retry it",
	ClassSource: "mend its road to the source, then retry it",
}

// findings are obstacles that somebody should mend and that do not stop an installation: a server whose clock is off has let us in all the same.
var findings = map[string]bool{"PD-CLOCK": true}

// unfit judges a server's health: why it may not be staged now. A failure with Retry may pass before its window; others need a person.
// What a preflight finds was there before the update, so it never scores.
func (p Policy) unfit(f *inventory.Facts, h *Health) *Failure {
	if f.SystemDriveFree < p.DiskNeeded {
		return remedied(&Failure{Class: ClassDisk, Code: "PD-DISK", Words: fmt.Sprintf(
			"system drive: %s free, %s needed", gigabytes(f.SystemDriveFree), gigabytes(p.DiskNeeded))})
	}
	if h == nil {
		return nil
	}
	var passing *Failure
	for _, o := range h.Obstacles {
		if findings[o.Code] {
			continue
		}
		if !o.Retry {
			return remedied(o)
		}
		if passing == nil {
			passing = o
		}
	}
	switch why := p.backupMissing(h); {
	case why != nil:
		return remedied(why)
	case passing != nil:
		return passing
	case h.Servicing:
		return &Failure{Class: ClassBusy, Code: "PD-SERVICING", Words: "its servicing is at work: it waits until that is done", Retry: true}
	}
	return nil
}

// backupMissing demands a backup that is new enough, where the policy wants one.
func (p Policy) backupMissing(h *Health) *Failure {
	if p.BackupWithin <= 0 {
		return nil
	}
	words := ""
	switch age := h.Time.Sub(h.LastBackup); {
	case !h.Backup:
		words = "it has no backup tool that can be asked"
	case h.LastBackup.IsZero():
		words = "it knows of no good backup"
	case age > p.BackupWithin:
		words = fmt.Sprintf("its last good backup is %d hours old", int(age/time.Hour))
	default:
		return nil
	}
	return &Failure{Class: ClassConfig, Code: "PD-BACKUP", Words: fmt.Sprintf("%s, and one within %d hours is demanded", words, int(p.BackupWithin/time.Hour))}
}

func remedied(f *Failure) *Failure {
	next := *f
	if todo := remedies[f.Class]; todo != "" {
		next.Words += ": " + todo
	}
	return &next
}
