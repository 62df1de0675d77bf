package catalog

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// Verdict is whether an update concerns a server.
type Verdict string

const (
	NotApplicable Verdict = "not applicable" // the server does not need it and never will
	Compliant     Verdict = "compliant"      // the server has what the update fixes
	Missing       Verdict = "missing"        // the server needs it
	Unknown       Verdict = "unknown"        // what is known of the server does not decide it
)

// Relevance is a verdict and, in a sentence, its evidence.
type Relevance struct {
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why"`
}

// byEvidence judges an update of a bulletin. Evidence counts in this order: the build, the server's own scan, the list of
// installed updates. Without facts or without a scan that can know the update, the verdict is Unknown rather than a guess.
func byEvidence(u Update, s inventory.Server) Relevance {
	if s.Facts == nil || s.Facts.Build.IsZero() {
		return withoutFacts(u, s)
	}
	build := s.Facts.Build
	fixed, hasBuild := u.fixedBuildOn(s)
	offered := s.Scan != nil && s.Scan.Offers(u.KB)
	installed := slices.Contains(s.Facts.Updates, u.KB)
	switch {
	case hasBuild && build.AtLeast(fixed):
		return Relevance{Compliant, fmt.Sprintf("build %s is at least %s, which %s brings", build, fixed, u.KB)}
	case offered:
		return Relevance{Missing, fmt.Sprintf("the server's scan offers %s", u.KB)}
	case hasBuild && installed:
		return Relevance{Missing, fmt.Sprintf("%s is installed, but build %s is below %s: the server has not restarted into it", u.KB, build, fixed)}
	case installed:
		return Relevance{Compliant, fmt.Sprintf("the server lists %s as installed", u.KB)}
	case !hasBuild && !u.names(build):
		return Relevance{NotApplicable, fmt.Sprintf("%s has no fix for build %s (%s)", u.KB, build, u.productNames())}
	}
	return withoutOffer(u, s, fixed)
}

func withoutFacts(u Update, s inventory.Server) Relevance {
	if s.Scan != nil && s.Scan.Offers(u.KB) {
		return Relevance{Missing, fmt.Sprintf("the server's scan offers %s", u.KB)}
	}
	return Relevance{Unknown, "the server's build is not known: no facts were read yet"}
}

// withoutOffer decides for a product that the update fixes, when neither build nor scan show the update.
func withoutOffer(u Update, s inventory.Server, fixed inventory.Build) Relevance {
	below := fmt.Sprintf("the server lists no %s", u.KB)
	if !fixed.IsZero() {
		below = fmt.Sprintf("build %s is below %s", s.Facts.Build, fixed)
	}
	switch {
	case s.Scan == nil:
		return Relevance{Unknown, below + ", but the server was not scanned yet"}
	case s.Scan.At.Before(u.Released):
		return Relevance{Unknown, fmt.Sprintf("%s, but its scan of %s is older than the bulletin", below, s.Scan.At.UTC().Format("2006-01-02 15:04"))}
	case u.isHotpatch():
		return Relevance{NotApplicable, fmt.Sprintf("%s and the server's scan does not offer %s: it takes no hotpatches and gets the cumulative update", below, u.KB)}
	}
	return Relevance{NotApplicable, fmt.Sprintf("%s, but the server's scan does not offer %s: another update of the month (a hotpatch, or one that replaces it) takes its place", below, u.KB)}
}

// fixedBuildOn is FixedBuild for the server's own installation type, where desktop and Server Core differ.
func (u Update) fixedBuildOn(s inventory.Server) (inventory.Build, bool) {
	core := s.Facts.InstallationType == "Server Core"
	for _, p := range u.Products {
		if _, isCore := inventory.CutCore(p.Name); isCore == core && !p.Build.IsZero() && p.Build.SameBase(s.Facts.Build) {
			return p.Build, true
		}
	}
	return u.FixedBuild(s.Facts.Build)
}

// names tells whether a product of the update, with or without a build, is the release of this build.
func (u Update) names(build inventory.Build) bool {
	release, known := inventory.ProductOf(build)
	return known && slices.ContainsFunc(u.Products, func(p Product) bool {
		named, ok := inventory.ProductNamed(p.Name)
		return ok && named == release
	})
}

func (u Update) isHotpatch() bool { return strings.Contains(strings.ToLower(u.SubType), "hotpatch") }

func (u Update) productNames() string {
	var names []string
	for _, p := range u.Products {
		if name, _ := inventory.CutCore(p.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "it fixes " + strings.Join(names, ", ")
}
