package engine

import (
	"fmt"
	"testing"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// aMeasuredFleet is an engine with so many servers that were read, and a year of monthly bulletins with three updates for each system.
func aMeasuredFleet(tb testing.TB, servers int) *Engine {
	tb.Helper()
	now := time.Date(2026, 11, 15, 3, 0, 0, 0, time.UTC)
	e, err := New(Options{Store: emptyStore{}, Clock: fixedClock{now}, Policy: rollout.DefaultPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	systems := []struct {
		name string
		base int
	}{{"Windows Server 2016", 14393}, {"Windows Server 2019", 17763}, {"Windows Server 2022", 20348}, {"Windows Server 2025", 26100}}
	for m := range 12 {
		b := catalog.Bulletin{ID: fmt.Sprintf("2026-%02d", m+1), Released: now.AddDate(0, m-11, -5)}
		for n, system := range systems {
			for k := range 3 {
				kb := func(month int) string { return fmt.Sprintf("KB5%02d%d%d00", month, n, k) }
				u := catalog.Update{KB: kb(m), Bulletin: b.ID, Severity: catalog.Severity(k + 2), Released: b.Released, Supersedes: []string{kb(m - 1)}}
				p := catalog.Product{Name: system.name}
				if k == 0 {
					p.Build = inventory.Build{10, 0, system.base, 1000 + m}
					p.FixedBuild = p.Build.String()
				}
				u.Products = []catalog.Product{p}
				b.Updates = append(b.Updates, u)
			}
		}
		e.state.putBulletin(b)
	}
	for i := range servers {
		system := systems[i%len(systems)]
		s := inventory.Server{ID: inventory.ServerID(fmt.Sprintf("s%05d", i)), Name: fmt.Sprintf("SRV-%05d", i), OS: system.name, Site: fmt.Sprint("S", i%7), Owner: fmt.Sprint("O", i%40),
			Facts: &inventory.Facts{At: now.Add(-time.Hour), Build: inventory.Build{10, 0, system.base, 1011 - i%3}}, Scan: &inventory.Scan{At: now.Add(-time.Hour)}}
		e.state.putServer(s)
	}
	return e
}

func (e *Engine) viewNow() *View { return e.makeView(e.options.Clock.Now(), 1) }

// A newer view judges the servers that changed, and those alone.
func TestComplianceIsJudgedAnewForWhatChanged(t *testing.T) {
	e := aMeasuredFleet(t, 40)
	first := e.viewNow().Compliance()
	if first.Updates != 12 || first.All.Servers != 40 || first.All.Missing != 0 || first.All.Stale != 0 {
		t.Fatalf("the first view counts %d updates and %+v, want the newest 3 of 4 systems and 40 servers, nobody of whom was offered any", first.Updates, first.All)
	}
	judged := e.gauge.standing["s00003"]
	if err := e.state.changeServer("s00000", func(s *serverRecord) {
		s.Scan = &inventory.Scan{At: e.options.Clock.Now(), Offered: []inventory.Offer{{KB: "KB5110010"}}}
	}); err != nil {
		t.Fatal(err)
	}
	e.gather()
	e.gauge.standing["s00003"] = judgement{rev: judged.rev} // as if nothing applied to it: whoever judges it again finds otherwise
	second := e.viewNow().Compliance()
	if second.All.Compliant != first.All.Compliant-1 || second.All.NotApplicable != first.All.NotApplicable+1 {
		t.Errorf("a server that did not change was judged again: %+v after %+v", second.All, first.All)
	}
	e.state.putBulletin(catalog.Bulletin{ID: "2026-12", Released: e.options.Clock.Now(), Updates: []catalog.Update{{KB: "KB5999999", Severity: catalog.Critical,
		Products: []catalog.Product{{Name: "Windows Server 2022"}}}}})
	if third := e.viewNow().Compliance(); third.Updates != 13 || third.All.Compliant == second.All.Compliant {
		t.Errorf("a new bulletin changed nothing: %d updates, %+v", third.Updates, third.All)
	}
}

// Critical updates can be asked for alone; that leaves what the view remembers as it is.
func TestComplianceOfTheSevereUpdatesAlone(t *testing.T) {
	v := aMeasuredFleet(t, 40).viewNow()
	all := v.Compliance()
	critical := v.ComplianceWith(catalog.Critical)
	if critical.Updates != 4 || critical.AtLeast != catalog.Critical || v.Compliance().Updates != all.Updates {
		t.Errorf("%d critical updates of %d, and then %d", critical.Updates, all.Updates, v.Compliance().Updates)
	}
}

func BenchmarkComplianceOfTenThousandServers(b *testing.B) {
	e := aMeasuredFleet(b, 10_000)
	v := e.viewNow()
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			e.gauge = newGauge(e.options.Inventory)
			v.gauge = e.gauge
			v.Compliance()
		}
	})
	b.Run("after one server changed", func(b *testing.B) {
		for b.Loop() {
			if err := e.state.changeServer("s00000", func(*serverRecord) {}); err != nil {
				b.Fatal(err)
			}
			e.gather()
			e.viewNow().Compliance()
		}
	})
}
