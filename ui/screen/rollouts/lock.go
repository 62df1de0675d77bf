package rollouts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// lockOf names the cluster whose lock a cell's server holds; empty when it holds none.
func lockOf(r *engine.RolloutView, c *engine.Cell) string {
	at, found := slices.BinarySearchFunc(r.Advertisements, c.ID, func(ad *rollout.Advertisement, id string) int { return cmp.Compare(ad.ID, id) })
	if !found {
		return ""
	}
	return r.Advertisements[at].Lock
}

// holdsLost tells that a server holds a lock which it will not give back by itself.
func holdsLost(r *engine.RolloutView, c *engine.Cell) bool {
	return (c.Delivery == rollout.Failed || c.Delivery == rollout.Unknown) && lockOf(r, c) != ""
}

// locksOf lists the clusters whose locks the cells' servers hold, each once.
func locksOf(r *engine.RolloutView, cells []engine.Cell) []string {
	locks := make([]string, len(cells))
	for i := range cells {
		locks[i] = lockOf(r, &cells[i])
	}
	slices.Sort(locks)
	return slices.Compact(locks)
}

func breakEffect(r *engine.RolloutView, cells []engine.Cell) string {
	locks := locksOf(r, cells)
	waiting := 0
	for i := range r.Cells {
		if c := &r.Cells[i]; slices.Contains(locks, c.Cluster) && notStarted(c.Delivery) {
			waiting++
		}
	}
	return fmt.Sprintf("Its holder was not found healthy, and yet the next member of %s may start: %s still to come in this rollout. "+
		"Make sure that the cluster can do without it.", strings.Join(locks, ", "), part.Count(waiting, "server is", "servers are"))
}

func breakCommands(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
	var commands []engine.Command
	for _, lock := range locksOf(r, cells) {
		commands = append(commands, engine.BreakLock{Cluster: lock, Reason: reason})
	}
	return commands
}
