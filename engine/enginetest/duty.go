package enginetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// duties lists what a model server truly does for others.
func (h *host) duties() []rollout.Duty {
	f := inventory.Facts{Cluster: h.cluster}
	if h.domain {
		f.DomainRole = 5
	}
	return rollout.DutiesOf(&f, "")
}

// mustBeAway notes a server that is changed while it still does something for others.
func (w *World) mustBeAway(t engine.Target, h *host, what string) {
	for _, d := range h.duties() {
		if h.away[d] == "" {
			w.Wrongs = append(w.Wrongs, fmt.Sprintf("%s was %s while its %s was in service", t.Name, what, d))
		}
	}
}

// Health is a server's preflight.
func (w *World) Health(ctx context.Context, t engine.Target, _ rollout.Wanted) (health rollout.Health, err error) {
	err = w.visit(ctx, t, "health", func(h *host, now time.Time) error {
		health = rollout.Health{Time: now, Backup: true, LastBackup: now.Add(-6 * time.Hour)}
		if h.fate == Obstructed {
			health.Obstacles = []*rollout.Failure{{Class: rollout.ClassConfig, Code: "0x80070422", Words: "the service wuauserv is disabled"}}
		}
		if h.fate == OldBackup {
			health.LastBackup = now.Add(-48 * time.Hour)
		}
		return nil
	})
	return health, err
}

// TakeDuty takes a duty over, but for the fates that keep the last one.
func (w *World) TakeDuty(ctx context.Context, t engine.Target, o engine.DutyOrder) (handed rollout.Handed, err error) {
	err = w.visit(ctx, t, string(o.Duty), func(h *host, _ time.Time) error {
		duties := h.duties()
		switch last := o.Duty == duties[len(duties)-1]; {
		case !slices.Contains(duties, o.Duty):
			handed = rollout.Handed{Words: "nothing to do"}
			return nil
		case last && h.fate == NotDrained:
			return &rollout.Failure{Class: rollout.ClassConfig, Code: "0x80070005", Words: "access is denied"}
		case last && h.fate == SlowDrain:
			handed = rollout.Handed{Waiting: "its groups to move"}
			return nil
		}
		h.away[o.Duty], h.asked = o.ID, 0
		handed = rollout.Handed{Words: "taken"}
		return nil
	})
	return handed, err
}

// GiveDuty gives it back.
func (w *World) GiveDuty(ctx context.Context, t engine.Target, o engine.DutyOrder) (handed rollout.Handed, err error) {
	err = w.visit(ctx, t, string(o.Duty), func(h *host, _ time.Time) error {
		if h.asked++; h.fate == SlowReturn && h.asked < 5 {
			handed = rollout.Handed{Waiting: "repairs of its storage"}
			return nil
		}
		if by := h.away[o.Duty]; by != "" && by != o.ID {
			w.Wrongs = append(w.Wrongs, fmt.Sprintf("%s got its %s back from %s, it was taken by %s", t.Name, o.Duty, o.ID, by))
		}
		delete(h.away, o.Duty)
		handed = rollout.Handed{Words: "back"}
		return nil
	})
	return handed, err
}

// Away lists what servers still miss of their duties.
func (w *World) Away() map[inventory.ServerID][]rollout.Duty {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := map[inventory.ServerID][]rollout.Duty{}
	for id, h := range w.hosts {
		for _, d := range h.duties() {
			if h.away[d] != "" {
				list[id] = append(list[id], d)
			}
		}
	}
	return list
}

// Removable says whether there is a package to remove the update by.
func (w *World) Removable(ctx context.Context, t engine.Target, removals []rollout.Removal) (answer rollout.Removable, err error) {
	err = w.visit(ctx, t, "removable", func(h *host, _ time.Time) error {
		for _, r := range removals {
			there := h.build.AtLeast(r.Build)
			if r.Package != nil {
				there = r.Package.CanRemove() && slices.Contains(h.packages, r.KB)
			}
			if h.fate == NoPackage || !there {
				answer.No = append(answer.No, r.KB)
			} else {
				answer.Yes = append(answer.Yes, r.KB)
			}
		}
		return nil
	})
	return answer, err
}
