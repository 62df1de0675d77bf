package report

import (
	"encoding/json"
	"fmt"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Actions of the trail that a report reads. Everything else in the trail is told by the records.
const (
	actionMoved   = "advertisement.moved"
	actionStopped = "rollout.stopped"
	actionWarned  = "rollout.warned"
	actionDenied  = "command.denied"
	actionLock    = "lock.broken"
)

// engineActor is the actor of entries that no person caused.
const engineActor = "engine"

// mostDenials bounds the refused commands that a report shows.
const mostDenials = 200

// journal is what the trail tells beyond the records: when things happened, who did them, and the steps of the stop rule's score.
type journal struct {
	entries   uint64
	courses   map[string]*course // by advertisement
	scores    map[string]*Score  // by window
	stops     []*Stop
	decisions []*Decision
	denials   []Denial
	denied    int

	running map[string]*Stop    // by rollout: the stop that nobody ended yet
	last    map[string]Trigger  // by rollout: the newest transition, which is what a rule stopped at
	closers map[string]Decision // by rollout: the person who ended what had not started
}

// course is the trail of one advertisement.
type course struct {
	started  time.Time // its newest installation was ordered
	last     rollout.Moved
	lastAt   time.Time
	by       string // who caused the last transition
	reason   string
	read     inventory.Build // build read since the newest installation was ordered
	ordered  bool            // an installation was ordered since anything was read
	executed bool            // an installation was ever ordered
}

// readTrail reads the entries up to the head of the input.
func (m *maker) readTrail() error {
	m.journal = journal{courses: map[string]*course{}, scores: map[string]*Score{}, running: map[string]*Stop{},
		last: map[string]Trigger{}, closers: map[string]Decision{}}
	if m.in.Entries == nil {
		return errNoEntries
	}
	var last uint64
	err := m.in.Entries(func(e trail.Entry) error {
		if e.Seq > m.in.Head.Seq {
			return nil
		}
		last = e.Seq
		m.journal.entries++
		if err := m.readEntry(e); err != nil {
			return fmt.Errorf("audit entry %d (%s) is not readable: %w; run patchdeck audit verify", e.Seq, e.Action, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case last != m.in.Head.Seq || m.journal.entries != last:
		return fmt.Errorf("the audit trail has %d entries and ends at %d, its head is at %d: run patchdeck audit verify", m.journal.entries, last, m.in.Head.Seq)
	}
	return nil
}

func (m *maker) readEntry(e trail.Entry) error {
	switch e.Action {
	case actionMoved:
		return read(e, m.readMoved)
	case actionStopped:
		return read(e, m.readStopped)
	case actionWarned:
		return read(e, m.readWarned)
	case actionDenied:
		return read(e, m.readDenied)
	case actionLock:
		return read(e, m.readLock)
	}
	return nil
}

func read[T any](e trail.Entry, then func(trail.Entry, T)) error {
	var body T
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return err
	}
	then(e, body)
	return nil
}

func (m *maker) readMoved(e trail.Entry, moved rollout.Moved) {
	if m.rollouts[moved.Rollout] == nil {
		return
	}
	c := m.journal.courses[moved.Ad]
	if c == nil {
		c = &course{}
		m.journal.courses[moved.Ad] = c
	}
	c.follow(e, moved)
	m.readScore(e, moved)
	m.journal.last[moved.Rollout] = Trigger{Seq: e.Seq, Server: m.nameOf(moved.Server), Window: moved.Window, Status: string(moved.To), Failure: failureOf(moved.Failure)}
	if what := whatOf(moved); e.Actor != engineActor && what != "" {
		m.decide(e, moved.Rollout, what)
	}
}

// follow takes the next transition. A change that leaves the status as it is (a window closed, leftovers were removed) is no step of the
// course.
func (c *course) follow(e trail.Entry, moved rollout.Moved) {
	if (moved.JobKind == rollout.JobInstall || moved.JobKind == rollout.JobUninstall) && moved.Job != "" {
		c.started, c.read, c.ordered, c.executed = e.At.UTC(), inventory.Build{}, true, true
	}
	if !moved.After.IsZero() {
		c.read, c.ordered = moved.After, false
	}
	if moved.From != moved.To {
		c.last, c.lastAt, c.by, c.reason = moved, e.At.UTC(), e.Actor, e.Reason
	}
}

// endedBefore is the decision of a person who closes a rollout.
const endedBefore = "ended before their start"

// whatOf says what a person's transition was. Exclusions and dropped updates are amendments, and told there.
func whatOf(moved rollout.Moved) string {
	switch {
	case moved.To == rollout.NotReceived && moved.Reset:
		return "tried again"
	case moved.To == rollout.Cancelled:
		return "skipped"
	case moved.To == rollout.NotStarted:
		return endedBefore
	default:
		return ""
	}
}

// decide adds a person's word on one server to the decision that it is part of.
func (m *maker) decide(e trail.Entry, in, what string) {
	j := &m.journal
	signed := Signed{By: e.Actor, At: e.At.UTC(), Reason: e.Reason}
	if what == endedBefore {
		j.closers[in] = Decision{Seq: e.Seq, What: what, Rollout: in, Signed: signed}
	}
	if n := len(j.decisions); n > 0 {
		d := j.decisions[n-1]
		if d.What == what && d.Rollout == in && d.By == e.Actor && d.Reason == e.Reason && e.At.Sub(d.At) < time.Minute {
			d.Servers++
			return
		}
	}
	j.decisions = append(j.decisions, &Decision{Seq: e.Seq, What: what, Rollout: in, Servers: 1, Signed: signed})
}

// refusal is the body of a refused command.
type refusal struct {
	Action string `json:"action"`
	Words  string `json:"words"`
}

// readDenied keeps the newest refusals since the release was made.
func (m *maker) readDenied(e trail.Entry, body refusal) {
	if e.At.Before(m.in.Release.Created) {
		return
	}
	j := &m.journal
	j.denied++
	j.denials = append(j.denials, Denial{Seq: e.Seq, At: e.At.UTC(), By: e.Actor, Action: body.Action, Words: body.Words})
	if len(j.denials) > mostDenials {
		j.denials = j.denials[1:]
	}
}

// brokenLock is the body of a lock that was taken from its holder.
type brokenLock struct {
	Cluster string `json:"cluster"`
	Ad      string `json:"ad"`
}

func (m *maker) readLock(e trail.Entry, body brokenLock) {
	for _, ad := range m.ads {
		if ad.ID == body.Ad {
			m.decide(e, ad.Rollout, "lock of cluster "+body.Cluster+" broken")
			return
		}
	}
}
