package report

import (
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Evidence is what was read on a server about the updates that it was to get.
type Evidence string

const (
	Present Evidence = "present" // read on the server: they are there
	Absent  Evidence = "absent"  // read on the server: they are not there
	NotRead Evidence = "not read"
)

// evidence judges an advertisement by what was last read. After an installation was ordered an older reading counts no more.
func (m *maker) evidence(ad *rollout.Advertisement) Evidence {
	c := m.course(ad)
	switch {
	case ad.Delivery == rollout.Succeeded, ad.Compliance == rollout.InstalledByOthers:
		return Present
	case !c.read.IsZero():
		return m.judge(ad, c.read)
	case c.ordered || ad.Attempts > 0:
		return NotRead
	default:
		return m.judge(ad, ad.Before)
	}
}

// judge compares a build with what the server's updates bring. One update that the build does not prove is enough for absent; an
// update without a build of its own leaves it open.
func (m *maker) judge(ad *rollout.Advertisement, build inventory.Build) Evidence {
	if build.IsZero() || len(ad.Updates) == 0 {
		return NotRead
	}
	verdict := Present
	for _, kb := range ad.Updates {
		switch fixed, ok := m.in.Plan.Fixed(kb, build); {
		case !ok:
			verdict = NotRead
		case !build.AtLeast(fixed):
			return Absent
		}
	}
	return verdict
}

// course gives what the trail tells of an advertisement; nothing when it never moved.
func (m *maker) course(ad *rollout.Advertisement) course {
	if c := m.journal.courses[ad.ID]; c != nil {
		return *c
	}
	return course{}
}
