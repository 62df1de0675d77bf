package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
)

// Bounds of the free space on the store's disk, in bytes. The store itself refuses to write below 256 MiB, because Badger does not
// survive a full disk; so nothing that could wait may bring it there.
const (
	roomToWarn    = 2 << 30   // below: a person is told
	roomToStart   = 1 << 30   // below: nobody new starts
	roomToCommand = 512 << 20 // below: only commands that stop something are taken
)

// room is what is left on the store's disk; known is false when nobody measures it, as in a rehearsal.
func (e *Engine) room() (free uint64, known bool, err error) {
	if e.options.Free == nil {
		return 0, false, nil
	}
	free, err = e.options.Free()
	return free, true, err
}

// roomTrouble says that the disk has too little room left to start anybody, or "".
func (e *Engine) roomTrouble() string {
	free, known, err := e.room()
	switch {
	case !known:
		return ""
	case err != nil:
		return fmt.Sprintf("the free space of the store's disk is unknown (%v): nothing new starts until it can be read", err)
	case free < roomToStart:
		return fmt.Sprintf("the store's disk has %d MiB left: nothing new starts below %d MiB; free some space", free>>20, roomToStart>>20)
	}
	return ""
}

// refuseForRoom refuses a command that could wait when the disk is nearly full.
func (e *Engine) refuseForRoom(kind *commandKind) error {
	free, known, err := e.room()
	if kind.always || !known || err != nil || free >= roomToCommand {
		return nil
	}
	return fmt.Errorf("the store's disk has %d MiB left: below %d MiB only pausing, halting and closing a rollout are taken; free some space and repeat the command",
		free>>20, roomToCommand>>20)
}

// standstill says why nobody may start at all, whatever the rollout: the clock is not to be trusted, or the disk is nearly full.
func (e *Engine) standstill() string {
	if why := e.clockTrouble(); why != "" {
		return why
	}
	return e.roomTrouble()
}

// BackUp notes that a person takes a copy of everything in the store; the copy itself goes past the loop, from a snapshot.
type BackUp struct {
	To string // where the copy goes, in the words of who takes it
}

// AcceptStore goes on with a store whose anchor does not agree with its trail: a copy that was put in place, or one that lost its end.
type AcceptStore struct {
	Trouble string // what the store said when it was opened
	Reason  string
}

func (BackUp) Action() string      { return "store.backup" }
func (AcceptStore) Action() string { return "store.accept" }

type storeBackedUp struct {
	To string `json:"to"`
}

type storeAccepted struct {
	Trouble string `json:"trouble"`
}

func init() {
	offer((*Engine).backUp, approval.Lead, approval.Administrator)
	offer((*Engine).acceptStore, approval.Lead)
	register("store.backed-up",
		func(storeBackedUp) string { return "store" },
		func(s storeBackedUp) string { return "a copy of everything goes to " + s.To },
		func(*state, storeBackedUp, time.Time) error { return nil })
	register("store.accepted",
		func(storeAccepted) string { return "store" },
		func(s storeAccepted) string { return "taken as it is, though " + s.Trouble },
		func(*state, storeAccepted, time.Time) error { return nil })
	nouns = append(nouns, noun{needs: (*Engine).needRoom})
}

func (e *Engine) backUp(actor approval.Actor, c BackUp, now time.Time) (string, error) {
	e.must(storeBackedUp(c), actor, "", now)
	return "the backup may begin", nil
}

func (e *Engine) acceptStore(actor approval.Actor, c AcceptStore, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	e.must(storeAccepted{c.Trouble}, actor, c.Reason, now)
	return "the store is taken as it is; what it lost is lost: ask the servers for their facts before the next window", nil
}

// needRoom warns of a disk that fills up; when nothing starts any more, View.ReadOnly says so.
func (e *Engine) needRoom(v *View, _ time.Time, add addNeed) {
	if free, known, err := e.room(); known && err == nil && free >= roomToStart && free < roomToWarn {
		add(false, "", "the store's disk has %d MiB left: below %d MiB nothing new starts; free some space", free>>20, roomToStart>>20)
	}
}
