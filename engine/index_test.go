package engine

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// parts tells what the index holds, in words that are equal when it is.
func (x *index) parts() map[string]string {
	parts := map[string]string{"open": fmt.Sprint(x.open), "holders": fmt.Sprint(x.holders), "members": fmt.Sprint(x.members),
		"working": fmt.Sprint(x.working), "on": fmt.Sprint(x.on), "unwell": fmt.Sprint(x.unwell), "transfers": fmt.Sprint(x.transfers)}
	for id, t := range x.tallies {
		parts["tally of "+id] = fmt.Sprintf("%+v", *t)
	}
	for number, t := range x.sweeps {
		parts[fmt.Sprint("tally of sweep ", number)] = fmt.Sprintf("%+v", *t)
	}
	return parts
}

// CheckIndexes compares what an engine that has ended kept up to date, turn by turn, with what follows from its records alone: the indexes of
// the state, and the lists of the view.
func CheckIndexes(t *testing.T, e *Engine) {
	t.Helper()
	records, fresh := e.state, newState()
	for _, s := range records.servers {
		fresh.putServer(*s)
	}
	for _, r := range records.rollouts {
		fresh.putRollout(*r)
	}
	for _, ad := range records.ads {
		fresh.putAd(*ad)
	}
	for _, s := range records.sweeps {
		fresh.putSweep(s)
	}
	kept, made := records.index.parts(), fresh.index.parts()
	for name := range kept {
		if kept[name] != made[name] {
			t.Errorf("the index %s was kept as\n%s\nand is\n%s", name, kept[name], made[name])
		}
	}
	now := e.options.Clock.Now()
	for _, b := range e.boards {
		b.askedAt = time.Time{} // how much time is left may be told a minute late
	}
	shown := e.makeView(now, 1)
	e.boards, e.roster, e.shelf = map[string]*board{}, roster{}, shelf{}
	anew := e.makeView(now, 1)
	for i := range shown.Rollouts {
		anew.Rollouts[i].Forecast, anew.Rollouts[i].Track = shown.Rollouts[i].Forecast, shown.Rollouts[i].Track // shared by ten views
	}
	if !reflect.DeepEqual(shown, anew) {
		t.Errorf("the view was kept as\n%+v\nand is\n%+v", shown, anew)
	}
	for i := range shown.Servers {
		if s := shown.Server(shown.Servers[i].ID); s != &shown.Servers[i] {
			t.Errorf("asked for %s the view gives %+v", shown.Servers[i].ID, s)
		}
	}
	if s := shown.Server("nobody"); s != nil {
		t.Errorf("asked for nobody the view gives %+v", s)
	}
	compliance := e.View().Compliance()
	anew.gauge = newGauge(e.options.Inventory) // which remembers nothing of other views
	if kept, made := shown.Compliance(), anew.Compliance(); !reflect.DeepEqual(kept, made) {
		t.Errorf("compliance was kept as\n%+v\nand is\n%+v", kept, made)
	} else if compliance.All.Servers+compliance.Unmanaged != len(e.View().Servers) {
		t.Errorf("compliance counts %d servers and %d outside of %d", compliance.All.Servers, compliance.Unmanaged, len(e.View().Servers))
	}
}
