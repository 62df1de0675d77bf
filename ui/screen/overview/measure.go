package overview

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/report"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// measurePace is how long a measurement is good for: one of a large fleet costs some milliseconds of the engine's processor.
const measurePace = time.Second

// measure is where the fleet stands with its updates, worked out outside of the session's loop, once for each measurePace at the most.
type measure struct {
	of      *engine.View // that compliance was asked of; nil before the first
	known   bool
	pending bool // an answer is awaited, or its second is not over
	missed  bool // a newer view came meanwhile
	report.Compliance
}

// measured is the answer; rested says that the next question may be asked.
type (
	measured struct {
		of *measure
		report.Compliance
	}
	rested struct{ of *measure }
)

// follow asks anew when the view is another one and the last answer is old enough.
func (m *measure) follow(d *desk.Desk) part.Cmd {
	if m.of == d.Current {
		return nil
	}
	if m.pending {
		m.missed = true
		return nil
	}
	m.pending, m.missed, m.of = true, false, d.Current
	view := d.Current
	return func() part.Msg { return measured{m, view.Compliance()} }
}

// take keeps an answer, and lets some time pass before the next.
func (m *measure) take(answer measured, d *desk.Desk) part.Cmd {
	if answer.of != m {
		return nil
	}
	m.Compliance, m.known = answer.Compliance, true
	return d.After(measurePace, rested{m})
}

// rest ends the second after an answer; what came meanwhile is asked for now.
func (m *measure) rest(r rested, d *desk.Desk) part.Cmd {
	if r.of != m {
		return nil
	}
	m.pending = false
	if m.missed {
		return m.follow(d)
	}
	return nil
}
