package store

import "fmt"

// Held says that another process has the store open.
type Held struct {
	PID int // 0 when the holder could not be found out
	Dir string
}

func (h *Held) Error() string {
	holder := "another process"
	if h.PID > 0 {
		holder = fmt.Sprintf("process %d", h.PID)
	}
	return fmt.Sprintf("store %s is held by %s: only one process can use it; ask that one, or stop it first", h.Dir, holder)
}

// Damaged says that the store is not what was last written to it, and must not be used. Badger may have cut off the
// unreadable end of its log by then; nothing else was changed.
type Damaged struct {
	Dir  string
	What string // what is wrong
}

func (d *Damaged) Error() string {
	return fmt.Sprintf("store %s is damaged: %s; keep this folder as evidence and restore a backup into a new one", d.Dir, d.What)
}

// LowSpace says that a write was refused because the disk is nearly full; nothing was written. Badger does not survive
// a full disk (its mapped files raise SIGBUS), so the store stops before.
type LowSpace struct {
	Dir        string
	Free, Need uint64 // bytes
}

func (l *LowSpace) Error() string {
	return fmt.Sprintf("store %s: only %d MiB are free on its disk, %d MiB are needed to go on safely; free some space, nothing was written",
		l.Dir, l.Free>>20, (l.Need+1<<20-1)>>20)
}

// UnknownOutcome says that a commit failed on its way to the disk: after a restart it may be there or not. The caller
// logs it and exits at once, without Close; the next start finds out.
type UnknownOutcome struct {
	Dir string
	Err error
}

func (u *UnknownOutcome) Error() string {
	return fmt.Sprintf("store %s: it is unknown whether the last change was written: %v; stop this process and start it again", u.Dir, u.Err)
}

func (u *UnknownOutcome) Unwrap() error { return u.Err }

// OutcomeUnknown lets those recognise the error who may not know this package.
func (u *UnknownOutcome) OutcomeUnknown() bool { return true }
