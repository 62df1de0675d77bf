package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"patchdeck/engine/trail"
)

// Fold replays a trail into records; tests of the package engine_test compare them with the store's.
func Fold(t *testing.T, store Store) []Record {
	t.Helper()
	s := newState()
	err := store.Entries(1, func(_ uint64, raw []byte) error {
		var entry trail.Entry
		if err := json.Unmarshal(raw, &entry); err != nil {
			return err
		}
		return s.fold(entry.Action, entry.Body, entry.At)
	})
	if err != nil {
		t.Fatal(err)
	}
	records, err := s.changed()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(records, func(r Record) bool { return r.Value == nil })
}

// Commands are all commands there are, each without anything in it, by action.
func Commands() (list []Command) {
	for _, action := range slices.Sorted(maps.Keys(commandTable)) {
		list = append(list, commandTable[action].zero)
	}
	return list
}

// WallClockShowing is a machine's clock whose wall shows what a test says.
func WallClockShowing(wall func() time.Time) *WallClock {
	c := NewWallClock()
	c.wall = wall
	return c
}
