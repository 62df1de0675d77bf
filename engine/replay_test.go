package engine_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
)

// playedNight is a night with every kind of trouble, and its trail.
func playedNight(t *testing.T, seed uint64) (*engine.View, [][]byte) {
	var view *engine.View
	var raws [][]byte
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 60, seed, map[string]enginetest.Fate{"SRV-0021": enginetest.RolledBack, "SRV-0022": enginetest.Unreachable,
			"SRV-0024": enginetest.NeverBack, "SRV-0025": enginetest.Flaky, "SRV-0026": enginetest.DiskFull})
		n.play()
		view = n.view
		if err := n.store.Entries(1, func(_ uint64, raw []byte) error { raws = append(raws, append([]byte(nil), raw...)); return nil }); err != nil {
			t.Fatal(err)
		}
	})
	return view, raws
}

func replayOf(t testing.TB, r *engine.RolloutView, raws [][]byte) *engine.Replay {
	t.Helper()
	p := engine.NewReplay(r)
	for i, raw := range raws {
		if _, err := p.Add(uint64(i+1), raw); err != nil {
			t.Fatal(err)
		}
	}
	p.Ready()
	return p
}

// lasting is what of a cell is in the trail: reports and incidents are not.
func lasting(c engine.Cell) engine.Cell {
	c.LastReport, c.Incident, c.Percent, c.Phase, c.KB = time.Time{}, "", 0, "", ""
	c.Since = c.Since.UTC()
	return c
}

// Handbook 8 (the report after the night): a replay ends where the night ended, server by server.
func TestAReplayEndsWhereTheNightEnded(t *testing.T) {
	view, raws := playedNight(t, 2)
	for i := range view.Rollouts {
		r := &view.Rollouts[i]
		p := replayOf(t, r, raws)
		_, end := p.Span()
		p.Seek(end)
		got := p.View()
		if p.Len() == 0 || p.Done() != p.Len() {
			t.Fatalf("%s: %d of %d steps are done at its end", r.ID, p.Done(), p.Len())
		}
		if !reflect.DeepEqual(got.Counts, r.Counts) || got.State != r.State {
			t.Errorf("%s ends %s with %v, the night ended %s with %v", r.ID, got.State, got.Counts, r.State, r.Counts)
		}
		for j := range r.Cells {
			if was, is := lasting(r.Cells[j]), lasting(got.Cells[j]); !reflect.DeepEqual(was, is) && r.Cells[j].Attempt > 0 {
				t.Errorf("%s:\n%+v, replayed\n%+v", was.Name, was, is)
			}
		}
	}
}

// Whatever way a person comes to an instant, it looks the same, and the counts add up.
func TestAReplayLooksTheSameFromEveryWay(t *testing.T) {
	const seed = 11
	random := rand.New(rand.NewPCG(seed, 1))
	view, raws := playedNight(t, 2)
	r := &view.Rollouts[len(view.Rollouts)-1]
	p := replayOf(t, r, raws)
	from, to := p.Span()
	for range 200 {
		at := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)) + 1)))
		switch random.IntN(3) {
		case 0:
			p.Step(random.IntN(60) - 30)
		case 1:
			p.Trouble(random.IntN(2) == 0)
		}
		p.Seek(at)
		straight := replayOf(t, r, raws)
		straight.Seek(at)
		if got, want := p.Snapshot(), straight.Snapshot(); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, %v: %v by detours, %v straight", seed, at, got.Counts, want.Counts)
		}
		sum := 0
		for _, n := range p.View().Counts {
			sum += n
		}
		if sum != len(r.Cells) {
			t.Fatalf("seed %d, %v: %d servers are counted, there are %d", seed, at, sum, len(r.Cells))
		}
	}
	p.Step(-p.Len())
	if p.Done() != 0 || p.View().Counts[rollout.Succeeded] != 0 || !p.At().Before(from) {
		t.Errorf("at its beginning, %v: %v", p.At(), p.View().Counts)
	}
	p.Seek(p.At().Add(time.Second))
	if p.Done() == 0 || p.Done() == p.Len() {
		t.Errorf("a second after its beginning %d of %d steps are done", p.Done(), p.Len())
	}
}

func TestAReplayFindsTheNextTrouble(t *testing.T) {
	view, raws := playedNight(t, 2)
	found := map[string]bool{}
	for i := range view.Rollouts {
		p := replayOf(t, &view.Rollouts[i], raws)
		forth := 0
		for p.Trouble(false) {
			seq, words := p.Words()
			found[words] = true
			if seq == 0 || seq > uint64(len(raws)) {
				t.Errorf("%q is entry %d of %d", words, seq, len(raws))
			}
			forth++
		}
		p.Seek(p.At().Add(time.Hour))
		back := 0
		for p.Trouble(true) {
			back++
		}
		if forth-back > 1 || back > forth {
			t.Errorf("%d troubles forth, %d back", forth, back)
		}
	}
	if len(found) < 3 {
		t.Errorf("found only %v", found)
	}
}

func TestAReplayRefusesADamagedEntryAndSkipsStrangers(t *testing.T) {
	p := engine.NewReplay(&engine.RolloutView{Rollout: rollout.Rollout{ID: "R-1"}})
	for _, raw := range []string{`{"action":"note","body":"\"advertisement.moved\""}`, `{"action":"advertisement.moved","body":{"rollout":"R-2","ad":"x"}}`} {
		if more, err := p.Add(1, []byte(raw)); err != nil || !more {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{`{"action":"advertisement.moved","body":[]}`, `{"action":"advertisement.moved"`} {
		if _, err := p.Add(2, []byte(raw)); err == nil {
			t.Errorf("%s is taken", raw)
		}
	}
	p.Ready()
	p.Seek(time.Now())
	p.Step(1)
	if p.Trouble(false) || p.Trouble(true) {
		t.Error("an empty night has trouble")
	}
}

// BenchmarkReplay scrubs from end to end through a night of ten thousand servers.
func BenchmarkReplay(b *testing.B) {
	r := engine.RolloutView{Rollout: rollout.Rollout{ID: "R-1"}}
	raw := make([][]byte, 0, 70_000)
	at := time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		r.Cells = append(r.Cells, engine.Cell{ID: fmt.Sprintf("r1-s%05d", i)})
	}
	for n := range 70_000 {
		raw = append(raw, fmt.Appendf(nil, `{"at":%q,"action":"advertisement.moved","body":{"ad":"r1-s%05d","rollout":"R-1","from":"staged","to":"running","cause":"x"}}`,
			at.Add(time.Duration(n)*time.Second).Format(time.RFC3339), n%10_000))
	}
	b.Run("fill 70,000 entries", func(b *testing.B) {
		for b.Loop() {
			replayOf(b, &r, raw)
		}
	})
	p := replayOf(b, &r, raw)
	from, to := p.Span()
	b.Run("scrub 70,000 steps forth and back", func(b *testing.B) {
		for b.Loop() {
			p.Seek(to)
			p.Seek(from)
		}
	})
}
