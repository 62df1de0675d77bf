package notice

import (
	"fmt"
	"hash/fnv"
	"time"

	"patchdeck/engine/approval"
)

// State is where one copy stands.
type State string

const (
	Waiting   State = "waiting"   // to be handed over when its time has come
	Sending   State = "sending"   // ordered; after a crash its end is unknown
	Sent      State = "sent"      // the mail server or the receiver took it
	Unknown   State = "unknown"   // handed over twice without a known end; a person decides
	Failed    State = "failed"    // refused for good, or for three days
	Cancelled State = "cancelled" // by a person
)

// Transition is one line of the table of a copy's states.
type Transition struct {
	From, To State
	Who      string
	Meaning  string
}

// Transitions is the whole machine of a copy.
var Transitions = []Transition{
	{Waiting, Sending, "engine", "its time has come and its channel is open: ordered durably, then handed over"},
	{Sending, Sent, "receiver", "taken"},
	{Sending, Waiting, "receiver", "refused for now, or not reached, or the end is unknown for the first time: again after a pause, with the same token"},
	{Sending, Failed, "receiver", "refused for good, or for now during three days"},
	{Sending, Unknown, "engine", "the end is unknown for the second time: sent again only by a person"},
	{Waiting, Waiting, "person", "retry: at once"},
	{Failed, Waiting, "person", "retry"},
	{Unknown, Waiting, "person", "retry"},
	{Cancelled, Waiting, "person", "retry"},
	{Waiting, Cancelled, "person", "cancel"},
	{Failed, Cancelled, "person", "cancel: seen, and not sent"},
	{Unknown, Cancelled, "person", "cancel: seen, and not sent again"},
}

// Allowed tells whether the table holds a transition.
func Allowed(from, to State) bool {
	for _, t := range Transitions {
		if t.From == from && t.To == to {
			return true
		}
	}
	return false
}

// Delivery is one copy of a notice for one addressee.
type Delivery struct {
	ID       string    `json:"id"` // "N-12.3"
	Notice   string    `json:"notice"`
	Channel  Channel   `json:"channel"`
	To       string    `json:"to"`
	Token    string    `json:"token"`
	State    State     `json:"state"`
	Since    time.Time `json:"since"`
	Next     time.Time `json:"next,omitzero"`      // waiting: not before
	First    time.Time `json:"first,omitzero"`     // the first attempt since it was made, or since a person's retry
	Attempts int       `json:"attempts,omitempty"` // since then
	Unknowns int       `json:"unknowns,omitempty"` // ends that are not known, since then
	Words    string    `json:"words,omitempty"`    // what the newest attempt ended with
	Rev      int       `json:"rev"`
}

// Addressee is who gets the copy.
func (d Delivery) Addressee() Addressee { return Addressee{d.Channel, d.To} }

// Open tells that the engine still has something to do for it.
func (d Delivery) Open() bool { return d.State == Waiting || d.State == Sending }

// Moved is one transition of a copy.
type Moved struct {
	ID      string    `json:"id"`
	Notice  string    `json:"notice"`
	From    State     `json:"from"`
	To      State     `json:"to"`
	Next    time.Time `json:"next,omitzero"`
	Words   string    `json:"words,omitempty"`
	Unknown bool      `json:"unknown,omitempty"`
	Reset   bool      `json:"reset,omitempty"` // a person's retry: counters begin anew
}

// Apply folds a transition into its copy.
func (m Moved) Apply(d Delivery, at time.Time) Delivery {
	d.State, d.Since, d.Next, d.Words = m.To, at, m.Next, m.Words
	if m.Reset {
		d.Attempts, d.Unknowns, d.First = 0, 0, time.Time{}
	}
	if m.To == Sending {
		if d.Attempts++; d.Attempts == 1 {
			d.First = at
		}
	}
	if m.Unknown {
		d.Unknowns++
	}
	d.Rev++
	return d
}

// Trouble is why a copy was not taken, as far as the sender can tell.
type Trouble struct {
	Words     string
	Permanent bool // this copy will never be taken: the address, the text or the account is refused
	Unreached bool // nobody answered: every copy on this road waits
	Uncertain bool // it was handed over, and whether it was taken is not known
	After     time.Duration
}

func (t *Trouble) Error() string { return t.Words }

const (
	firstPause = time.Minute
	mostPause  = 30 * time.Minute
	// patience is how long an addressee may be refused for now. A channel that is not reached has no end.
	patience = 72 * time.Hour
	// mostAsked bounds the pause that a receiver may ask for.
	mostAsked = 6 * time.Hour
	// mostWords bounds what is kept of an error.
	mostWords = 300
)

// Pause is how long to wait after n attempts in a row that failed: doubling, and a quarter more or less by the name, so that what failed
// together does not return together. It is the same in every replay.
func Pause(name string, n int) time.Duration {
	pause := firstPause
	for range min(n-1, 16) {
		pause = min(2*pause, mostPause)
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%s/%d", name, n)
	return pause - pause/4 + time.Duration(h.Sum32())%(pause/2)
}

// Rest is how long to wait after n such troubles in a row: as Pause says, or longer where the receiver asks for it, within bounds.
func (t *Trouble) Rest(name string, n int) time.Duration {
	return max(Pause(name, n), min(t.After, mostAsked))
}

func (d Delivery) move(to State) Moved {
	return Moved{ID: d.ID, Notice: d.Notice, From: d.State, To: to}
}

// Order is the durable intent to hand a copy over.
func (d Delivery) Order() Moved { return d.move(Sending) }

// Answer is what an attempt's end means; trouble is nil when the copy was taken.
func (d Delivery) Answer(trouble *Trouble, now time.Time) Moved {
	if trouble == nil {
		return d.move(Sent)
	}
	words := line(trouble.Words, mostWords)
	switch {
	case trouble.Uncertain:
		return d.Lost(words, now)
	case trouble.Permanent:
		m := d.move(Failed)
		m.Words = words
		return m
	case !trouble.Unreached && !d.First.IsZero() && now.Sub(d.First) > patience:
		m := d.move(Failed)
		m.Words = "given up after three days: " + words
		return m
	}
	m := d.move(Waiting)
	m.Words, m.Next = words, now.Add(trouble.Rest(d.ID, d.Attempts))
	return m
}

// Lost is an attempt whose end nobody knows: once more with the same token, and no more after that.
func (d Delivery) Lost(words string, now time.Time) Moved {
	m := d.move(Waiting)
	m.Words, m.Unknown = words, true
	if m.Next = now.Add(Pause(d.ID, 1)); d.Unknowns > 0 {
		m.To, m.Next = Unknown, time.Time{}
	}
	return m
}

// Retry is a person's wish to send a copy again.
func (d Delivery) Retry(now time.Time) (Moved, error) {
	switch d.State {
	case Sent:
		return Moved{}, approval.Clash("%s to %s was sent: what was taken is not sent twice", d.Notice, d.To)
	case Sending:
		return Moved{}, approval.Clash("%s to %s is being sent: wait for its end", d.Notice, d.To)
	}
	m := d.move(Waiting)
	m.Reset, m.Next, m.Words = true, now, d.Words
	return m, nil
}

// Cancel is a person's wish not to send a copy.
func (d Delivery) Cancel(reason string) (Moved, error) {
	if !Allowed(d.State, Cancelled) {
		return Moved{}, approval.Clash("%s to %s is %s: it cannot be cancelled", d.Notice, d.To, d.State)
	}
	m := d.move(Cancelled)
	m.Words = line(reason, mostWords)
	return m, nil
}
