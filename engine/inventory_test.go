package engine_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// estate is an engine with an inventory whose servers were swept once.
type estate struct {
	*testing.T
	ctx context.Context
	*engine.Engine
	night *night
}

func swept(t *testing.T, servers int, fates map[string]enginetest.Fate, body func(s estate)) {
	t.Helper()
	scenario(t, servers, fates, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Servers) > 0 })
		s := estate{t, ctx, e, n}
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		body(s)
		s.foldsToTheSame()
	})
}

// do gives a command that must be taken.
func (s estate) do(c engine.Command) string {
	s.Helper()
	words, err := s.Do(s.ctx, rehearsal.Lead, c)
	if err != nil {
		s.Fatalf("%s: %v", c.Action(), err)
	}
	return words
}

// refused gives a command that must be refused with words.
func (s estate) refused(says string, c engine.Command) {
	s.Helper()
	if words, err := s.Do(s.ctx, rehearsal.Lead, c); err == nil || !strings.Contains(err.Error(), says) {
		s.Errorf("%s: %q, %v; want an error with %q", c.Action(), words, err, says)
	}
}

func (s estate) sweep(order engine.Command) {
	s.Helper()
	wake, stop := s.Watch()
	defer stop()
	s.do(order)
	for len(s.View().Sweeps) > 0 {
		<-wake
	}
}

// foldsToTheSame holds the records against what the trail folds to.
func (s estate) foldsToTheSame() {
	s.Helper()
	synctest.Wait()
	foldsToItsRecords(s.T, s.night.store)
}

func (s estate) open(kind inventory.FindingKind) (subjects []string) {
	for _, f := range s.View().Findings {
		if f.Open() && f.Kind == kind {
			subjects = append(subjects, f.Subject)
		}
	}
	return subjects
}

func (s estate) named(name string) inventory.Server {
	s.Helper()
	for _, server := range s.View().Servers {
		if server.Name == name {
			return server
		}
	}
	s.Fatalf("%s is not in the inventory", name)
	return inventory.Server{}
}

func (s estate) expect(kind inventory.FindingKind, subjects ...string) {
	s.Helper()
	if got := s.open(kind); !slices.Equal(got, subjects) {
		s.Errorf("open findings of kind %s: %v, want %v", kind, got, subjects)
	}
}

// Handbook 2, completeness: an audit counts, what it missed is listed by name and address, joins the next, and what is retired leaves.
func TestAnAuditListsWhatItMissedAndWhatIsRetiredLeaves(t *testing.T) {
	swept(t, 20, map[string]enginetest.Fate{"SRV-0003": enginetest.Unreachable}, func(s estate) {
		a := s.View().Audits[0]
		if a.ID() != "AUD-1" || !a.Whole || a.Known != 20 || a.Asked != 20 || a.Read != 19 || a.NoAnswer != 1 || a.Failed != 0 {
			s.Errorf("the first audit: %+v", a)
		}
		s.expect(inventory.OffNetwork, "SRV-0003")
		if f := s.View().Findings[0]; !strings.Contains(f.Words, "127.0.0.1 port 5985") || f.Todo == "" {
			s.Errorf("the finding has no address or no remedy: %+v", f)
		}
		s.do(engine.ImportServers{Source: "more", Servers: []inventory.Server{{Name: "NEW-1", Address: "127.0.0.9", Port: 5985, Scheme: "http", OS: "Windows Server 2022", Unmanaged: "excluded: kiosk"}}})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts, Missed: true})
		if a := s.View().Audits[0]; a.Whole || a.Asked != 1 || a.NoAnswer != 1 {
			s.Errorf("an audit of what was missed: %+v", a)
		}
		lost := s.named("SRV-0003")
		s.refused("a reason is needed", engine.RetireServers{Servers: []inventory.ServerID{lost.ID}})
		s.do(engine.RetireServers{Servers: []inventory.ServerID{lost.ID}, Reason: "scrapped"})
		s.expect(inventory.OffNetwork)
		s.refused("has left it already", engine.RetireServers{Servers: []inventory.ServerID{lost.ID}, Reason: "again"})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		a = s.View().Audits[0]
		if !a.Whole || a.Known != 20 || a.Asked != 19 || a.Unmanaged != 1 || a.Before != 1 || a.Retired != 1 || !slices.Equal(a.GoneNames, []string{"SRV-0003"}) {
			s.Errorf("the audit after: %+v", a)
		}
		s.do(engine.ImportServers{Source: "again", Servers: []inventory.Server{{Name: "SRV-0003", Address: "127.0.0.3", Port: 5985, Scheme: "http", OS: "Windows Server 2022"}}})
		if again := s.named("SRV-0003"); again.ID == lost.ID || again.ID == s.named("NEW-1").ID {
			s.Errorf("a new machine got the id %s again", again.ID)
		}
	})
}

// Handbook 2, completeness: a marked rise or fall in the count is a finding; the standards are reviewed when the environment changes.
func TestAMarkedFallOfTheCountIsAFinding(t *testing.T) {
	swept(t, 20, nil, func(s estate) {
		standards, err := inventory.ReadStandards(strings.NewReader(inventory.ExampleStandards))
		if err != nil {
			s.Fatal(err)
		}
		s.do(engine.SetStandards{Source: "example", Standards: standards, Reason: "begin"})
		s.do(engine.RetireServers{Servers: []inventory.ServerID{"s00019", "s00020"}, Reason: "scrapped"})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		s.expect(inventory.CountChanged, "AUD-2", "AUD-2")
		asked := func() bool {
			return slices.ContainsFunc(s.View().Needs, func(n engine.Need) bool { return strings.Contains(n.Words, "review the minimum standards") })
		}
		if !asked() {
			s.Error("nobody is asked to review the standards")
		}
		s.do(engine.ReviewStandards{Reason: "still hold"})
		if asked() {
			s.Error("a review is asked for after it was made")
		}
		s.refused("was closed already", closeTwice(s, s.View().Findings))
	})
}

func closeTwice(s estate, list []inventory.Finding) engine.Command {
	i := slices.IndexFunc(list, func(f inventory.Finding) bool { return f.Kind == inventory.CountChanged })
	closing := engine.CloseFinding{Finding: list[i].ID, Reason: "two servers were scrapped"}
	s.do(closing)
	return closing
}

// Handbook 2, policy checks: the standards run whenever facts are read; a violation has severity, time line and remedy, and ends by evidence.
func TestAViolationOpensAndClosesWithTheFacts(t *testing.T) {
	swept(t, 6, nil, func(s estate) {
		rule := inventory.Standard{ID: "disk", Title: "Room", Applies: `name == "SRV-0002"`, Rule: "free_gb > 1000", Severity: inventory.High, Days: 3, Remedy: "enlarge it"}
		s.do(engine.SetStandards{Source: "test", Standards: []inventory.Standard{rule}, Reason: "begin"})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		s.expect(inventory.Violation, "SRV-0002")
		if f := s.View().Findings[0]; f.Severity != inventory.High || f.Todo != "enlarge it" || f.Due.Sub(f.Opened) != 72*time.Hour || f.Evidence != "AUD-2" {
			s.Errorf("got %+v", f)
		}
		rule.Rule = "free_gb > 10"
		s.do(engine.SetStandards{Source: "test", Standards: []inventory.Standard{rule}, Reason: "too strict"})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		s.expect(inventory.Violation)
		s.refused("severity", engine.SetStandards{Standards: []inventory.Standard{{ID: "x", Title: "x", Remedy: "x"}}, Reason: "x"})
	})
}

// Handbook 2, collections: members and exclusions with reason, author and expiry; a plan for a collection leaves its excluded servers out.
func TestAPlanForACollectionLeavesItsExcludedServersOut(t *testing.T) {
	swept(t, 20, nil, func(s estate) {
		s.do(engine.CreateCollection{Name: "prod", Query: `environment == "Prod"`, Reason: "x"})
		s.refused("exists already", engine.CreateCollection{Name: "prod", Query: "true"})
		s.refused("unknown name", engine.CreateCollection{Name: "bad", Query: "nonsense"})
		s.refused("always be empty", engine.CreateCollection{Name: "empty"})
		dev, out := s.named("SRV-0000").ID, s.named("SRV-0010").ID
		s.do(engine.AddToCollection{Name: "prod", Servers: []inventory.ServerID{dev}, Reason: "goes with it"})
		s.refused("a reason is needed", engine.ExcludeFromCollection{Name: "prod", Servers: []inventory.ServerID{out}})
		s.refused("must lie ahead", engine.ExcludeFromCollection{Name: "prod", Servers: []inventory.ServerID{out}, Until: s.View().At.Add(-time.Hour), Reason: "x"})
		s.do(engine.ExcludeFromCollection{Name: "prod", Servers: []inventory.ServerID{out}, Until: s.View().At.Add(time.Hour), Reason: "vendor case"})
		holds, err := s.View().Collections[0].Holds()
		if err != nil || len(holds.Members) != 16 || len(holds.Excluded) != 1 || holds.Excluded[out].By != rehearsal.Lead.Name {
			s.Errorf("holds %d servers, excludes %v, %v", len(holds.Members), holds.Excluded, err)
		}
		s.do(engine.ImportBulletin{Source: "model", Bulletin: enginetest.Bulletin()})
		s.do(engine.CreateRelease{ID: "R", Bulletin: "2026-Nov", Updates: []string{enginetest.KB}, Reason: "x"})
		windows, accept := rehearsal.Schedule(s.View().At, false)
		submit := engine.SubmitChange{Release: "R", Windows: windows, AcceptBy: accept, Collections: []string{"nowhere"}, Reason: "x"}
		s.refused("is not known", submit)
		submit.Collections = []string{"prod"}
		s.do(submit)
		plan := s.View().Changes[0].Plan
		planned := map[inventory.ServerID]bool{}
		for _, a := range plan.Assignments {
			planned[a.Server] = true
		}
		if len(planned) != 16 || !planned[dev] || planned[out] {
			s.Errorf("the plan has %d servers, among them the excluded: %v", len(planned), planned[out])
		}
		if want := []rollout.Omission{{Server: out, Reason: "excluded from collection prod by lea.lind: vendor case"}}; !slices.Equal(plan.Excluded, want) {
			s.Errorf("the plan leaves out %+v", plan.Excluded)
		}
		s.do(engine.RemoveFromCollection{Name: "prod", Servers: []inventory.ServerID{out, dev}, Reason: "case closed"})
		s.refused("neither a named member nor excluded", engine.RemoveFromCollection{Name: "prod", Servers: []inventory.ServerID{out}, Reason: "x"})
		s.do(engine.DeleteCollection{Name: "prod", Reason: "no longer needed"})
		if len(s.View().Collections) != 0 {
			s.Error("the collection is still there")
		}
	})
}

// Handbook 2, completeness: nothing is advertised to a collection whose audit is incomplete or old, unless overridden with a reason.
func TestNothingIsPlannedOnAnIncompleteOrOldAuditWithoutAReason(t *testing.T) {
	swept(t, 8, map[string]enginetest.Fate{"SRV-0006": enginetest.Unreachable}, func(s estate) {
		s.do(engine.ImportServers{Source: "more", Servers: []inventory.Server{{Name: "APART", Address: "127.0.0.9", Port: 5985, Scheme: "http", OS: "Windows Server 2022", Unmanaged: "excluded: kiosk"}}})
		s.do(engine.ImportBulletin{Source: "model", Bulletin: enginetest.Bulletin()})
		s.do(engine.CreateRelease{ID: "R", Bulletin: "2026-Nov", Updates: []string{enginetest.KB}, Reason: "x"})
		s.do(engine.CreateCollection{Name: "read", Query: "reachable", Reason: "x"})
		windows, accept := rehearsal.Schedule(s.View().At, false)
		submit := engine.SubmitChange{Release: "R", Windows: windows, AcceptBy: accept, Reason: "x"}
		s.refused("1 of 8 servers were not read (SRV-0006)", submit)
		if !strings.Contains(s.View().AuditTrouble, "SRV-0006") {
			s.Errorf("the view says %q", s.View().AuditTrouble)
		}
		submit.Collections = []string{"read"}
		s.do(submit) // every server of this one was read
		s.do2(rehearsal.Authority, engine.DecideChange{Change: "CHG-1", Step: "reject", PlanHash: s.View().Changes[0].PlanHash, Reason: "x"})
		submit.Collections, submit.OverrideAudit = nil, "it is being rebuilt"
		s.do(submit)
		plan := s.View().Changes[1].Plan
		if !slices.ContainsFunc(plan.Findings, func(f rollout.Finding) bool { return strings.Contains(f.Words, "it is being rebuilt") }) {
			s.Errorf("the plan does not tell of the override: %+v", plan.Findings)
		}
		if len(plan.Excluded) != 1 || plan.Excluded[0].Reason != "not managed: excluded: kiosk" {
			s.Errorf("the plan leaves out %+v", plan.Excluded)
		}
	})
}

func (s estate) do2(who approval.Actor, c engine.Command) {
	s.Helper()
	if _, err := s.Do(s.ctx, who, c); err != nil {
		s.Fatalf("%s: %v", c.Action(), err)
	}
}

// Handbook 2, inventory refreshes daily: a day after the last whole audit the engine reads all servers anew.
func TestTheInventoryIsReadAnewEveryDay(t *testing.T) {
	swept(t, 4, nil, func(s estate) {
		<-time.After(30 * time.Hour) // of the bubble
		synctest.Wait()
		v := s.View()
		if len(v.Audits) != 2 || !v.Audits[0].Whole || v.Audits[0].Began.Sub(v.Audits[1].Began) < 24*time.Hour || v.Servers[0].Scan == nil {
			s.Errorf("%d audits, scan %v", len(v.Audits), v.Servers[0].Scan)
		}
	})
}

// Handbook 2, completeness: the directory, DNS and the configuration database; rogues on the network.
func TestOtherListsAndTheNetworkOpenAndCloseFindings(t *testing.T) {
	swept(t, 4, nil, func(s estate) {
		s.do(engine.RetireServers{Servers: []inventory.ServerID{"s00004"}, Reason: "scrapped"})
		list := []inventory.Entry{{Name: "SRV-0000"}, {Name: "srv-0001.corp.example"}, {Name: "srv-0003"}, {Name: "other"}}
		s.do(engine.CompareSource{Kind: inventory.Directory, Source: "ad.csv", Entries: list})
		s.expect(inventory.NotInList, "SRV-0002")
		s.expect(inventory.Stale, "srv-0003")
		s.expect(inventory.Unlisted, "other")
		if c := s.View().Sources; len(c) != 1 || c[0].Matched != 2 {
			s.Errorf("the view shows %+v", c)
		}
		s.do(engine.CompareSource{Kind: inventory.DNS, Source: "zone", Entries: []inventory.Entry{{Name: "SRV-0000"}, {Name: "SRV-0001"}, {Name: "SRV-0002"}}})
		s.expect(inventory.Unlisted, "other") // DNS says nothing about the directory
		s.do(engine.CompareSource{Kind: inventory.Directory, Source: "ad2.csv", Entries: append(list[:2], inventory.Entry{Name: "SRV-0002"})})
		for _, kind := range []inventory.FindingKind{inventory.NotInList, inventory.Stale, inventory.Unlisted} {
			s.expect(kind)
		}
		s.refused("a source is a", engine.CompareSource{Kind: "x", Entries: list})
		s.refused("names no machine", engine.CompareSource{Kind: inventory.DNS, Source: "empty"})

		ranges := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/28")}
		found := []inventory.Responder{{Address: "127.0.0.1", Port: 5985}, {Address: "127.0.0.7", Port: 5985}}
		s.do(engine.RecordDiscovery{Ranges: ranges, Asked: 16, Found: found})
		s.expect(inventory.Rogue, "127.0.0.7")
		s.do(engine.RecordDiscovery{Ranges: []netip.Prefix{netip.MustParsePrefix("127.0.1.0/28")}, Asked: 16})
		s.expect(inventory.Rogue, "127.0.0.7") // nobody looked there
		s.do(engine.RecordDiscovery{Ranges: ranges, Asked: 16, Found: found[:1]})
		s.expect(inventory.Rogue)
		s.refused("lies in none of the ranges", engine.RecordDiscovery{Ranges: ranges, Found: []inventory.Responder{{Address: "10.0.0.1", Port: 1}}})
	})
}

// Handbook 2: recurrence is a finding and an incident; what comes back is caught up; baselines of the quarter, their stamp, below and exempt.
func TestAfterTheNightBaselineStampRecurrenceAndCatchUp(t *testing.T) {
	fates := map[string]enginetest.Fate{"SRV-0012": enginetest.Unreachable}
	scenario(t, 20, fates, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), rehearsal.Over)
		s := estate{t, ctx, e, n}
		quarter := fmt.Sprintf("%dQ%d", s.View().At.Year(), (s.View().At.Month()+2)/3)
		s.refused("quarter", engine.MakeBaseline{Quarter: "2026", Reason: "x"})
		s.refused("has not begun", engine.MakeBaseline{Quarter: "2150Q1", Reason: "x"})
		s.refused("no bulletin", engine.MakeBaseline{Name: "x", Updates: []string{"KB1"}, Reason: "x"})
		s.do(engine.MakeBaseline{Quarter: quarter, Reason: "quarterly"})
		s.refused("exists already", engine.MakeBaseline{Quarter: quarter, Reason: "quarterly"})
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		stand := func() map[inventory.Place]int {
			counts := map[inventory.Place]int{}
			for _, st := range s.View().Baselines[0].Stand() {
				counts[st.Place]++
			}
			return counts
		}
		excluded := s.open(inventory.BelowLine) // the server that the lead took out of Prod
		if got := stand(); len(excluded) != 1 || got[inventory.At] != 18 || got[inventory.Below] != 1 || got[inventory.NotRead] != 1 {
			t.Errorf("standings %v, below: %v", got, excluded)
		}
		for _, f := range s.View().Findings {
			if f.Kind == inventory.BelowLine && !strings.Contains(f.Words, "cause: exception: ") {
				t.Errorf("no cause: %s", f.Words)
			}
		}
		s.refused("needs an end", engine.ExemptFromBaseline{Baseline: quarter, Servers: []inventory.ServerID{s.named(excluded[0]).ID}, Reason: "x"})
		s.do(engine.ExemptFromBaseline{Baseline: quarter, Servers: []inventory.ServerID{s.named(excluded[0]).ID}, Until: s.View().At.Add(time.Hour), Reason: "vendor case"})
		s.expect(inventory.BelowLine)

		s.sweep(engine.StampBaseline{Baseline: quarter, Reason: "quarterly"})
		stamped := 0
		for _, server := range s.View().Servers {
			if server.Facts != nil && server.Facts.Baseline.Name == quarter {
				stamped++
			}
		}
		if stamped != 18 {
			t.Errorf("%d servers have the stamp, want the 18 that reached it", stamped)
		}

		n.world.LoseUpdate("SRV-0008")
		n.world.Heal("SRV-0012")
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		s.sweep(engine.Sweep{Kind: engine.SweepScan})
		s.expect(inventory.Recurrence, "SRV-0008", "SRV-0008")
		s.expect(inventory.CatchUp, "SRV-0008", "SRV-0012")
		s.expect(inventory.OffNetwork)
		recurs := func() (open int) {
			for _, i := range s.View().Incidents {
				if i.Server == s.named("SRV-0008").ID && i.Class == string(inventory.Recurrence) && i.State == "open" {
					open++
				}
			}
			return open
		}
		if recurs() != 1 {
			t.Errorf("%d open incidents of the recurrence, want one", recurs())
		}
		n.world.GiveBack("SRV-0008")
		s.sweep(engine.Sweep{Kind: engine.SweepFacts})
		s.sweep(engine.Sweep{Kind: engine.SweepScan})
		s.expect(inventory.Recurrence)
		if recurs() != 0 {
			t.Error("the incident stays open after the update is back")
		}
		s.foldsToTheSame()
	})
}

// Handbook 2, client health is checked before any push, problems are fixed and recorded as incidents.
func TestClientProblemsAreFindingsAndIncidentsUntilTheyAreMended(t *testing.T) {
	swept(t, 6, map[string]enginetest.Fate{"SRV-0002": enginetest.Obstructed, "SRV-0005": enginetest.Unreachable}, func(s estate) {
		s.sweep(engine.Sweep{Kind: engine.SweepHealth})
		s.expect(inventory.ClientHealth, "SRV-0002")
		s.expect(inventory.OffNetwork, "SRV-0005")
		if sick := s.named("SRV-0002"); sick.Health == nil || len(sick.Health.Obstacles) != 1 || s.named("SRV-0001").Health == nil {
			s.Errorf("health: %+v", sick.Health)
		}
		open := func() (n int) {
			for _, i := range s.View().Incidents {
				if i.Class == string(inventory.ClientHealth) && i.State == "open" {
					n++
				}
			}
			return n
		}
		s.sweep(engine.Sweep{Kind: engine.SweepScan, Servers: []inventory.ServerID{s.named("SRV-0002").ID}})
		if open() != 1 {
			s.Errorf("%d incidents after a scan, want the one of the client", open())
		}
		s.night.world.Heal("SRV-0002")
		s.sweep(engine.Sweep{Kind: engine.SweepHealth})
		s.expect(inventory.ClientHealth)
		if open() != 0 {
			s.Error("the incident stays open after the client was mended")
		}
	})
}
