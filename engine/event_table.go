package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

func init() {
	registerInventory()
	registerChanges()
	registerRollouts()
}

func registerInventory() {
	register("inventory.imported",
		func(e serversImported) string { return "inventory" },
		func(e serversImported) string {
			return fmt.Sprintf("%d added, %d changed, %d unchanged from %s", e.Added, e.Changed, e.Same, e.Source)
		},
		func(s *state, e serversImported, _ time.Time) error {
			for _, server := range e.Servers {
				s.putServer(server)
			}
			return nil
		})
	register("server.facts",
		func(e factsRead) string { return string(e.Server) },
		func(e factsRead) string { return "read: build " + e.Facts.Build.String() },
		func(s *state, e factsRead, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) {
				server.Reached = server.Reached.Highest(e.Facts.Build)
				server.Facts, server.Trouble, server.TroubleClass, server.OffSince = &e.Facts, "", "", time.Time{}
				server.FactsSweep = max(server.FactsSweep, e.Sweep)
			})
		})
	register("server.scanned",
		func(e serverScanned) string { return string(e.Server) },
		func(e serverScanned) string {
			return fmt.Sprintf("its update agent offers %d updates", len(e.Scan.Offered))
		},
		func(s *state, e serverScanned, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) {
				server.Scan, server.ScanSweep = &e.Scan, max(server.ScanSweep, e.Sweep)
			})
		})
	register("server.trouble",
		func(e serverTrouble) string { return string(e.Server) },
		func(e serverTrouble) string { return e.Words },
		func(s *state, e serverTrouble, at time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) {
				*sweepState{Kind: e.Kind}.newest(server) = e.Sweep
				if e.Kind == SweepStamp {
					return // the server was read all the same
				}
				server.Trouble, server.TroubleClass = e.Words, string(e.Class)
				if e.Class == rollout.ClassNetwork && server.OffSince.IsZero() {
					server.OffSince = at
				}
			})
		})
	register("sweep.ordered",
		func(e sweepOrdered) string { return e.id() },
		func(e sweepOrdered) string { return fmt.Sprintf("%s of %d servers", e.Kind, len(e.Servers)) },
		func(s *state, e sweepOrdered, at time.Time) error {
			e.Ordered = at
			s.putSweep(e.sweepState)
			return nil
		})
	register("sweep.ended",
		func(e sweepEnded) string { return fmt.Sprintf("sweep-%d", e.Number) },
		func(e sweepEnded) string { return fmt.Sprintf("through; %d servers could not be read", e.Trouble) },
		func(s *state, e sweepEnded, at time.Time) error {
			sweep, ok := s.sweeps[e.Number]
			if !ok {
				return fmt.Errorf("sweep %d is not known", e.Number)
			}
			sweep.Ended, sweep.Trouble = at, e.Trouble
			s.putSweep(sweep)
			return nil
		})
	register("catalog.imported",
		func(e bulletinImported) string { return e.Bulletin.ID },
		func(e bulletinImported) string {
			return fmt.Sprintf("%d updates for Windows Server, %d records not readable, from %s", len(e.Bulletin.Updates), len(e.Bulletin.Skipped), e.Source)
		},
		func(s *state, e bulletinImported, _ time.Time) error { s.putBulletin(e.Bulletin); return nil })
	register("command.denied",
		func(e commandDenied) string { return e.Action },
		func(e commandDenied) string { return e.Words },
		func(*state, commandDenied, time.Time) error { return nil })
}

func registerChanges() {
	register("release.created",
		func(e releaseCreated) string { return e.ID },
		func(e releaseCreated) string { return fmt.Sprintf("holds %s", strings.Join(e.Active(), ", ")) },
		func(s *state, e releaseCreated, _ time.Time) error { s.putRelease(e.Release); return nil })
	register("release.phase",
		func(e releasePhase) string { return e.Release },
		func(e releasePhase) string { return "now in " + string(e.Phase) },
		func(s *state, e releasePhase, _ time.Time) error {
			r := s.releases[e.Release]
			r.Phase = e.Phase
			r.Rev++
			s.putRelease(r)
			return nil
		})
	register("release.dropped",
		func(e updateDropped) string { return e.Release },
		func(e updateDropped) string { return e.KB + " dropped: " + e.Amendment.Reason },
		func(s *state, e updateDropped, _ time.Time) error {
			r, err := s.releases[e.Release].Drop(e.KB, e.Amendment)
			if err == nil {
				s.putRelease(r)
			}
			return err
		})
	register("plan.frozen",
		func(e planFrozen) string { return e.Change },
		func(e planFrozen) string { return fmt.Sprintf("plan %.12s with %d windows", e.Hash, len(e.Windows)) },
		func(s *state, e planFrozen, _ time.Time) error { s.putPlan(e.Plan); return nil })
	register("plan.assigned",
		func(e planAssigned) string { return e.Hash },
		func(e planAssigned) string { return fmt.Sprintf("%d servers have their windows", len(e.Assignments)) },
		func(s *state, e planAssigned, _ time.Time) error {
			if _, ok := s.plans[e.Hash]; !ok {
				return fmt.Errorf("plan %.12s is not known", e.Hash)
			}
			s.assign(e.Hash, e.Assignments)
			return nil
		})
	register("change.submitted",
		func(e changeSubmitted) string { return e.ID },
		func(e changeSubmitted) string {
			return fmt.Sprintf("asks to deploy %s, priority %s", e.Release, e.Priority)
		},
		func(s *state, e changeSubmitted, _ time.Time) error { s.putChange(e.Change); return nil })
	decided := register("change.decided",
		func(e changeDecided) string { return e.Change.ID },
		func(e changeDecided) string { return fmt.Sprintf("%s, plan %.12s", e.Step, e.Change.PlanHash) },
		func(s *state, e changeDecided, _ time.Time) error { s.putChange(e.Change); return nil })
	decided.change = func(e any) (string, string) {
		c := e.(changeDecided)
		if c.From != "" {
			return string(c.From), string(c.Change.State)
		}
		for _, t := range approval.Transitions {
			if t.Step == c.Step && t.To == c.Change.State {
				return string(t.From), string(t.To)
			}
		}
		return "", string(c.Change.State)
	}
	register("change.excluded",
		func(e serverExcluded) string { return string(e.Server) },
		func(e serverExcluded) string { return "excluded from " + e.Change + ": " + e.Amendment.Reason },
		func(s *state, e serverExcluded, _ time.Time) error {
			c, err := s.changes[e.Change].Exclude(string(e.Server), e.Amendment)
			if err == nil {
				s.putChange(c)
			}
			return err
		})
	register("acceptance.opened",
		func(e acceptanceOpened) string { return e.Change },
		func(e acceptanceOpened) string {
			return fmt.Sprintf("%d applications, results by %s", len(e.Applications), e.Deadline.Format("2 Jan 15:04"))
		},
		func(s *state, e acceptanceOpened, _ time.Time) error {
			a := pilot.Open(e.Applications, e.Deadline)
			for name := range a.Results {
				if rev := e.Plans[name]; rev > 0 {
					if a.Plans == nil {
						a.Plans = map[string]int{}
					}
					a.Plans[name] = rev
				}
			}
			s.putAcceptance(e.Change, a)
			return nil
		})
	register("acceptance.recorded",
		func(e acceptanceRecorded) string { return e.Change },
		func(e acceptanceRecorded) string {
			return fmt.Sprintf("%s: %s %s", e.Application, e.Answer.Result, e.Answer.Note)
		},
		func(s *state, e acceptanceRecorded, _ time.Time) error {
			a, err := s.acceptance[e.Change].Record(e.Application, e.Answer)
			if err == nil {
				s.putAcceptance(e.Change, a)
			}
			return err
		})
	register("acceptance.closed",
		func(e acceptanceClosed) string { return e.Change },
		func(e acceptanceClosed) string { return "the deadline passed: no response counts as no issues" },
		func(s *state, e acceptanceClosed, _ time.Time) error {
			s.putAcceptance(e.Change, s.acceptance[e.Change].Close())
			return nil
		})
}

func registerRollouts() {
	register("rollout.opened",
		func(e rollout.Opened) string { return e.Rollout.ID },
		func(e rollout.Opened) string {
			return fmt.Sprintf("%s, %d advertisements", e.Rollout.Ring, len(e.Advertisements))
		},
		func(s *state, e rollout.Opened, _ time.Time) error {
			if _, ok := s.rollouts[e.Rollout.ID]; !ok {
				s.putRollout(e.Rollout)
			}
			for _, ad := range e.Advertisements {
				s.putAd(ad)
			}
			return nil
		})
	moved := register("advertisement.moved",
		func(e rollout.Moved) string { return string(e.Server) },
		func(e rollout.Moved) string { return movedWords(e) },
		func(s *state, e rollout.Moved, at time.Time) error {
			r, ad := s.rollouts[e.Rollout], s.ads[e.Ad]
			if r == nil || ad == nil {
				return fmt.Errorf("advertisement %s is not known", e.Ad)
			}
			nextRollout, nextAd := e.Apply(*r, *ad, at)
			s.putRollout(nextRollout)
			s.putAd(nextAd)
			if r.Ring == rollout.Rollback && e.To == rollout.Succeeded {
				return s.changeServer(e.Server, func(server *serverRecord) { server.Reached = e.After }) // it fell because somebody wanted it to
			}
			return nil
		})
	moved.change = func(e any) (string, string) {
		m := e.(rollout.Moved)
		return string(m.From), string(m.To)
	}
	register("rollout.window-closed",
		func(e rollout.WindowClosed) string { return e.Rollout },
		func(e rollout.WindowClosed) string {
			return fmt.Sprintf("window %s closed with %d targeted, %d succeeded, %d failed", e.Window, e.Counts.Targeted(), e.Counts[rollout.Succeeded], e.Counts[rollout.Failed])
		},
		func(s *state, e rollout.WindowClosed, _ time.Time) error {
			return s.changeRollout(e.Rollout, func(r rollout.Rollout) rollout.Rollout { return e.Apply(r) })
		})
	register("rollout.warned",
		func(e rollout.Warned) string { return e.Rollout },
		func(e rollout.Warned) string {
			return fmt.Sprintf("window %s: stop score %d, concurrency halved", e.Window, e.Score)
		},
		func(s *state, e rollout.Warned, _ time.Time) error {
			return s.changeRollout(e.Rollout, func(r rollout.Rollout) rollout.Rollout { return e.Apply(r) })
		})
	stopped := register("rollout.stopped",
		func(e rollout.Stopped) string { return e.Rollout },
		func(e rollout.Stopped) string { return fmt.Sprintf("%s (%s): %s", e.To, e.Rule, e.Reason) },
		func(s *state, e rollout.Stopped, at time.Time) error {
			return s.changeRollout(e.Rollout, func(r rollout.Rollout) rollout.Rollout { return e.Apply(r, at) })
		})
	stopped.change = func(e any) (string, string) {
		m := e.(rollout.Stopped)
		return string(m.From), string(m.To)
	}
	reopened := register("rollout.reopened",
		func(e rollout.Reopened) string { return e.Rollout },
		func(e rollout.Reopened) string { return reopenedWords(e) },
		func(s *state, e rollout.Reopened, _ time.Time) error {
			return s.changeRollout(e.Rollout, func(r rollout.Rollout) rollout.Rollout { return e.Apply(r) })
		})
	reopened.change = func(e any) (string, string) {
		m := e.(rollout.Reopened)
		return string(m.From), string(m.To)
	}
	register("lock.broken",
		func(e lockBroken) string { return e.Cluster },
		func(e lockBroken) string { return "taken from " + e.Ad },
		func(s *state, e lockBroken, _ time.Time) error {
			ad := *s.ads[e.Ad]
			if ad.Lock == e.Cluster {
				ad.Lock = ""
			}
			ad.Seats = slices.DeleteFunc(slices.Clone(ad.Seats), func(group string) bool { return group == e.Cluster })
			ad.Rev++
			s.putAd(ad)
			return nil
		})
}

// movedWords tells a transition in one line, with its evidence.
func movedWords(m rollout.Moved) string {
	words := m.Cause
	if m.Failure != nil && m.To == rollout.Failed {
		words += ": " + m.Failure.Error()
	}
	if !m.After.IsZero() && m.To == rollout.Succeeded {
		words += ": build " + m.After.String()
	}
	if m.Scores != nil {
		words += fmt.Sprintf(" (stop score %d -> %d)", m.Scores.From, m.Scores.To)
	}
	return words
}
