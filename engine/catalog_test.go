package engine_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 3: "Relevance is a recorded decision (relevant / not relevant, why, who)."
func TestRelevanceIsARecordedDecision(t *testing.T) {
	imported := func(v *engine.View) bool { return len(v.Bulletins) > 0 && len(v.Sweeps) == 0 }
	at(t, 8, two(catalog.Important), imported, func(o *office) {
		o.do(secOps, engine.DecideRelevance{KB: "KB5999002", Relevant: false, Reason: "the component is not installed"})
		o.refused(rehearsal.Lead, engine.DecideRelevance{KB: "KB5999002", Relevant: false, Reason: "me too"}, "decided to be not relevant by sec.ops already")
		o.refused(rehearsal.Lead, engine.DecideRelevance{KB: "KB1", Relevant: true, Reason: "x"}, "the catalogue holds no KB1")
		o.refused(rehearsal.Lead, engine.CreateRelease{ID: "r", Bulletin: "2026-Nov", Updates: []string{"KB5999002"}, Reason: "x"}, "not to be relevant by sec.ops: the component is not installed")
		o.do(rehearsal.Lead, engine.CreateRelease{ID: "r", Bulletin: "2026-Nov", Reason: "monthly"})
		if kbs := o.release().Active(); !slices.Equal(kbs, []string{enginetest.KB}) {
			t.Errorf("the release holds %v", kbs)
		}
		d := o.View().Dossiers
		if one, ok := d[enginetest.KB].Decided(); !ok || !one.Relevant || one.By != rehearsal.Lead.Name || !strings.Contains(one.Why, "the scan of 8 servers offers it") {
			t.Errorf("the decision behind the release: %+v", one)
		}
		if one, _ := d["KB5999002"].Decided(); one.Relevant || one.By != "sec.ops" {
			t.Errorf("the decision against it: %+v", one)
		}
	})
}

// Handbook 3: "Threat level may change later: Security posts the change." Handbook 1: alerts record their channel and are verified on the
// vendor's own site.
func TestSecurityPostsAChangeOfTheThreat(t *testing.T) {
	at(t, 8, func(n *night) {
		n.script.Bulletin.Updates = slices.Clone(n.script.Bulletin.Updates)
		n.script.Bulletin.Updates[0].Severity = catalog.Moderate
	},
		released, func(o *office) {
			change := o.submit(o.release().ID, "")
			if p := o.change(change).Priority; p != approval.Medium {
				t.Fatalf("a moderate update is proposed as %s", p)
			}
			worse := catalog.Threat{Severity: catalog.Critical, Exploited: true, Alert: catalog.Alert{Channel: "mail"}}
			post := engine.PostThreat{KB: enginetest.KB, Threat: worse, Reason: "seen in the wild"}
			o.refused(rehearsal.Lead, post, "; you are: ")
			o.refused(secOps, post, "must be verified on the vendor's own site")
			post.Threat.Alert.Verified = "https://micros0ft.example/advisory"
			o.refused(secOps, post, "is not on the vendor's own site: use an address on microsoft.com")
			post.Threat.Alert.Verified = "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2026-90001"
			o.do(secOps, post)
			o.refused(secOps, post, "is Critical, exploited already")
			if u := o.release().Updates[0]; u.Severity != catalog.Critical || !u.Exploited {
				t.Errorf("the release holds it as %s", u.Severity)
			}
			if !o.needs("what is known now proposes Emergency") {
				t.Errorf("nobody is told that the priority no longer fits: %v", o.View().Needs)
			}
			if n := len(o.View().Dossiers[enginetest.KB].Threats); n != 1 {
				t.Errorf("%d changes in its history", n)
			}
		})
}

// Handbook 3: "Approval rules per class of server: detect only, install, decline; approved, not installed is reported apart from missing."
// Handbook 8: nobody is exempt from critical security updates.
func TestARuleForAClassOfServersHoldsAnUpdateBack(t *testing.T) {
	imported := func(v *engine.View) bool { return len(v.Bulletins) > 0 && len(v.Sweeps) == 0 }
	at(t, 20, two(catalog.Important), imported, func(o *office) {
		o.refused(rehearsal.Lead, engine.RuleClass{KB: enginetest.KB, Class: `site == "DUB"`, Do: catalog.Decline, Reason: "x"}, "nobody is exempt")
		o.refused(rehearsal.Lead, engine.RuleClass{KB: "KB5999002", Class: `place == "DUB"`, Do: catalog.Decline, Reason: "x"}, "fields: ")
		o.refused(rehearsal.Lead, engine.RuleClass{KB: "KB5999002", Class: `site == "DUB"`, Do: "drop", Reason: "x"}, "detect only, install, decline")
		o.do(rehearsal.Lead, engine.RuleClass{KB: "KB5999002", Class: `site == "DUB"`, Do: catalog.DetectOnly, Reason: "the vendor of payroll tests it"})
		o.do(rehearsal.Lead, engine.CreateRelease{ID: "r", Bulletin: "2026-Nov", Updates: []string{enginetest.KB, "KB5999002"}, Reason: "monthly"})
		id := o.submit("r", approval.High)
		sites := map[inventory.ServerID]string{}
		for _, s := range o.View().Servers {
			sites[s.ID] = s.Site
		}
		for _, a := range o.change(id).Plan.Assignments {
			detectOnly := sites[a.Server] == "DUB"
			if detectOnly == slices.Contains(a.Updates, "KB5999002") || detectOnly != slices.Contains(a.Without, "KB5999002") {
				t.Fatalf("%s in %s: gets %v, without %v", a.Server, sites[a.Server], a.Updates, a.Without)
			}
		}
		if found := o.change(id).Plan.Findings; !slices.ContainsFunc(found, func(f rollout.Finding) bool {
			return strings.Contains(f.Words, `do not get KB5999002: detect only for site == "DUB" by `+rehearsal.Lead.Name)
		}) {
			t.Errorf("the plan's findings: %v", found)
		}
		before, _ := o.View().Look(enginetest.KB)
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, id, "authorise"))
		o.do(rehearsal.Board, o.step(rehearsal.Board, id, "approve"))
		after, _ := o.View().Look(enginetest.KB)
		if before.Standing != (catalog.Standing{Missing: 20}) || after.Standing != (catalog.Standing{Approved: 20}) {
			t.Errorf("standing before the approval %+v, after it %+v", before.Standing, after.Standing)
		}
	})
}

// Handbook 4, "Policy": everything below Important goes to Dev monthly and to Prod quarterly, after it passed in Dev.
func TestWhatIsNotImportantWaitsForTheQuarter(t *testing.T) {
	moderate := func(n *night) {
		n.script.Bulletin.Updates = slices.Clone(n.script.Bulletin.Updates)
		n.script.Bulletin.Updates[0].Severity = catalog.Moderate
	}
	at(t, 20, moderate, released, func(o *office) {
		november := o.submit(o.release().ID, "")
		for _, a := range o.change(november).Plan.Assignments {
			if a.Ring == rollout.Prod {
				t.Fatalf("%s is in Prod in November", a.Server)
			}
		}
		december := enginetest.Bulletin()
		december.ID, december.SHA256, december.Released = "2026-Dec", "dec", december.Released.AddDate(0, 0, 28)
		december.Updates[0].KB, december.Updates[0].Severity = "KB5999012", catalog.Low
		o.do(secOps, engine.ImportBulletin{Source: "test", Bulletin: december})
		create := engine.CreateRelease{ID: "early", Bulletin: "2026-Dec", Reason: "before Dev is through"}
		o.refused(rehearsal.Lead, create, "no server's scan offers an update")
		o.n.wait(o.ctx, o.Engine, func(v *engine.View) bool { return v.Changes[0].Acceptance.Closed })
		o.do(rehearsal.Lead, engine.CreateRelease{ID: "quarter", Bulletin: "2026-Dec", Reason: "quarterly run"})
		var quarter approval.Release
		for _, r := range o.View().Releases {
			if r.ID == "quarter" {
				quarter = r
			}
		}
		if u, ok := quarter.Holds(enginetest.KB); !ok || u.Bulletin != "2026-Nov" || !strings.Contains(u.Why, "passed in Dev") {
			t.Fatalf("the quarterly run holds %+v", quarter.Updates)
		}
		id := o.submit("quarter", "")
		prod := 0
		for _, a := range o.change(id).Plan.Assignments {
			if a.Ring == rollout.Prod {
				prod++
			}
		}
		if prod == 0 {
			t.Error("nobody in Prod gets it in December")
		}
	})
}

// handMade is an update of another vendor.
func handMade() engine.AddUpdate {
	return engine.AddUpdate{Reason: "web servers run it", Alert: catalog.Alert{Channel: "mailing list", Verified: "https://www.example.com/advisories/81"},
		Update: catalog.Update{KB: "EX-81", Title: "Example Server 8.1", Vendor: "Example", Kind: catalog.SecurityPatch, Severity: catalog.Important,
			Site: "https://www.example.com/advisories", Rule: `site == "DUB"`, Detect: `"EX-81" in updates`, Restart: catalog.RestartNo, Removable: "yes"}}
}

// Handbook 3: "Where the scan cannot tell, an inventory rule decides; such updates, other vendors' included, ship as ordinary packages."
// Handbook 1: Identify is left when the source files' signature is verified.
func TestAnUpdateOfAnotherVendorIsAddedByHand(t *testing.T) {
	imported := func(v *engine.View) bool { return len(v.Bulletins) > 0 && len(v.Sweeps) == 0 }
	var signed []byte
	at(t, 20, func(n *night) { signed = vendorFile(t, n) }, imported, func(o *office) {
		for words, spoil := range map[string]func(*engine.AddUpdate){
			"no KB number":                       func(c *engine.AddUpdate) { c.Update.KB = "KB5999001" },
			"carries no severity":                func(c *engine.AddUpdate) { c.Update.Kind = catalog.FeaturePack },
			"not to be passed on":                func(c *engine.AddUpdate) { c.Update.Kind, c.Update.Severity = catalog.Hotfix, catalog.Unrated },
			"the rule of applicability: filter:": func(c *engine.AddUpdate) { c.Update.Rule = "true and" },
			"use https://HOST/PATH":              func(c *engine.AddUpdate) { c.Update.Site = "http://example.com" },
			"is not on the vendor's own site":    func(c *engine.AddUpdate) { c.Alert.Verified = "https://example.com.evil.test/81" },
			"channel \"rumour\" is not known":    func(c *engine.AddUpdate) { c.Alert.Channel = "rumour" },
			"a reason is needed":                 func(c *engine.AddUpdate) { c.Reason = " " },
		} {
			bad := handMade()
			spoil(&bad)
			o.refused(rehearsal.Lead, bad, words)
		}
		o.do(rehearsal.Lead, handMade())
		o.refused(secOps, handMade(), "EX-81 is in the catalogue already, in EX-81")
		u, ok := o.View().Look("EX-81")
		if !ok || u.Standing.Missing == 0 || u.Standing.Missing+u.Standing.NotApplicable != 20 {
			t.Fatalf("it stands %+v", u.Standing)
		}
		o.do(rehearsal.Lead, engine.CreateRelease{ID: "example", Bulletin: "EX-81", Reason: "its rule finds it missing"})
		windows, accept := rehearsal.Schedule(o.View().At, false)
		o.refused(rehearsal.Lead, engine.SubmitChange{Release: "example", Windows: windows, AcceptBy: accept, Reason: "x"},
			"cannot leave Identify: no source file with a verified signature is kept for EX-81")
		if lacks := o.View().Lacking["example"]; !slices.Contains(lacks, "no source file with a verified signature is kept for EX-81") {
			t.Errorf("the release lacks %v", lacks)
		}

		add := func(who approval.Actor, kb, origin string, content []byte) (string, error) {
			return o.AddFile(o.ctx, who, kb, "setup-81.cab", origin, bytes.NewReader(content))
		}
		const page = "https://www.example.com/download/setup-81.cab"
		for words, c := range map[string]struct {
			who        approval.Actor
			kb, origin string
		}{
			"; you are: ":                    {rehearsal.Watcher, "EX-81", page},
			"the catalogue holds no EX-82":   {rehearsal.Lead, "EX-82", page},
			"come from the vendor only":      {rehearsal.Lead, "EX-81", "https://example.com.evil.test/setup-81.cab"},
			"is no address on a vendor's si": {rehearsal.Lead, "EX-81", "mail from a friend"},
		} {
			if _, err := add(c.who, c.kb, c.origin, signed); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("a file for %s from %s by %s: %v, want %q", c.kb, c.origin, c.who.Name, err, words)
			}
		}
		spoilt := slices.Clone(signed)
		spoilt[bytes.Index(spoilt, []byte("an update"))] = 'A'
		if words, err := add(rehearsal.Lead, "EX-81", page, spoilt); err != nil || !strings.Contains(words, "not verified: the cabinet: digest mismatch") {
			t.Errorf("a file that was changed: %q, %v", words, err)
		}
		if lacks := o.View().Lacking["example"]; !slices.Contains(lacks, "no source file with a verified signature is kept for EX-81") {
			t.Errorf("with a file that is not verified the release lacks %v", lacks)
		}
		if words, err := add(rehearsal.Lead, "EX-81", page, signed); err != nil || !strings.Contains(words, "signed by Example Software Code") {
			t.Errorf("a genuine file: %q, %v", words, err)
		}
		if lacks := o.View().Lacking["example"]; slices.ContainsFunc(lacks, func(l string) bool { return strings.Contains(l, "signature") }) {
			t.Errorf("with a verified file the release lacks %v", lacks)
		}
		o.byHand("example")
	})
}

// byHand takes a release of packages through its approvals: nobody's agent is asked, people say that it is done, and detection shows it.
func (o *office) byHand(release string) {
	o.t.Helper()
	id := o.submit(release, approval.High)
	o.do(rehearsal.Authority, o.step(rehearsal.Authority, id, "authorise"))
	o.do(rehearsal.Board, o.step(rehearsal.Board, id, "approve"))
	var prod engine.RolloutView
	for _, r := range o.View().Rollouts {
		if r.Change == id && r.Ring == rollout.Prod {
			prod = r
		}
	}
	if !o.change(id).Plan.ByHand || len(prod.Cells) == 0 || !o.needs("to be done by hand") {
		o.t.Fatalf("the plan is by hand: %v, Prod has %d servers, needs %v", o.change(id).Plan.ByHand, len(prod.Cells), o.View().Needs)
	}
	server := prod.Cells[0].Server
	o.wait(func(v *engine.View) bool { return v.At.After(prod.Windows[0].Opens.Add(time.Minute)) })
	if n := len(o.n.world.Installs) + len(o.n.world.Restarts); n != 0 {
		o.t.Errorf("agents were asked on %d servers", n)
	}
	said := engine.CompleteByHand{Rollout: prod.ID, Servers: []inventory.ServerID{server}, Options: "/quiet", Reason: "done in the console"}
	hand := func() rollout.HandState {
		for _, r := range o.View().Rollouts {
			for _, ad := range r.Advertisements {
				if r.ID == prod.ID && ad.Server == server {
					return ad.Hand.State
				}
			}
		}
		return ""
	}
	o.do(rehearsal.OnCall, said)
	o.wait(func(*engine.View) bool { return hand() == rollout.HandRefuted })
	o.n.world.Install(prod.Cells[0].Name, "EX-81")
	o.do(rehearsal.OnCall, said)
	o.wait(func(*engine.View) bool { return hand() == rollout.HandProven })
}
