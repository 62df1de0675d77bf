package audit

import (
	"testing"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/uitest"
)

// stretch makes the answer of a reading.
func stretch(from, to uint64) entriesRead {
	m := entriesRead{from: from, to: to}
	for seq := to; seq >= from; seq-- {
		m.records = append(m.records, record{seq: seq})
	}
	return m
}

func TestTheTrailOnTheScreenNeverHasAHole(t *testing.T) {
	view := &engine.View{}
	s := New(&desk.Desk{Theme: &part.Theme{}, Console: uitest.NewConsole(view), Current: view}, nil)
	for _, m := range []entriesRead{
		stretch(701, 1000), stretch(1001, 1010), stretch(401, 700), // newer and older pages that touch
		stretch(400, 400), stretch(5000, 5299), // back after a long absence
		stretch(4700, 4999), stretch(10, 20), // an old page that comes too late
	} {
		s.take(m)
		for i := 1; i < len(s.records); i++ {
			if s.records[i-1].seq != s.records[i].seq+1 {
				t.Fatalf("after %d to %d, entry %d follows %d", m.from, m.to, s.records[i].seq, s.records[i-1].seq)
			}
		}
	}
	if s.records[0].seq != 5299 || len(s.records) != 600 {
		t.Errorf("%d entries from %d down", len(s.records), s.records[0].seq)
	}
}

func TestTheScreenKeepsABoundedPieceOfTheTrail(t *testing.T) {
	view := &engine.View{}
	s := New(&desk.Desk{Theme: &part.Theme{}, Console: uitest.NewConsole(view), Current: view}, nil)
	for from := uint64(1); from < 3*mostKept; from += pageSize {
		s.take(stretch(from, from+pageSize-1))
	}
	if len(s.records) != mostKept {
		t.Errorf("%d entries are kept, the limit is %d", len(s.records), mostKept)
	}
}

func FuzzParseNeverFails(f *testing.F) {
	raws, _ := uitest.Trail(5)
	for _, raw := range raws {
		f.Add(raw)
	}
	f.Add([]byte(`{"body":{"cause":3}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := parse(7, raw)
		if r.seq != 7 || r.broke != "" && (r.words() != r.broke || r.entry.Action != "") {
			t.Errorf("%q became %+v", raw, r)
		}
	})
}
