package screen

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

// Handbook 5 and 8: who owns a server maps it to a window, is asked for the reason, and takes the mapping back by a key.
func TestAServerIsMappedToAWindowAndBack(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onInventory, "Z")
	if text, asked := s.asks(); asked || !strings.Contains(text, "your last action mapped no server") {
		t.Errorf("asked %v:\n%s", asked, text)
	}
	s.press("W")
	if text, _ := s.asks(); !strings.Contains(text, "Map 1 server to a maintenance window?") {
		t.Fatalf("it asks:\n%s", text)
	}
	s.write("w7")
	s.press("tab")
	s.confirm("after the batch")
	given := s.commands()
	if len(given) != 1 {
		t.Fatalf("the engine was asked for %+v:\n%s", given, s.frame())
	}
	mapped := given[0].(engine.MapWindow)
	choice := mapped.Choices[0]
	if choice.Window != "w7" || mapped.Reason != "after the batch" {
		t.Errorf("the engine was asked for %+v", mapped)
	}
	later := night()
	later.Generation++
	later.Servers = append([]inventory.Server{}, later.Servers...)
	for i := range later.Servers {
		if later.Servers[i].ID == choice.Server {
			later.Servers[i].Window, later.Servers[i].WindowChosen = "W7", &inventory.Signed{By: lead.Name, At: later.At.Add(-time.Minute), Reason: "after the batch"}
		}
	}
	s.show(later)
	s.press("Z")
	s.confirm("the wrong one")
	given = s.commands()
	want := engine.MapWindow{Choices: []engine.WindowChoice{{Server: choice.Server, Window: choice.Was, Was: "W7"}}, Reason: "the wrong one"}
	if got := given[len(given)-1]; !reflect.DeepEqual(got, want) {
		t.Errorf("the engine was asked for %+v, want %+v", got, want)
	}
}
