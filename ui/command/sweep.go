package command

import (
	"errors"
	"fmt"

	"patchdeck/engine"
)

// runSweep starts a sweep and stays until it is through, because an engine that was opened for this call ends with it.
func (c *call) runSweep(order engine.Sweep) error {
	return c.runUntilSwept(order, order.Kind, func(view *engine.View) error { return c.sweepResult(view, order) })
}

// runUntilSwept gives a command that begins a sweep, waits for its end and says what came of it.
func (c *call) runUntilSwept(order engine.Command, kind engine.SweepKind, result func(*engine.View) error) error {
	wake, stop := c.console().Watch()
	defer stop()
	answer, err := c.console().Do(c.ctx, c.actor(), order)
	if err != nil {
		return err
	}
	if err := c.answer(answer); err != nil {
		return err
	}
	ours := running(c.view(), kind)
	for stillRunning(c.view(), ours) {
		select {
		case <-c.ctx.Done():
			return fmt.Errorf("stopped waiting: %w", c.ctx.Err())
		case _, open := <-wake:
			if !open {
				return errors.New("the engine stopped before the sweep was through: see patchdeck inventory list")
			}
		}
	}
	return result(c.view())
}

// running gives the ids of the sweeps of a kind. The view that follows a command shows what the command did.
func running(view *engine.View, kind engine.SweepKind) map[string]bool {
	ids := map[string]bool{}
	for _, sweep := range view.Sweeps {
		if sweep.Kind == kind {
			ids[sweep.ID] = true
		}
	}
	return ids
}

func stillRunning(view *engine.View, ids map[string]bool) bool {
	for _, sweep := range view.Sweeps {
		if ids[sweep.ID] {
			return true
		}
	}
	return false
}

// sweepResult says how many servers could be read and names those that could not.
func (c *call) sweepResult(view *engine.View, order engine.Sweep) error {
	asked := map[string]bool{}
	for _, id := range order.Servers {
		asked[string(id)] = true
	}
	total, trouble := 0, [][]string{}
	for _, server := range view.Servers {
		if len(asked) > 0 && !asked[string(server.ID)] {
			continue
		}
		total++
		if server.Trouble != "" {
			trouble = append(trouble, []string{server.Name, server.Trouble})
		}
	}
	if c.json {
		return c.object(map[string]any{"sweep": order.Kind, "servers": total, "trouble": len(trouble)})
	}
	if err := c.line("%d of %s answered", total-len(trouble), plural(total, "server")); err != nil {
		return err
	}
	if len(trouble) == 0 {
		return nil
	}
	return c.table([]column{{"SERVER", 30}, {"TROUBLE", 80}}, trouble, "")
}
