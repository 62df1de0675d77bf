package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
)

// Shell is the root as screens see it.
type Shell interface {
	// Ask opens a question over the screen.
	Ask(part.Question)
	// Tell shows a line until the next key; loud lines draw the eye.
	Tell(words string, loud bool)
	// Open puts a page on top of the screen in front and gives what its Init asks for.
	Open(Screen) part.Cmd
}

// Desk is shared by all screens of one session. It belongs to the session's loop: nothing else may touch it.
type Desk struct {
	Shell
	Actor   approval.Actor
	Console engine.Console
	Theme   *part.Theme
	Zone    *time.Location
	Copy    func(string) // nil when the terminal's clipboard is out of reach
	Inbox   Inbox        // nil when documents cannot be imported here
	Windows []string     // the ids of the windows that the configuration knows
	Address string       // where the person reached the console over SSH; empty on its own machine
	Current *engine.View // the newest view; never nil
	// After gives a message when so much time has passed on the wall, unless the session ends first.
	After func(time.Duration, part.Msg) part.Cmd
	Done  []engine.Command // what the person's last action gave, and the engine did; u offers to take it back
}

// commandTime is how long a person waits for the outcome of a command before the console says that it is unknown.
const commandTime = 30 * time.Second

// May tells whether the person may give commands of this name.
func (d *Desk) May(action string) bool { return engine.May(d.Actor, action) }

// Do gives commands one after the other and stops at the first that is refused.
func (d *Desk) Do(commands ...engine.Command) part.Cmd {
	console, actor := d.Console, d.Actor
	return func() part.Msg {
		limited, cancel := context.WithTimeout(context.Background(), commandTime)
		defer cancel()
		words := ""
		for i, command := range commands {
			answer, err := console.Do(limited, actor, command)
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("no answer in %v: whether %s was done will show in the audit trail", commandTime, command.Action())
			}
			if err != nil && i > 0 {
				err = fmt.Errorf("%d of %d done, then: %w", i, len(commands), err)
			}
			if err != nil {
				return Answered{Err: err}
			}
			words = answer
		}
		if len(commands) > 1 {
			words = fmt.Sprintf("%d done; the last: %s", len(commands), words)
		}
		return Answered{Words: words, Done: commands}
	}
}

// DoAndLeave gives a command as the last thing that a page is for: it closes when the engine has done it.
func (d *Desk) DoAndLeave(page Screen, command engine.Command) part.Cmd {
	do := d.Do(command)
	return func() part.Msg {
		answered := do().(Answered)
		answered.Leave = page
		return answered
	}
}

// Clock writes an instant as a time of day in the fleet's zone.
func (d *Desk) Clock(at time.Time) string { return d.stamp(at, "15:04") }

// Second writes an instant as a time of day with seconds.
func (d *Desk) Second(at time.Time) string { return d.stamp(at, "15:04:05") }

// DayAndSecond writes an instant with its day and seconds.
func (d *Desk) DayAndSecond(at time.Time) string { return d.stamp(at, "Mon 2 Jan 15:04:05") }

// Day writes an instant with its day.
func (d *Desk) Day(at time.Time) string { return d.stamp(at, "Mon 2 Jan 15:04") }

func (d *Desk) stamp(at time.Time, layout string) string {
	if at.IsZero() {
		return "never"
	}
	return at.In(d.Zone).Format(layout)
}

// Ago writes how long before the view's time an instant was.
func (d *Desk) Ago(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return part.Lasting(d.Current.At.Sub(at)) + " ago"
}

// Left writes how long after the view's time an instant is.
func (d *Desk) Left(at time.Time) string { return part.Lasting(at.Sub(d.Current.At)) }
