package engine

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// Events of the engine itself. Each is the body of one audit entry; folding all entries gives the records.
type (
	serversImported struct {
		Source  string             `json:"source"`
		Servers []inventory.Server `json:"servers"` // added or changed
		Added   int                `json:"added"`
		Changed int                `json:"changed"`
		Same    int                `json:"same"`
	}
	factsRead struct {
		Server inventory.ServerID `json:"server"`
		Sweep  int                `json:"sweep,omitempty"`
		Facts  inventory.Facts    `json:"facts"`
	}
	serverScanned struct {
		Server inventory.ServerID `json:"server"`
		Sweep  int                `json:"sweep"`
		Scan   inventory.Scan     `json:"scan"`
	}
	serverTrouble struct {
		Server inventory.ServerID `json:"server"`
		Kind   SweepKind          `json:"kind"`
		Class  rollout.Class      `json:"class,omitempty"`
		Sweep  int                `json:"sweep"`
		Words  string             `json:"words"`
	}
	sweepOrdered struct{ sweepState }
	sweepEnded   struct {
		Number  int `json:"number"`
		Trouble int `json:"trouble"`
	}
	bulletinImported struct {
		Source   string           `json:"source"`
		Bulletin catalog.Bulletin `json:"bulletin"`
	}
	releaseCreated struct{ approval.Release }
	updateDropped  struct {
		Release   string             `json:"release"`
		KB        string             `json:"kb"`
		Amendment approval.Amendment `json:"amendment"`
	}
	releasePhase struct {
		Release string         `json:"release"`
		Phase   approval.Phase `json:"phase"`
	}
	// planFrozen holds the plan without its assignments, which follow in entries of their own: a plan of any size stays within
	// the size of an entry.
	planFrozen   struct{ rollout.Plan }
	planAssigned struct {
		Hash        string               `json:"hash"`
		Assignments []rollout.Assignment `json:"assignments"`
	}
	changeSubmitted struct{ approval.Change }
	changeDecided   struct {
		Step   string          `json:"step"`
		From   approval.State  `json:"from,omitempty"`
		Change approval.Change `json:"change"`
	}
	serverExcluded struct {
		Change    string             `json:"change"`
		Server    inventory.ServerID `json:"server"`
		Amendment approval.Amendment `json:"amendment"`
	}
	acceptanceOpened struct {
		Plans        map[string]int `json:"plans,omitempty"`
		Change       string         `json:"change"`
		Applications []string       `json:"applications"`
		Deadline     time.Time      `json:"deadline"`
	}
	acceptanceRecorded struct {
		Change      string       `json:"change"`
		Application string       `json:"application"`
		Answer      pilot.Answer `json:"answer"`
	}
	acceptanceClosed struct {
		Change string `json:"change"`
	}
	lockBroken struct {
		Cluster string `json:"cluster"`
		Ad      string `json:"ad"`
	}
	commandDenied struct {
		Action string `json:"action"`
		Words  string `json:"words"`
	}
)

// eventKind is one line of the table of events: its name in the trail, how to read it, and what it does to the state.
type eventKind struct {
	name   string
	decode func(json.RawMessage) (any, error)
	object func(any) string
	words  func(any) string
	change func(any) (before, after string)
	apply  func(*state, any, time.Time) error
}

var (
	eventsByName = map[string]*eventKind{}
	eventsByType = map[reflect.Type]*eventKind{}
)

// register adds an event to the table. Its apply function folds it into the state and marks the records that changed.
func register[T any](name string, object, words func(T) string, apply func(*state, T, time.Time) error) *eventKind {
	k := &eventKind{
		name: name,
		decode: func(body json.RawMessage) (any, error) {
			var e T
			err := json.Unmarshal(body, &e)
			return e, err
		},
		object: func(e any) string { return object(e.(T)) },
		words:  func(e any) string { return words(e.(T)) },
		change: func(any) (string, string) { return "", "" },
		apply:  func(s *state, e any, at time.Time) error { return apply(s, e.(T), at) },
	}
	var zero T
	eventsByName[name], eventsByType[reflect.TypeOf(zero)] = k, k
	return k
}

func kindOf(e any) *eventKind {
	k := eventsByType[reflect.TypeOf(e)]
	if k == nil {
		panic(fmt.Sprintf("engine: %T is not in the table of events", e))
	}
	return k
}

// fold applies one stored event by name. An unknown name stops: this program is older than the trail.
func (s *state) fold(name string, body json.RawMessage, at time.Time) error {
	k := eventsByName[name]
	if k == nil {
		return fmt.Errorf("the trail holds %q, which this version does not know: use the version that wrote it", name)
	}
	e, err := k.decode(body)
	if err != nil {
		return fmt.Errorf("event %s: %w", name, err)
	}
	return k.apply(s, e, at)
}
