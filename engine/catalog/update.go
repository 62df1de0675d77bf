package catalog

import (
	"time"

	"patchdeck/engine/inventory"
)

// Severity is the MSRC rating; its zero value means that the bulletin gives none.
type Severity int

const (
	Unrated Severity = iota
	Low
	Moderate
	Important
	Critical
)

// Restart says whether installing needs a restart.
type Restart string

const (
	RestartUnknown Restart = "unknown"
	RestartNo      Restart = "no"
	RestartMaybe   Restart = "maybe"
	RestartYes     Restart = "yes"
)

// Bulletin is one month's document: what it names, when it was revised, and the updates for Windows Server in it.
type Bulletin struct {
	ID       string    `json:"id"` // "2026-Feb"
	Title    string    `json:"title"`
	Released time.Time `json:"released"`
	Revised  time.Time `json:"revised"`
	Revision string    `json:"revision"`
	SHA256   string    `json:"sha256"` // of the file as imported
	Updates  []Update  `json:"updates"`
	// Skipped lists the records that could not be read, with the place and the reason: the first thousand of SkippedCount.
	Skipped      []Skipped `json:"skipped"`
	SkippedCount int       `json:"skipped_count"`
}

// Skipped is a record of the document that could not be read.
type Skipped struct {
	Where  string `json:"where"` // CVE or position
	Reason string `json:"reason"`
}

// Update is one KB of a bulletin with everything the bulletin says of it for Windows Server products.
type Update struct {
	KB         string    `json:"kb"` // "KB5078766"
	Bulletin   string    `json:"bulletin"`
	Released   time.Time `json:"released"` // when the bulletin was first published: no earlier scan can speak of the update
	Severity   Severity  `json:"severity"` // the worst over those products
	CVEs       []string  `json:"cves"`
	Exploited  bool      `json:"exploited"`
	Disclosed  bool      `json:"disclosed"`
	CVSS       float64   `json:"cvss,omitempty"` // highest base score
	Restart    Restart   `json:"restart"`
	SubType    string    `json:"sub_type,omitempty"`
	Supersedes []string  `json:"supersedes"`
	Products   []Product `json:"products"`

	// The rest stands only in updates that were added by hand.
	Title     string   `json:"title,omitempty"`
	Vendor    string   `json:"vendor,omitempty"` // empty: Microsoft
	Kind      Kind     `json:"kind,omitempty"`
	Site      string   `json:"site,omitempty"`       // the vendor's own page about it
	Rule      string   `json:"rule,omitempty"`       // an inventory filter: the servers that it applies to
	Detect    string   `json:"detect,omitempty"`     // an inventory filter: the servers that have it
	DependsOn []string `json:"depends_on,omitempty"` // updates that must be there first
	Removable string   `json:"removable,omitempty"`  // "yes", "no"; empty is not known
	Size      int64    `json:"size_bytes,omitempty"`
}

// IsPackage tells that the update ships as an ordinary package: the servers' own scan cannot know it.
func (u Update) IsPackage() bool { return u.Vendor != "" || u.Rule != "" }

// Product is one Windows Server product that the update fixes. FixedBuild stands as the document has it; Build is
// its four-part form where it is an operating-system build, else zero.
type Product struct {
	Name       string          `json:"name"`
	FixedBuild string          `json:"fixed_build"`
	Build      inventory.Build `json:"build"`
}

// FixedBuild gives the build that a server with this build reaches with the update; ok is false when the update has no
// operating-system build for that product.
func (u Update) FixedBuild(on inventory.Build) (fixed inventory.Build, ok bool) {
	for _, p := range u.Products {
		if !p.Build.IsZero() && p.Build.SameBase(on) {
			return p.Build, true
		}
	}
	return inventory.Build{}, false
}

// Find gives the bulletin's update with this KB.
func (b Bulletin) Find(kb string) (Update, bool) {
	for _, u := range b.Updates {
		if u.KB == kb {
			return u, true
		}
	}
	return Update{}, false
}
