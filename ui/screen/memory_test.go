package screen

import (
	"runtime"
	"testing"

	"patchdeck/engine"
	"patchdeck/ui/uitest"
)

// allocated is what it takes to make a console over a view, in bytes.
func allocated(t *testing.T, view *engine.View) uint64 {
	t.Helper()
	console := uitest.NewConsole(view)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	root := New(Options{Actor: lead, Console: console, Theme: mono})
	runtime.ReadMemStats(&after)
	root.Close()
	return after.TotalAlloc - before.TotalAlloc
}

// A console holds no copy of the inventory: fifty of them over ten thousand servers once held fifty indexes of their names.
func TestAConsoleCostsTheSameWhateverTheFleet(t *testing.T) {
	few, many := allocated(t, uitest.Quiet(100)), allocated(t, uitest.Quiet(10_000))
	const slack = 128 << 10
	if many > few+slack {
		t.Errorf("a console over 100 servers takes %d KB, over 10,000 it takes %d KB", few>>10, many>>10)
	}
}
