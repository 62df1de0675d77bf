package rollouts

import (
	"context"
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// logTime is how long a reading of a host's log may take.
const logTime = 20 * time.Second

// jobLog follows the log of the host job of one server: the one under the cursor. It asks the host only when the cursor has come to rest
// and the engine has heard something newer, one call at a time: a console costs a fleet no more than the engine's own questions.
type jobLog struct {
	ad, rested string    // whose lines these are; where the cursor was at the last view
	heard      time.Time // the cell's last report when it was asked
	job        string
	kind       rollout.JobKind
	lines      []rollout.JobLine
	trouble    string
	asking     bool
	more       bool // the last piece was a full one
}

// logRead is the answer to a reading.
type logRead struct {
	of  *jobLog
	ad  string
	log engine.JobLog
	err error
}

// hasLog tells that the host has a job of the cell to read about.
func hasLog(c *engine.Cell) bool {
	return c.Delivery == rollout.Staging || c.Delivery.Status().Started || c.Delivery == rollout.Failed || c.Delivery == rollout.Retrying
}

// follow asks for what is new about a cell, if it is time.
func (l *jobLog) follow(s *Screen, c *engine.Cell) part.Cmd {
	if c == nil || !s.desk.May("inventory.sweep") {
		return nil
	}
	rests := l.rested == c.ID
	l.rested = c.ID
	if l.asking || !rests || !hasLog(c) || l.ad == c.ID && !l.more && !c.LastReport.After(l.heard) {
		return nil
	}
	if l.ad != c.ID {
		*l = jobLog{rested: c.ID, ad: c.ID}
	}
	l.asking, l.heard = true, c.LastReport
	console, actor, ad, after := s.desk.Console, s.desk.Actor, c.ID, l.last()
	return func() part.Msg {
		limited, cancel := context.WithTimeout(context.Background(), logTime)
		defer cancel()
		log, err := console.JobLog(limited, actor, ad, after)
		return logRead{l, ad, log, err}
	}
}

// last is the number of the newest line that is known.
func (l *jobLog) last() int {
	if len(l.lines) == 0 {
		return 0
	}
	return l.lines[len(l.lines)-1].Seq
}

// take keeps what a reading brought. Another job than before begins anew; a job that is cleaned up leaves its lines.
func (l *jobLog) take(m logRead) {
	l.asking = false
	if m.ad != l.ad {
		return
	}
	l.trouble, l.more = "", len(m.log.Lines) == engine.MostJobLines
	switch {
	case m.err != nil:
		l.trouble = m.err.Error()
	case m.log.Job != l.job && l.job != "":
		*l = jobLog{ad: l.ad, rested: l.rested, job: m.log.Job, kind: m.log.Kind, more: true} // its lines are read from the first on
	default:
		l.job, l.kind = m.log.Job, m.log.Kind
		l.lines = append(l.lines, m.log.Lines...)
		l.lines = l.lines[max(0, len(l.lines)-engine.MostJobLines):]
	}
}

// draw writes the newest lines of the log, at most most of them.
func (l *jobLog) draw(s *Screen, sheet *part.Sheet, c *engine.Cell, most int) {
	if l.ad != c.ID || most < 3 || l.job == "" && l.trouble == "" {
		return
	}
	t := sheet.Theme
	sheet.Head("Job "+string(l.kind), l.job)
	if l.trouble != "" {
		sheet.Say(t.Tone(rollout.ToneLost), "its log cannot be read: "+l.trouble)
	}
	if len(l.lines) == 0 && l.trouble == "" {
		sheet.Say(t.Dim, "no line yet, or it is cleaned up")
	}
	for _, line := range l.lines[max(0, len(l.lines)-most+2):] {
		sheet.Row(func(row *part.Line) {
			row.Put(t.Dim, s.desk.Second(line.At)+" ").Put(t.Normal, lineWords(line))
		})
	}
}

// lineWords says a line in the order in which people look: how far, what, on which update.
func lineWords(l rollout.JobLine) string {
	words := l.Phase
	if l.Percent > 0 {
		words += fmt.Sprintf(" %d %%", l.Percent)
	}
	for _, more := range []string{l.KB, l.Text} {
		if more != "" {
			words += " " + more
		}
	}
	return words
}
