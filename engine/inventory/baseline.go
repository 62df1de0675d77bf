package inventory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Baseline is a named, dated set of updates that every server of a class must have.
type Baseline struct {
	Name    string           `json:"name"`            // stands in the servers' registry once they reach it
	Class   string           `json:"class,omitempty"` // an expression for CompileFilter; empty is every managed server
	Quarter string           `json:"quarter,omitempty"`
	Date    time.Time        `json:"date"` // up to which updates count
	Updates []BaselineUpdate `json:"updates"`
	// Exemptions are servers that need not reach it, each with who allows that, why and until when.
	Exemptions Exceptions `json:"exemptions,omitempty"`
	Made       Signed     `json:"made"`
	Rev        int        `json:"rev"`
}

// BaselineUpdate is one update with the builds that prove it.
type BaselineUpdate struct {
	KB       string  `json:"kb"`
	Bulletin string  `json:"bulletin,omitempty"`
	Fixed    []Build `json:"fixed,omitempty"` // one for each product; none where only the KB itself can prove it
}

// fixedOn is the highest build that some updates bring to a base build; the zero build when none does.
func fixedOn(updates []BaselineUpdate, on Build) (highest Build) {
	for _, u := range updates {
		for _, b := range u.Fixed {
			if b.SameBase(on) && (highest.IsZero() || b.AtLeast(highest)) {
				highest = b
			}
		}
	}
	return highest
}

// Place is where a server stands with its baseline.
type Place string

const (
	Below   Place = "below"    // it misses updates of the baseline
	At      Place = "at"       // it has them
	Above   Place = "above"    // it has them, and updates beside them that nobody approved
	Exempt  Place = "exempt"   // it need not reach it
	NotRead Place = "not read" // nobody knows
)

// Places lists them, worst first.
var Places = []Place{Below, Above, NotRead, Exempt, At}

// Standing is a server's place with the evidence for it.
type Standing struct {
	Server  ServerID `json:"server"`
	Place   Place    `json:"place"`
	Missing []string `json:"missing,omitempty"` // updates that it misses
	Extra   []string `json:"extra,omitempty"`   // what it has and nobody approved
	Why     string   `json:"why"`
	Cause   string   `json:"cause,omitempty"` // of a server below: distribution, schedule, permission or exception
}

// Stand says where a server of the baseline's class stands. Approved are the updates of releases that were approved beside those of the
// baseline; foreign tells of a KB that the catalogue knows, that no build proves, and that no release brought.
func (b Baseline) Stand(s Server, approved []BaselineUpdate, foreign func(kb string) bool, now time.Time) Standing {
	standing := Standing{Server: s.ID}
	if x, ok := b.Exemptions[s.ID]; ok && x.Holds(now) {
		standing.Place, standing.Why = Exempt, x.Reason
		return standing
	}
	if s.Facts == nil || s.Facts.Build.IsZero() {
		standing.Place, standing.Why = NotRead, "its build was never read"
		return standing
	}
	build := s.Facts.Build
	for _, u := range b.Updates {
		switch proof := fixedOn([]BaselineUpdate{u}, build); {
		case !proof.IsZero() && !build.AtLeast(proof), len(u.Fixed) == 0 && s.Scan != nil && s.Scan.Offers(u.KB) && !slices.Contains(s.Facts.Updates, u.KB):
			standing.Missing = append(standing.Missing, u.KB)
		}
	}
	if len(standing.Missing) > 0 {
		standing.Place, standing.Why = Below, "misses "+strings.Join(standing.Missing, ", ")
		return standing
	}
	most := fixedOn(append(slices.Clone(b.Updates), approved...), build)
	if !most.IsZero() && build != most && build.AtLeast(most) {
		standing.Extra = append(standing.Extra, "build "+build.String())
	}
	for _, kb := range s.Facts.Updates {
		if foreign(kb) {
			standing.Extra = append(standing.Extra, kb)
		}
	}
	if len(standing.Extra) > 0 {
		standing.Place, standing.Why = Above, strings.Join(standing.Extra, ", ")+" came without a release"
		return standing
	}
	standing.Place, standing.Why = At, "build "+build.String()
	return standing
}

// Exempt lets a server stay away from the baseline until a time.
func (b Baseline) Exempt(id ServerID, x Exclusion) Baseline {
	b.Exemptions = b.Exemptions.with(id, x)
	b.Rev++
	return b
}

// Quarter reads "2026Q4" and gives the instants at which it begins and ends in a zone.
func Quarter(text string, zone *time.Location) (from, until time.Time, err error) {
	year, digit, ok := strings.Cut(strings.ToUpper(text), "Q")
	y, yearErr := strconv.Atoi(year)
	q, digitErr := strconv.Atoi(digit)
	if !ok || yearErr != nil || digitErr != nil || y < 2000 || y > 2199 || q < 1 || q > 4 || len(digit) != 1 {
		return from, until, fmt.Errorf("quarter %s: write it as 2026Q4", quote(text))
	}
	from = time.Date(y, time.Month(3*q-2), 1, 0, 0, 0, 0, zone)
	return from, time.Date(y, time.Month(3*q+1), 1, 0, 0, 0, 0, zone), nil
}
