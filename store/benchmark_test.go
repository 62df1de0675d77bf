package store

import (
	"fmt"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/storetest"
)

// event is one transition as the engine stores it: two records of 200 bytes and the entry that explains them.
func event(n int) []any {
	value := fmt.Appendf(nil, `{"filling":"%0185d"}`, n)
	return []any{
		engine.Record{Kind: "advertisement", ID: fmt.Sprintf("r-7/srv-%05d", n%10_000), Value: value},
		engine.Record{Kind: "server", ID: fmt.Sprintf("srv-%05d", n%10_000), Value: value},
		storetest.Entry("advertisement.succeeded"),
	}
}

// BenchmarkCommit compares one transaction an event with merged batches; an operation is one event.
func BenchmarkCommit(b *testing.B) {
	for _, merged := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("%d_events_a_commit", merged), func(b *testing.B) {
			s := open(b, b.TempDir())
			n := 0
			for b.Loop() {
				if n++; n%merged != 0 {
					continue
				}
				var parts []any
				for k := range merged {
					parts = append(parts, event(n+k)...)
				}
				batch, err := storetest.Batch(s.Head(), parts...)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Commit(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkAnchor shows what the anchor costs a commit: the same file, the same sync, nothing else.
func BenchmarkAnchor(b *testing.B) {
	s := open(b, b.TempDir())
	for b.Loop() {
		if err := s.anchor.write(trail.Head{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen opens a store of 10,000 servers and a trail of 100,000 entries, checks included.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	for n := 0; n < 100_000; n += 1000 {
		var parts []any
		for k := range 1000 {
			parts = append(parts, event(n+k)...)
		}
		batch, err := storetest.Batch(s.Head(), parts...)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Commit(batch); err != nil {
			b.Fatal(err)
		}
	}
	closeStore(b, s)
	for b.Loop() {
		closeStore(b, open(b, dir))
	}
}
