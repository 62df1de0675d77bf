package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Removal names an update to remove: a cumulative one by the build that it brought, a package by its own remover, any other by its KB alone.
type Removal struct {
	KB      string
	Build   inventory.Build  // of a cumulative update; the zero build otherwise
	Package *catalog.Package // of another vendor; nil otherwise
}

// Verdict is what became of one removal.
type Verdict string

const (
	Removed      Verdict = "removed" // after the restart, if one is required
	NotRemovable Verdict = "not removable"
	NotInstalled Verdict = "not installed"
	NotReached   Verdict = "not reached" // the job was stopped before
)

// RemovalResult is what became of one update, and why where it was refused.
type RemovalResult struct {
	KB      string
	Verdict Verdict
	Failure *Failure // set when not removable
}

// Removable says of updates whether a server has a package by which they could be removed.
type Removable struct {
	Yes []string `json:"yes,omitempty"`
	No  []string `json:"no,omitempty"`
}

// work is what an admitted server does by this plan.
func (p *Plan) work() JobKind {
	if p.Removal {
		return JobUninstall
	}
	return JobInstall
}

// Removals names what is to be removed from a server with the given build.
func (p *Plan) Removals(updates []string, on inventory.Build) []Removal {
	var list []Removal
	for _, kb := range updates {
		build, _ := p.Fixed(kb, on)
		list = append(list, Removal{KB: kb, Build: build, Package: p.Package(kb)})
	}
	return list
}

// has says which updates of a roll-back's release a server may have. What is truly on it the server says when it is reached: the newest
// facts may be older than the rollout that is taken back.
func (d Draft) has(s inventory.Server) (kbs []string, verdict catalog.Verdict) {
	for _, u := range d.Updates {
		if catalog.Relevant(u, s).Verdict != catalog.NotApplicable {
			kbs = append(kbs, u.KB)
		}
	}
	if len(kbs) == 0 {
		return nil, catalog.NotApplicable
	}
	return kbs, catalog.Missing
}

// nothingDue ends an advertisement whose work somebody else did.
func (s Scene) nothingDue(ad *Advertisement, f *inventory.Facts) *Moved {
	done := ad.move(NotApplicable, "everything was installed before its window")
	done.Compliance, done.Before, done.After = InstalledByOthers, f.Build, f.Build
	if s.Plan.Removal {
		done.Cause, done.Compliance = "the updates were gone before its window", Missing
	}
	return done
}

const notRemovableCode = "PD-NOT-REMOVABLE"

// kept judges an uninstallation that a server did not let go of everything: that is an outcome and no error, for nothing is wrong with it.
// What was removed beside it still takes its restart.
func (s Scene) kept(ad *Advertisement, o Outcome, boot time.Time) *Moved {
	i := slices.IndexFunc(o.Removals, func(r RemovalResult) bool { return r.Verdict == NotRemovable })
	if i < 0 {
		return nil
	}
	words := o.Removals[i].KB + " cannot be removed from this server"
	if f := o.Removals[i].Failure; f != nil {
		words += ": " + f.Error()
	}
	failure := &Failure{Class: ClassNotApplicable, Code: notRemovableCode, Words: words}
	if o.RestartRequired {
		m := ad.move(RestartPending, words+"; what else was removed takes a restart")
		m.Boot, m.Compliance, m.Failure = boot, AwaitsRestart, failure
		return m
	}
	return ad.stays(failure)
}

// stays ends the roll-back of a server that keeps an update.
func (ad *Advertisement) stays(failure *Failure) *Moved {
	m := ad.move(NotApplicable, failure.Words)
	m.Failure, m.Compliance, m.Unlock = failure, Compliant, true
	return m
}

// stillThere fails a server on which an update is proven after its removal and restart. It is up and well, so its lock goes back.
func (s Scene) stillThere(ad *Advertisement, v *Verification, present []string) *Moved {
	if ad.Failure != nil && ad.Failure.Code == notRemovableCode {
		return ad.stays(ad.Failure)
	}
	m := ad.fail(&Failure{Class: ClassPatch, Code: "PD-STILL-THERE", Words: fmt.Sprintf("%s is still on the server after its removal: its build is %s",
		strings.Join(present, ", "), v.Build)}, "verify")
	m.After, m.Unlock, m.Compliance = v.Build, true, Compliant
	return m
}
