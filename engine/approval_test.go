package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
)

// office is an engine with people at its door.
type office struct {
	t   *testing.T
	ctx context.Context
	n   *night
	*engine.Engine
}

var (
	secOps    = approval.Actor{Name: "sec.ops", Roles: []approval.Role{approval.Security}, Via: "test"}
	secondOne = approval.Actor{Name: "ann.auth", Roles: []approval.Role{approval.Authority, approval.Board}, Via: "test"}
)

// at begins a test where a night reaches a condition.
func at(t *testing.T, servers int, prepare func(*night), reached func(*engine.View) bool, body func(o *office)) {
	scenario(t, servers, nil, func(t *testing.T, ctx context.Context, n *night) {
		if prepare != nil {
			prepare(n)
		}
		e := n.until(ctx, engine.NewWallClock(), reached)
		body(&office{t, ctx, n, e})
		foldsToItsRecords(t, n.store)
	})
}

func (o *office) do(who approval.Actor, c engine.Command) string {
	o.t.Helper()
	words, err := o.Do(o.ctx, who, c)
	if err != nil {
		o.t.Fatalf("%s by %s: %v", c.Action(), who.Name, err)
	}
	return words
}

// refused gives a command that must fail with these words.
func (o *office) refused(who approval.Actor, c engine.Command, words string) {
	o.t.Helper()
	if answer, err := o.Do(o.ctx, who, c); err == nil || !strings.Contains(err.Error(), words) {
		o.t.Errorf("%s by %s: answer %q, error %v, want %q", c.Action(), who.Name, answer, err, words)
	}
}

func (o *office) change(id string) engine.ChangeView {
	o.t.Helper()
	i := slices.IndexFunc(o.View().Changes, func(c engine.ChangeView) bool { return c.ID == id })
	if i < 0 {
		o.t.Fatalf("there is no %s", id)
	}
	return o.View().Changes[i]
}

func (o *office) release() approval.Release { return o.View().Releases[0] }

func (o *office) step(who approval.Actor, id, step string) engine.Command {
	return engine.DecideChange{Change: id, Step: step, PlanHash: o.change(id).PlanHash, Reason: "test"}
}

func (o *office) submit(release string, priority approval.Priority) string {
	o.t.Helper()
	windows, accept := rehearsal.Schedule(o.View().At, priority == approval.Emergency)
	o.do(rehearsal.Lead, engine.SubmitChange{Release: release, Priority: priority, Windows: windows, AcceptBy: accept, Reason: "test"})
	return o.View().Changes[len(o.View().Changes)-1].ID
}

// needs tells whether the list of what waits for people says something.
func (o *office) needs(words string) bool {
	return slices.ContainsFunc(o.View().Needs, func(n engine.Need) bool { return strings.Contains(n.Words, words) })
}

// wait lets time pass, without anybody acting, until a condition holds.
func (o *office) wait(reached func(*engine.View) bool) {
	o.t.Helper()
	wake, stop := o.Watch()
	defer stop()
	limit := time.Now().Add(100 * 24 * time.Hour)
	for !reached(o.View()) {
		if _, ok := <-wake; !ok || time.Now().After(limit) {
			o.t.Fatal("it does not happen")
		}
	}
}

func submittedOnce(v *engine.View) bool { return len(v.Changes) > 0 }

func released(v *engine.View) bool { return len(v.Releases) > 0 }

// Handbook 4: "Application owners and Security may raise objections until the board meets; an open objection blocks the approval until it
// is answered or overruled with a reason."
func TestAnOpenObjectionBlocksTheBoard(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		o.refused(rehearsal.Watcher, engine.ObjectToChange{Change: "CHG-1", Reason: "no"}, "; you are: ")
		o.refused(secOps, engine.ObjectToChange{Change: "CHG-1"}, "a reason is needed")
		o.do(secOps, engine.ObjectToChange{Change: "CHG-1", Reason: "the backup of payroll failed"})
		o.do(rehearsal.Support, engine.ObjectToChange{Change: "CHG-1", Reason: "month end"})
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise")) // the pilot is unlocked all the same
		if !o.needs("objection 1 by sec.ops is open") {
			t.Errorf("nobody is told of the objection: %v", o.View().Needs)
		}
		o.refused(rehearsal.Board, o.step(rehearsal.Board, "CHG-1", "approve"), "has an open objection by sec.ops")
		o.do(rehearsal.Lead, engine.SettleObjection{Change: "CHG-1", Number: 1, State: approval.Answered, Reason: "it ran again"})
		o.refused(rehearsal.Board, o.step(rehearsal.Board, "CHG-1", "approve"), "has an open objection by sam.okoye")
		o.refused(rehearsal.Lead, engine.SettleObjection{Change: "CHG-1", Number: 2, State: approval.Overruled, Reason: "no"}, "as overruled needs one of: authority, board")
		o.do(rehearsal.Board, engine.SettleObjection{Change: "CHG-1", Number: 2, State: approval.Overruled, Reason: "the risk of waiting is greater"})
		o.do(rehearsal.Board, o.step(rehearsal.Board, "CHG-1", "approve"))
		o.refused(secOps, engine.ObjectToChange{Change: "CHG-1", Reason: "too late"}, "objections are possible until the board has met")
	})
}

// Handbook 4: an emergency is started by the authority alone, so there an open objection blocks the authority.
func TestAnOpenObjectionBlocksAnEmergency(t *testing.T) {
	at(t, 8, func(n *night) { n.script.Emergency = true }, submittedOnce, func(o *office) {
		o.do(secOps, engine.ObjectToChange{Change: "CHG-1", Reason: "the update is said to break logons"})
		o.refused(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"), "open objection")
		o.do(secondOne, engine.SettleObjection{Change: "CHG-1", Number: 1, State: approval.Overruled, Reason: "only on another version"})
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"))
	})
}

// Handbook 5: the board may ask for changes; what is asked for is another plan, and it takes the place of the first.
func TestTheBoardAsksForChanges(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		release := o.release().ID
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"))
		o.do(rehearsal.Board, o.step(rehearsal.Board, "CHG-1", "ask"))
		if c := o.change("CHG-1"); c.State != approval.Returned || c.Unlocks(true) || o.release().Phase != approval.Identify {
			t.Fatalf("%s is %s, its release in %s", c.ID, c.State, o.release().Phase)
		}
		if !o.needs("CHG-1 is changes asked (test): submit " + release + " again") {
			t.Errorf("nobody is told: %v", o.View().Needs)
		}
		second := o.submit(release, approval.High)
		if c := o.change("CHG-1"); c.State != approval.Superseded || c.Successor != second {
			t.Errorf("CHG-1 is %s by %q", c.State, c.Successor)
		}
		o.refused(rehearsal.Board, o.step(rehearsal.Board, "CHG-1", "approve"), "CHG-1 is superseded")
		o.wait(func(v *engine.View) bool { return v.Rollouts[0].State == rollout.Closed })
		if pilot := o.View().Rollouts[0]; pilot.Counts[rollout.Succeeded] > 0 {
			t.Errorf("the pilot of a plan that was sent back ran on: %v", pilot.Counts)
		}
	})
}

// Handbook 4: withdrawing an approved change starts nobody new, and its servers can be asked for again.
func TestAnApprovedChangeIsWithdrawn(t *testing.T) {
	approved := func(v *engine.View) bool { return len(v.Changes) > 0 && v.Changes[0].State == approval.Approved }
	at(t, 20, nil, approved, func(o *office) {
		o.refused(rehearsal.Board, engine.DecideChange{Change: "CHG-1", Step: "withdraw", Reason: "no"}, "needs the role lead")
		o.do(rehearsal.Lead, engine.DecideChange{Change: "CHG-1", Step: "withdraw", Reason: "the vendor called it back"})
		o.refused(rehearsal.Lead, engine.DecideChange{Change: "CHG-1", Step: "withdraw", Reason: "again"}, "CHG-1 is withdrawn by "+rehearsal.Lead.Name)
		o.wait(func(v *engine.View) bool {
			return !slices.ContainsFunc(v.Rollouts, func(r engine.RolloutView) bool { return r.State != rollout.Closed })
		})
		prod, _ := ring(o.View(), rollout.Prod)
		if prod.Counts[rollout.NotStarted] != len(prod.Cells) {
			t.Errorf("Prod: %v", prod.Counts)
		}
		if o.release().Phase != approval.Identify {
			t.Errorf("the release is in %s", o.release().Phase)
		}
		o.submit(o.release().ID, approval.High)
	})
}

// two makes a month with a second update for the same servers, of another severity, which nobody needs to restart for.
func two(severity catalog.Severity) func(*night) {
	return func(n *night) {
		u := n.script.Bulletin.Updates[0]
		u.KB, u.Severity, u.CVEs = "KB5999002", severity, []string{"CVE-2026-90002"}
		n.script.Bulletin.Updates = append(slices.Clone(n.script.Bulletin.Updates), u)
		n.world.Also = []string{u.KB}
	}
}

// Handbook 4: "Taking updates out afterwards is recorded and keeps the approval; adding any voids it." Handbook 7: "A repaired package is a
// new revision and repeats acceptance."
func TestDroppingKeepsTheApprovalAndAddingVoidsIt(t *testing.T) {
	approved := func(v *engine.View) bool { return len(v.Changes) > 0 && v.Changes[0].State == approval.Approved }
	at(t, 12, two(catalog.Important), approved, func(o *office) {
		id := o.release().ID
		o.do(rehearsal.Lead, engine.DropUpdate{Release: id, KB: "KB5999002", Reason: "breaks printing"})
		if o.change("CHG-1").State != approval.Approved {
			t.Fatalf("after a drop: %s", o.change("CHG-1").State)
		}
		o.do(rehearsal.Lead, engine.WidenRelease{Release: id, KB: "KB5999002", Reason: "the vendor repaired it"})
		if c := o.change("CHG-1"); c.State != approval.Void || c.Unlocks(true) || o.release().Revision != 1 {
			t.Errorf("after adding: %s, revision %d", c.State, o.release().Revision)
		}
		o.refused(rehearsal.Lead, engine.WidenRelease{Release: id, KB: "KB5999002", Reason: "again"}, "holds KB5999002 already")
		o.refused(rehearsal.Lead, engine.WidenRelease{Release: id, KB: "KB1234567", Reason: "x"}, "the catalogue holds no KB1234567")
		second := o.submit(id, approval.High)
		if c := o.change(second); c.State != approval.Submitted || len(c.Acceptance.Results) != 0 || c.Acceptance.Closed {
			t.Errorf("the repaired package begins with %s and acceptance %+v", c.State, c.Acceptance)
		}
	})
}

// Handbook 1: a phase is left only through its gate, from Identify to the review that closes the release.
func TestAReleaseGoesThroughTheFourPhases(t *testing.T) {
	at(t, 12, nil, released, func(o *office) {
		phases := []approval.Phase{o.release().Phase}
		for range 4 {
			was := o.release().Phase
			o.n.wait(o.ctx, o.Engine, func(v *engine.View) bool { return v.Releases[0].Phase != was || rehearsal.Over(v) })
			if now := o.release().Phase; now != was {
				phases = append(phases, now)
				if now == approval.Deploy && (!o.change("CHG-1").Acceptance.Closed || o.change("CHG-1").Board == nil) {
					t.Error("Deploy began before acceptance closed or the board approved")
				}
			}
		}
		if !slices.Equal(phases, []approval.Phase{approval.Identify, approval.Evaluate, approval.Deploy}) {
			t.Fatalf("phases %v", phases)
		}
		id, review := o.release().ID, approval.Review{Answers: map[string]string{"categories": "yes", "hole": "yes", "baseline": "yes"}}
		if !o.needs(id + " waits for its review") {
			t.Errorf("nobody is told of the review: %v", o.View().Needs)
		}
		o.refused(rehearsal.Lead, engine.ReviewRelease{Release: id, Review: review}, "leaves open: better (What do we do better next time?)")
		review.Answers["better"] = "stage earlier"
		o.do(rehearsal.Lead, engine.ReviewRelease{Release: id, Review: review})
		if r := o.release(); r.Phase != approval.Closed || r.Review.By != rehearsal.Lead.Name || o.change("CHG-1").State != approval.Completed {
			t.Errorf("after the review: %s by %+v, change request %s", r.Phase, r.Review, o.change("CHG-1").State)
		}
		o.refused(rehearsal.Lead, engine.ReviewRelease{Release: id, Review: review}, "closed already")
	})
}

// Handbook 6, task 30: the month's review, once it answers every question, closes the releases that are through.
func TestTheMonthsReviewClosesItsRelease(t *testing.T) {
	deployed := func(v *engine.View) bool { return rehearsal.Over(v) && v.Releases[0].Phase == approval.Deploy }
	at(t, 12, nil, deployed, func(o *office) {
		cycle := o.View().Procedure.Cycles[0].ID
		answers := map[string]string{"categories": "yes", "hole": "on all", "baseline": "yes"}
		o.do(rehearsal.Lead, engine.HoldReview{Cycle: cycle, Summary: "fine", Answers: answers})
		if o.release().Phase != approval.Deploy {
			t.Fatalf("a review that leaves a question open brought the release to %s", o.release().Phase)
		}
		answers = map[string]string{"categories": "yes", "hole": "on all", "baseline": "yes", "better": "stage earlier"}
		o.do(rehearsal.Lead, engine.HoldReview{Cycle: cycle, Summary: "fine", Answers: answers})
		if r := o.release(); r.Phase != approval.Closed || r.Review.Answers["better"] != "stage earlier" || o.change("CHG-1").State != approval.Completed {
			t.Errorf("after the month's review: %s, %+v, %s", r.Phase, r.Review, o.change("CHG-1").State)
		}
	})
}

// Handbook 1: Deploy is not left while a rollout is open, and a release that was never rolled out is withdrawn, not reviewed.
func TestAReleaseIsNotReviewedBeforeItWasDeployed(t *testing.T) {
	answers := approval.Review{Answers: map[string]string{"categories": "a", "hole": "b", "baseline": "c", "better": "d"}}
	at(t, 8, nil, submittedOnce, func(o *office) {
		id := o.release().ID
		o.refused(rehearsal.Lead, engine.ReviewRelease{Release: id, Review: answers}, "nothing of "+id+" was rolled out")
		o.refused(rehearsal.Lead, engine.WithdrawRelease{Release: id, Reason: "x"}, "CHG-1 asks for "+id)
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"))
		o.refused(rehearsal.Lead, engine.ReviewRelease{Release: id, Review: answers}, "R-1 is not through")
		o.do(rehearsal.Lead, engine.DecideChange{Change: "CHG-1", Step: "withdraw", Reason: "not now"})
		o.wait(func(v *engine.View) bool { return v.Rollouts[0].State == rollout.Closed })
		o.do(rehearsal.Lead, engine.OwnRelease{Release: id, Owner: "m.silva", Reason: "lea is away"})
		o.do(rehearsal.Lead, engine.WithdrawRelease{Release: id, Reason: "superseded by next month's"})
		if r := o.release(); r.Phase != approval.Closed || r.Owner != "m.silva" || r.Closing.Reason != "superseded by next month's" {
			t.Errorf("withdrawn: %+v", r)
		}
		o.refused(rehearsal.Lead, engine.SubmitChange{Release: id, Reason: "x"}, id+" is closed")
	})
}

// Handbook 4: "The initiator sets a first priority and category; the team reviews and agrees or changes both", and each priority brings its
// deadline.
func TestTheTeamReviewsThePriority(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		c := o.change("CHG-1")
		if c.First.Priority != approval.High || c.First.Proposed.Priority != approval.Emergency || c.Team != nil {
			t.Errorf("first assessment %+v, proposed %+v, team %+v: a critical update defaults to an emergency and was set back", c.First, c.First.Proposed, c.Team)
		}
		leadAgain := approval.Actor{Name: rehearsal.Lead.Name, Roles: []approval.Role{approval.Lead, approval.Security}}
		o.refused(leadAgain, engine.AssessChange{Change: "CHG-1", Priority: approval.Medium, Reason: "x"}, "another person of the team must review it")
		o.do(secOps, engine.AssessChange{Change: "CHG-1", Priority: approval.Medium, Category: "mission-critical", Criteria: []approval.Criterion{approval.Mitigated}, Reason: "the port is closed"})
		c = o.change("CHG-1")
		if due := c.Submitted.At.AddDate(0, 4, 0); c.Priority != approval.Medium || !c.Deadline.Equal(due) || !c.Latest.Equal(c.Submitted.At.AddDate(0, 6, 0)) || c.Team.Category != "mission-critical" {
			t.Errorf("after the review: %s due %s, at the latest %s, %+v", c.Priority, c.Deadline, c.Latest, c.Team)
		}
		words := o.do(secOps, engine.AssessChange{Change: "CHG-1", Priority: approval.Emergency, Reason: "a worm"})
		if c := o.change("CHG-1"); c.State != approval.Returned || !strings.Contains(words, "Submit "+o.release().ID+" again") {
			t.Errorf("an emergency needs other windows: %s, %q", c.State, words)
		}
		windows, _ := rehearsal.Schedule(o.View().At, true)
		o.do(rehearsal.Lead, engine.SubmitChange{Release: o.release().ID, Windows: windows, Reason: "as the team says"})
		if c := o.change("CHG-2"); c.Priority != approval.Emergency || !c.Plan.Emergency {
			t.Errorf("submitted again with %s", c.Priority)
		}
		o.refused(secOps, engine.AssessChange{Change: "CHG-1", Priority: approval.High, Reason: "x"}, "CHG-1 is superseded")
	})
}

// Handbook 4: a deadline that passed is shown, the latest one as urgent.
func TestADeadlineThatPassedIsShown(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		o.wait(func(*engine.View) bool { return o.needs("the word of the authority is overdue since") })
		o.wait(func(*engine.View) bool { return o.needs("CHG-1 (High) is overdue since") })
		o.wait(func(*engine.View) bool { return o.needs("CHG-1 (High) had to be through by") })
	})
}

// Handbook 4: the request states what it is about, until it is authorised.
func TestARequestStatesWhatItIsAbout(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		o.do(rehearsal.Lead, engine.DescribeChange{Change: "CHG-1", Request: approval.Request{RiskOfLeaving: "a worm", People: "two on call"}})
		o.do(rehearsal.Lead, engine.DescribeChange{Change: "CHG-1", Request: approval.Request{Go: "go"}})
		if r := o.change("CHG-1").Request; r.RiskOfLeaving != "a worm" || r.Go != "go" || len(r.Unsaid()) != len(approval.RequestFields)-3 {
			t.Errorf("it states %+v", r)
		}
		o.refused(rehearsal.Lead, engine.DescribeChange{Change: "CHG-1", Request: approval.Request{Go: "perhaps"}}, "go or no-go")
		o.refused(rehearsal.Lead, engine.DescribeChange{Change: "CHG-1", Request: approval.Request{Go: "go"}}, "states that already")
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"))
		o.refused(rehearsal.Lead, engine.DescribeChange{Change: "CHG-1", Request: approval.Request{Go: "no-go"}}, "until it is authorised")
	})
}

// urgent makes a second release, an emergency for the same servers, and authorises it.
func (o *office) urgent() string {
	o.t.Helper()
	b := enginetest.Bulletin()
	b.ID, b.SHA256, b.Released = "2026-Nov-oob", "oob", b.Released.AddDate(0, 0, 3)
	b.Updates[0].KB, b.Updates[0].Bulletin, b.Updates[0].Supersedes = "KB5999009", b.ID, []string{enginetest.KB}
	o.do(secOps, engine.ImportBulletin{Source: "test", Bulletin: b})
	o.do(rehearsal.Lead, engine.CreateRelease{ID: "worm", Title: "worm", Bulletin: b.ID, Updates: []string{"KB5999009"}, Reason: "exploited here"})
	windows, _ := rehearsal.Schedule(o.View().At, true)
	o.do(rehearsal.Lead, engine.SubmitChange{Release: "worm", Criteria: []approval.Criterion{approval.AttackedHere}, Windows: windows, Reason: "exploited here"})
	id := o.View().Changes[len(o.View().Changes)-1].ID
	o.do(rehearsal.Authority, o.step(rehearsal.Authority, id, "authorise"))
	return id
}

// Handbook 4: "An emergency pre-empts: it can pause or hold back releases of lower priority that are already rolling", and they go on after it.
// Handbook 1: releases that share servers or superseded updates are flagged on both.
func TestAnEmergencyHoldsBackWhatIsLessUrgent(t *testing.T) {
	approved := func(v *engine.View) bool { return len(v.Changes) > 0 && v.Changes[0].State == approval.Approved }
	at(t, 30, func(n *night) { n.world.Also = []string{"KB5999009"} }, approved, func(o *office) {
		monthly := o.release().ID
		worm := o.urgent()
		if c := o.change(worm); c.Priority != approval.Emergency || !slices.Contains(c.First.Proposed.Steps, "the vulnerability is being exploited in this environment: always Emergency") {
			t.Fatalf("%s: %s, %+v", worm, c.Priority, c.First.Proposed)
		}
		for _, pair := range [][2]string{{monthly, "worm"}, {"worm", monthly}} {
			words := ""
			for _, f := range o.View().Overlaps[pair[0]] {
				words += f.Release + ": " + f.Words + "\n"
			}
			if !strings.Contains(words, pair[1]+": ") || !strings.Contains(words, "servers") || !strings.Contains(words, "supersedes "+enginetest.KB) {
				t.Errorf("%s is flagged with %q", pair[0], words)
			}
		}
		o.refused(rehearsal.Lead, engine.Preempt{Change: "CHG-1", Reason: "x"}, "only an emergency pre-empts others")
		o.do(rehearsal.Lead, engine.Preempt{Change: worm, Reason: "the worm first"})
		o.refused(rehearsal.OnCall, engine.Preempt{Change: worm, Over: []string{"CHG-1"}, Reason: "me too"}, "held back for "+worm+" by "+rehearsal.Lead.Name+" already")
		if !o.needs("CHG-1 is held back for the emergency " + worm) {
			t.Errorf("nobody is told: %v", o.View().Needs)
		}
		o.do(rehearsal.OnCall, engine.ReleaseHold{Change: "CHG-1", Reason: "enough servers are through"})
		o.do(rehearsal.OnCall, engine.Preempt{Change: worm, Reason: "not yet after all"})
		dev, _ := ring(o.View(), rollout.Dev)
		o.wait(func(v *engine.View) bool { return v.At.After(dev.Windows[0].Opens.Add(20 * time.Minute)) })
		if dev, _ = ring(o.View(), rollout.Dev); dev.Counts[rollout.NotReceived]+dev.Counts[rollout.Staged]+dev.Counts[rollout.Waiting] != len(dev.Cells) || !strings.Contains(dev.Gate, "held back for the emergency "+worm) {
			t.Errorf("while it is held back, Dev does %v: %s", dev.Counts, dev.Gate)
		}
		for _, r := range o.View().Rollouts { // the worm's rollouts end by hand: what matters is what goes on then
			if r.Change == worm && r.State != rollout.Closed {
				o.do(rehearsal.Lead, engine.Hold{Rollout: r.ID, Step: "close", Reason: "contained otherwise"})
			}
		}
		o.wait(func(v *engine.View) bool { return v.Changes[0].Held == nil })
		o.n.wait(o.ctx, o.Engine, func(v *engine.View) bool {
			dev, ok := ring(v, rollout.Dev)
			return ok && dev.Counts[rollout.Succeeded] > 0
		})
	})
}

// "A person's halt that nobody resumes holds the later rings back", until somebody answers for them; a stop rule's takes who decides on
// changes.
func TestAHaltOfAnEarlierRingIsOverridden(t *testing.T) {
	devRuns := func(v *engine.View) bool {
		dev, ok := ring(v, rollout.Dev)
		return ok && dev.Counts[rollout.Running] > 0
	}
	at(t, 40, nil, devRuns, func(o *office) {
		dev, _ := ring(o.View(), rollout.Dev)
		o.refused(rehearsal.Lead, engine.OverrideHalt{Rollout: dev.ID, Reason: "x"}, "holds nobody back")
		o.do(rehearsal.OnCall, engine.Hold{Rollout: dev.ID, Step: "halt", Reason: "payroll fails on Dev"})
		o.refused(rehearsal.OnCall, engine.OverrideHalt{Rollout: dev.ID, Reason: "x"}, "; you are: ")
		o.do(rehearsal.Lead, engine.OverrideHalt{Rollout: dev.ID, Reason: "payroll runs on Dev only"})
		o.refused(secondOne, engine.OverrideHalt{Rollout: dev.ID, Reason: "x"}, "overridden by "+rehearsal.Lead.Name+" already: payroll runs on Dev only")
		o.wait(func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && prod.Counts[rollout.Succeeded] > 0
		})
	})
}

// Two people submit the same release: the second is told who asked.
func TestTheSecondSubmitterIsToldWhoAsked(t *testing.T) {
	at(t, 8, nil, submittedOnce, func(o *office) {
		windows, accept := rehearsal.Schedule(o.View().At, false)
		other := approval.Actor{Name: "m.silva", Roles: []approval.Role{approval.Lead}}
		_, err := o.Do(o.ctx, other, engine.SubmitChange{Release: o.release().ID, Windows: windows, AcceptBy: accept, Reason: "x"})
		var clash *approval.Conflict
		if !errors.As(err, &clash) || !strings.Contains(err.Error(), "CHG-1 asks for") {
			t.Errorf("the second submitter reads %v", err)
		}
	})
}
