package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Options are the parts that an engine is wired from.
type Options struct {
	Store  Store
	Fleet  Fleet
	Clock  Clock
	Logger *slog.Logger
	Policy rollout.Policy // without a stop rule: the default policy
	// Schedule are the configured maintenance windows, in the zone where the servers stand.
	Schedule []rollout.WindowSpec
	Zone     *time.Location
	// Calls is how many calls to hosts may be under way at once; 0 means 256.
	Calls int
	// Heartbeat is how often, in the wall's time, a view is published while rollouts or sweeps are open and only time passes; 0 is never.
	Heartbeat time.Duration
	// Free measures the bytes left on the store's disk; nil is a disk that nobody measures.
	Free func() (uint64, error)
	// Files keeps source files; nil keeps none.
	Files Files
	// Exports keeps copies of the audit trail; nil keeps none.
	Exports Exports
	// People gives those of the users file, to name who is to act; nil is nobody.
	People func() []approval.Person
	// Duty is how much the engine does by itself; the zero value is everything.
	Duty Duty
	// Inventory are the numbers of the inventory's rules; the zero value is the default policy.
	Inventory inventory.Policy
	// Notices says what is told to whom; the zero value makes no notices.
	Notices NoticeOptions
	// Publish is the shortest time between two views that no command asked for, in the wall's time; 0 means 100 ms.
	Publish time.Duration
	// Tick is the shortest time between two looks at what is due, in the engine's time; 0 means 10 ms.
	Tick time.Duration
}

// Duty is how much an engine does by itself.
type Duty int

const (
	FullDuty   Duty = iota
	SweepsOnly      // rollouts rest: for a command outside the daemon, which must not begin a window and leave
	Idle            // nothing but what it is told: for a look into a store
)

// Engine owns the state. One goroutine, Run, writes it; everybody else reads views and sends commands.
type Engine struct {
	options Options
	state   *state
	head    trail.Head
	inputs  chan any
	stopped chan struct{}
	view    atomic.Pointer[View]
	watch   watchers

	// Of the loop alone:
	batch    []pendingEvent
	contacts *contacts
	inFlight map[string]bool
	calls    int
	tidy     map[string]errand  // scan jobs to remove from their hosts; a job that is forgotten here only leaves a folder behind
	touched  pile               // conversations whose errand has to be found anew
	dockets  map[string]*docket // by rollout
	agenda   *agenda
	errands  heap[place]      // calls that are due, in the order in which they are made
	queued   map[string]place // those by key
	latest   time.Time        // the clock at the last turn
	asleep   time.Time        // nothing is due before
	wake     time.Time        // the next thing that a noun waits for, as of the last look; zero is nothing
	silent   int              // servers in a row without an answer, as of the last look
	stale    bool             // the view is older than the state
	gates    gates
	measured measured
	boards   map[string]*board // by rollout
	roster   roster
	shelf    shelf
	post     postOffice
	month    monthLook
	overlaps overlaps
	// nobodyBehind is when a rung of the ladder was last looked at in vain, by the key of its notice.
	nobodyBehind map[string]time.Time
	// escalationsSeen is when it was last looked whether servers with an open escalation are behind.
	escalationsSeen time.Time
	// exempting is when something is to be said of exemptions.
	exempting exemptionDates
	gauge     *gauge // shared with the readers of views
	dossiers  struct {
		shown map[string]catalog.Dossier
		made  uint64 // by version of the kind of record

		sought   []rollout.Sought
		soughtAt uint64 // as made
	}
	beats int
}

// pendingEvent is an event that is applied and not yet durable.
type pendingEvent struct {
	event  any
	actor  approval.Actor
	reason string
	at     time.Time
}

// engineActor is who acts when time or a host decides.
var engineActor = approval.Actor{Name: "engine", Roles: []approval.Role{approval.Machine}, Via: "engine"}

// ErrStopped is the answer to a command that reaches an engine that has ended.
var ErrStopped = errors.New("the engine has stopped: start patchdeck again and repeat the command")

// New reads the store and publishes the first view. Nothing runs before Run.
func New(o Options) (*Engine, error) {
	if o.Calls == 0 {
		o.Calls = 256
	}
	if o.Inventory == (inventory.Policy{}) {
		o.Inventory = inventory.DefaultPolicy()
	}
	if o.Policy.Halt == 0 {
		o.Policy = rollout.DefaultPolicy()
	}
	o.Policy = o.Policy.WithCountdown()
	if o.Tick == 0 {
		o.Tick = 10 * time.Millisecond
	}
	if o.Publish == 0 {
		o.Publish = 100 * time.Millisecond
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s, err := load(o.Store)
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, state: s, head: o.Store.Head(), inputs: make(chan any, 1024), stopped: make(chan struct{}),
		contacts: newContacts(), inFlight: map[string]bool{}, tidy: map[string]errand{},
		dockets: map[string]*docket{}, agenda: newAgenda(), errands: heap[place]{less: place.before}, queued: map[string]place{},
		boards: map[string]*board{}, nobodyBehind: map[string]time.Time{}, gauge: newGauge(o.Inventory)}
	e.touchAll()
	e.view.Store(e.makeView(o.Clock.Now(), 1))
	return e, nil
}

// request is a command waiting for its answer.
type request struct {
	actor   approval.Actor
	command Command
	answer  chan answer
}

type answer struct {
	words string
	err   error
}

// hostReport is a host's answer to a call.
type hostReport struct {
	key   string
	sweep int // 0 for an advertisement's step
	reply rollout.Reply
}

// Do gives a command and waits until its outcome is durable.
func (e *Engine) Do(ctx context.Context, actor approval.Actor, command Command) (string, error) {
	r := request{actor, command, make(chan answer, 1)}
	select {
	case e.inputs <- r:
	case <-e.stopped:
		return "", ErrStopped
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case a := <-r.answer:
		return a.words, a.err
	case <-e.stopped:
		select {
		case a := <-r.answer:
			return a.words, a.err
		default:
			return "", ErrStopped
		}
	}
}

// maxBatch bounds the inputs that share one commit.
const maxBatch = 500

// Run is the loop: it takes commands and reports, decides, makes the decisions durable in one commit, answers, sends what is
// owed to hosts, and publishes a view. It ends with ctx. An error means that the outcome of a commit is unknown: the process
// must end without closing the store.
func (e *Engine) Run(ctx context.Context) error {
	var hosts sync.WaitGroup
	defer func() { close(e.stopped); e.watch.closeAll() }()
	ctx, cancel := context.WithCancel(ctx)
	defer func() { cancel(); hosts.Wait() }()
	publish := newThrottle(e.options.Publish)
	defer publish.stop()
	beat := make(<-chan time.Time)
	if e.options.Heartbeat > 0 {
		ticker := time.NewTicker(e.options.Heartbeat)
		defer ticker.Stop()
		beat = ticker.C
	}
	if e.options.Duty != Idle {
		e.adoptPolicy(e.options.Clock.Now())
	}
	for {
		var waiting []request
		wake, stop := e.options.Clock.After(e.asleep)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case in := <-e.inputs:
			waiting = e.take(in, waiting)
		case <-wake:
		case <-beat:
			e.beat()
		case <-publish.due():
			e.publish()
			publish.done()
		}
		stop()
		for drained := false; !drained && len(e.batch) < maxBatch; {
			select {
			case in := <-e.inputs:
				waiting = e.take(in, waiting)
			default:
				drained = true
			}
		}
		now := e.options.Clock.Now()
		answers := make([]answer, len(waiting))
		for i, r := range waiting {
			answers[i] = e.decide(r, now)
		}
		if e.options.Duty != Idle {
			e.keepTime(now)
			e.look(now)
		}
		if err := e.commit(); err != nil {
			return err
		}
		if len(waiting) > 0 {
			e.publish() // who gave a command sees its outcome in the next view
			publish.done()
		}
		for i, r := range waiting {
			r.answer <- answers[i]
		}
		e.asleep = now.Add(time.Hour)
		if e.options.Duty != Idle {
			e.send(ctx, &hosts, now)
			e.sendForNouns(ctx, &hosts)
		}
		if !e.wake.IsZero() && e.wake.Before(e.asleep) {
			e.asleep = maxTime(e.wake, now.Add(e.options.Tick))
		}
		if e.stale {
			publish.ask()
		}
	}
}

// keepTime has everybody looked at whose time has come, or everybody at all when the clock went back: what was in the past may not be.
func (e *Engine) keepTime(now time.Time) {
	if now.Before(e.latest.Add(-time.Second)) {
		e.touchAll()
	}
	e.latest = now
	e.agenda.due(now, e.touch)
}

// take sorts an input: a host's report is judged at once, a command waits until all reports of the batch are in.
func (e *Engine) take(in any, waiting []request) []request {
	switch in := in.(type) {
	case request:
		return append(waiting, in)
	case hostReport:
		e.hear(in, e.options.Clock.Now())
	case heard:
		in.hear(e, e.options.Clock.Now())
	}
	return waiting
}

// record applies an event at once and keeps it for the next commit. Nobody sees its effects before that.
func (e *Engine) record(event any, actor approval.Actor, reason string, now time.Time) error {
	if err := kindOf(event).apply(e.state, event, now); err != nil {
		return err
	}
	e.batch = append(e.batch, pendingEvent{event, actor, reason, now})
	e.stale = true
	for _, n := range nouns {
		if n.follow != nil {
			n.follow(e, event, actor, now)
		}
	}
	return nil
}

// commit makes the batch durable: changed records and the entries that explain them, in one step.
func (e *Engine) commit() error {
	if len(e.batch) == 0 {
		return nil
	}
	head := e.head
	entries := make([][]byte, 0, len(e.batch))
	for _, p := range e.batch {
		kind := kindOf(p.event)
		body, err := json.Marshal(p.event)
		if err != nil {
			return fmt.Errorf("event %s: %w", kind.name, err)
		}
		before, after := kind.change(p.event)
		raw, next, err := head.Append(trail.Entry{At: p.at, Actor: p.actor.Name, Roles: p.actor.RoleNames(), Via: p.actor.Via,
			Action: kind.name, Object: kind.object(p.event), Before: before, After: after, Reason: p.reason, Body: body})
		if err != nil {
			return err
		}
		entries, head = append(entries, raw), next
	}
	records, err := e.state.changed()
	if err != nil {
		return err
	}
	if err := e.options.Store.Commit(Batch{Records: records, Entries: entries, Head: head}); err != nil {
		return fmt.Errorf("the store did not take a commit, so what it holds now is not known; patchdeck stops and asks the hosts at its next start: %w", err)
	}
	e.head, e.batch = head, e.batch[:0]
	return nil
}

// Entries gives the raw audit entries from a sequence number on.
func (e *Engine) Entries(from uint64, each func(seq uint64, raw []byte) error) error {
	return e.options.Store.Entries(from, each)
}

// View is the newest published snapshot.
func (e *Engine) View() *View { return e.view.Load() }

// Watch wakes a reader when a newer view exists.
func (e *Engine) Watch() (<-chan struct{}, func()) { return e.watch.add() }

func (e *Engine) publish() {
	e.stale = false
	v := e.makeView(e.options.Clock.Now(), e.view.Load().Generation+1)
	v.Beat = e.options.Heartbeat
	if !v.busy() {
		v.Beat *= idleBeats
	}
	e.view.Store(v)
	e.watch.wake()
}

// idleBeats is how many heartbeats pass between two views while nothing is open.
const idleBeats = 30

// beat makes the view stale when its time is old: at every beat while something is open, seldom while nothing is.
func (e *Engine) beat() {
	e.beats++
	if e.view.Load().busy() || e.beats%idleBeats == 0 {
		e.stale = true
	}
}

// busy tells that a sweep or a rollout is open.
func (v *View) busy() bool {
	return len(v.Sweeps) > 0 || slices.ContainsFunc(v.Rollouts, func(r RolloutView) bool { return r.State != rollout.Closed })
}

// Facts reads one server's facts now, outside any sweep.
func (e *Engine) Facts(ctx context.Context, actor approval.Actor, id inventory.ServerID) (inventory.Facts, error) {
	if !May(actor, "inventory.sweep") {
		return inventory.Facts{}, approval.NeedsRole(actor, "to read a server", RolesFor("inventory.sweep")...)
	}
	for i := range e.View().Servers {
		if s := &e.View().Servers[i]; s.ID == id {
			target := targetOf(s)
			target.Sought = soughtIn(e.View().Dossiers)
			return e.options.Fleet.Facts(ctx, target)
		}
	}
	return inventory.Facts{}, fmt.Errorf("server %s is not in the inventory", id)
}

func targetOf(s *inventory.Server) Target {
	return Target{ID: s.ID, Name: s.Name, Address: s.Address, Port: s.Port, Scheme: s.Scheme, Site: s.Site, Credential: s.Credential}
}
