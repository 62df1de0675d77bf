package enginetest

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Check holds a night against every invariant: counts add up, nobody is installed again or outside its window or after a stop, no two members of a cluster
// are down together, nobody is changed in service and everybody who answers is back in it, what the engine claims is true on the servers, and the trail verifies and allows every transition.
func Check(t *testing.T, v *engine.View, store engine.Store, w *World) {
	t.Helper()
	story := tell(t, v, store)
	w.startsInOrder(t, v, story)
	installed := w.Installed()
	seen := map[inventory.ServerID]bool{}
	clusters := map[string][]inventory.ServerID{}
	for _, r := range v.Rollouts {
		total := 0
		for _, n := range r.Counts {
			total += n
		}
		if total != len(r.Cells) {
			t.Errorf("%s: counts add up to %d, it has %d advertisements", r.ID, total, len(r.Cells))
		}
		for _, c := range r.Cells {
			if seen[c.Server] {
				t.Errorf("%s is in two rollouts", c.Name)
			}
			seen[c.Server] = true
			if c.Delivery == rollout.Succeeded && !installed[c.Server] {
				t.Errorf("%s is shown as succeeded and does not have the update", c.Name)
			}
			if installed[c.Server] && c.Delivery != rollout.Succeeded && c.Delivery != rollout.Failed && !story.handled[c.ID] {
				t.Errorf("%s has the update and is shown as %s", c.Name, c.Delivery)
			}
			if !c.Delivery.Final() {
				t.Errorf("%s is forgotten: %s since %s", c.Name, c.Delivery, c.Since)
			}
			if c.Cluster != "" {
				clusters[c.Cluster] = append(clusters[c.Cluster], c.Server)
			}
			w.restartsInside(t, v, c)
		}
	}
	for name, members := range clusters {
		if !story.broken[name] {
			w.neverBothDown(t, name, members)
		}
	}
	for id, duties := range w.Away() {
		if w.hosts[id].fate != NeverBack {
			t.Errorf("%s did not get %v back", id, duties)
		}
	}
	for _, wrong := range w.Wrongs {
		t.Error(wrong)
	}
}

func (w *World) restartsInside(t *testing.T, v *engine.View, c engine.Cell) {
	t.Helper()
	for _, at := range w.Restarts[c.Server] {
		inside := false
		for _, r := range v.Rollouts {
			inside = inside || slices.ContainsFunc(r.Added, func(w rollout.Window) bool { return w.Contains(at) })
		}
		for _, change := range v.Changes {
			for _, a := range change.Plan.Assignments {
				if a.Server != c.Server {
					continue
				}
				inside = inside || slices.ContainsFunc(a.Windows, func(id string) bool {
					window, _ := change.Plan.Window(id)
					return window.Contains(at)
				})
			}
		}
		if !inside {
			t.Errorf("%s restarted at %s, outside its windows", c.Name, at)
		}
	}
}

func (w *World) neverBothDown(t *testing.T, cluster string, members []inventory.ServerID) {
	t.Helper()
	for i, a := range members {
		for _, b := range members[i+1:] {
			for _, x := range w.Down[a] {
				for _, y := range w.Down[b] {
					if x[0].Before(y[1]) && y[0].Before(x[1]) {
						t.Errorf("cluster %s: %s and %s were down together at %s", cluster, a, b, latest(x[0], y[0]))
					}
				}
			}
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Actions counts the trail's entries by action.
func Actions(t *testing.T, store engine.Store) map[string]int {
	t.Helper()
	counts := map[string]int{}
	err := store.Entries(1, func(_ uint64, raw []byte) error {
		var entry trail.Entry
		if err := json.Unmarshal(raw, &entry); err != nil {
			return err
		}
		counts[entry.Action]++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return maps.Clone(counts)
}
