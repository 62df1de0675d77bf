package rollout

import (
	"reflect"
	"testing"

	"patchdeck/engine/inventory"
)

// Handbook 5: members of a cluster share no window; where they do, the approvers see who.
func TestAPlanNamesTheClustersThatMeetInAWindow(t *testing.T) {
	p := &Plan{Windows: []Window{{ID: "W2"}, {ID: "W1"}}, Assignments: []Assignment{
		{Server: "a", Windows: []string{"W1", "W2"}}, {Server: "b", Windows: []string{"W1"}}, {Server: "c", Windows: []string{"W2"}},
		{Server: "d", Windows: []string{"W2", "W1"}}, {Server: "e", Windows: []string{"W2"}}, {Server: "f", Windows: []string{"W1"}}, {Server: "g"},
	}}
	cluster := map[inventory.ServerID]string{"a": "X", "b": "X", "c": "Y", "d": "X", "e": "Y", "g": "X"}
	want := []Clash{{"W2", "Y", []inventory.ServerID{"c", "e"}}, {"W1", "X", []inventory.ServerID{"a", "b"}}}
	if got := p.Clashes(func(id inventory.ServerID) string { return cluster[id] }); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
