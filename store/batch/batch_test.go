package batch

import (
	"strings"
	"testing"

	"patchdeck/engine"
)

func FuzzCheckTakesOnlyNamesThatSortAsTheyRead(f *testing.F) {
	f.Add("server", "srv-0001")
	f.Add("a/b", "x\x00y")
	f.Add("advertisement", "R-7/ä ö")
	f.Fuzz(func(t *testing.T, kind, id string) {
		err := Check(engine.Batch{Records: []engine.Record{{Kind: kind, ID: id}}}, engine.Batch{}.Head)
		if err == nil && (kind == "" || id == "" || strings.ContainsAny(kind+id, "\x00\n\x1b") || strings.Contains(kind, "/")) {
			t.Errorf("took kind %q, id %q", kind, id)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x00\n\x1b") {
			t.Errorf("the error shows control characters: %q", err)
		}
	})
}
