package engine_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/trail"
	"patchdeck/store/storetest"
)

// shelf keeps exports in memory.
type shelf struct {
	names []string
	files map[string][]byte
}

func (s *shelf) Keep(name string, fill func(io.Writer) error) (string, error) {
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return "", err
	}
	s.names, s.files[name] = append(s.names, name), b.Bytes()
	return "/exports/" + name, nil
}

// Handbook 9: what was done can be shown to anybody, and that it was handed out is on the record itself.
func TestACopyOfTheTrailIsKeptWholeAndOnTheRecord(t *testing.T) {
	store, kept, free := storetest.NewMemory(), &shelf{files: map[string][]byte{}}, uint64(4<<30)
	e, err := engine.New(engine.Options{Store: store, Clock: engine.NewWallClock(), Exports: kept, Free: func() (uint64, error) { return free, nil }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	if _, err := e.Do(ctx, rehearsal.Lead, engine.ImportServers{Source: "test", Servers: []inventory.Server{{Name: "a"}, {Name: "b"}}}); err != nil {
		t.Fatal(err)
	}
	before := e.View().Head
	answer, err := e.ExportTrail(ctx, rehearsal.Lead, "quarterly review")
	if err != nil || len(kept.names) != 1 || !strings.Contains(answer, "/exports/trail-") {
		t.Fatalf("%q %v, kept %v", answer, err, kept.names)
	}
	report, err := trail.VerifyExport(bytes.NewReader(kept.files[kept.names[0]]))
	if err != nil || report.Head != before {
		t.Errorf("the copy: %+v %v, want the head %v", report, err, before)
	}
	lines, err := e.History("audit", 1)
	if err != nil || len(lines) != 1 || lines[0].Actor != rehearsal.Lead.Name || !strings.Contains(lines[0].Words, before.String()) {
		t.Errorf("the trail says %+v %v", lines, err)
	}

	for name, try := range map[string]func() error{
		"no reason": func() error { _, err := e.ExportTrail(ctx, rehearsal.Lead, " "); return err },
		"no room": func() error {
			free = 1 << 30
			defer func() { free = 4 << 30 }()
			_, err := e.ExportTrail(ctx, rehearsal.Lead, "again")
			return err
		},
		"who looks": func() error {
			_, err := e.ExportTrail(ctx, rehearsal.Watcher, "curious")
			var denied *approval.Denied
			if !errors.As(err, &denied) {
				t.Errorf("a viewer is told %v", err)
			}
			return err
		},
	} {
		if err := try(); err == nil || len(kept.names) != 1 {
			t.Errorf("%s: %v, kept %v", name, err, kept.names)
		}
	}
	if enginetest.Actions(t, store)["command.denied"] != 1 {
		t.Error("who was refused is not on the record")
	}
}

// A trail that lost its end is no evidence: nothing is kept that looks as if it were.
func TestATrailThatLostItsEndIsNotExported(t *testing.T) {
	store, kept := storetest.NewMemory(), &shelf{files: map[string][]byte{}}
	short := &shortened{Store: store}
	e, err := engine.New(engine.Options{Store: short, Clock: engine.NewWallClock(), Exports: kept})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	if _, err := e.Do(ctx, rehearsal.Lead, engine.ImportServers{Source: "test", Servers: []inventory.Server{{Name: "a"}}}); err != nil {
		t.Fatal(err)
	}
	short.lost = true
	if answer, err := e.ExportTrail(ctx, rehearsal.Lead, "review"); err == nil || !strings.Contains(err.Error(), "lost its end") || len(kept.names) > 0 {
		t.Errorf("%q %v, kept %v", answer, err, kept.names)
	}
}

// shortened is a store whose trail can lose everything.
type shortened struct {
	engine.Store
	lost bool
}

func (s *shortened) Entries(from uint64, each func(uint64, []byte) error) error {
	if s.lost {
		return nil
	}
	return s.Store.Entries(from, each)
}
