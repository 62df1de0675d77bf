package rollout

import (
	"fmt"
	"slices"

	"patchdeck/engine/catalog"
)

// Package is an update that no agent knows, as a server is told of it.
type Package struct {
	KB string
	catalog.Package
}

// File is content of an update that does not come from the server's own update source. Several files of one update stand in the order in
// which they are needed, the update itself last.
type File struct {
	KB      string
	Name    string
	SHA256  string // lower-case hex
	Sources []catalog.Source
}

// Sought is a package that a server is asked about, beside what Windows lists of itself.
type Sought struct {
	KB     string
	Detect catalog.Detection
}

// Package gives what the plan froze of a package; nil for an update that the server's agent knows.
func (p *Plan) Package(kb string) *catalog.Package {
	if i := slices.IndexFunc(p.Updates, func(u PlannedUpdate) bool { return u.KB == kb }); i >= 0 {
		return p.Updates[i].Package
	}
	return nil
}

// Packages are those of the plan among some updates.
func (p *Plan) Packages(updates []string) (list []Package) {
	for _, u := range p.Updates {
		if u.Package != nil && slices.Contains(updates, u.KB) {
			list = append(list, Package{u.KB, *u.Package})
		}
	}
	return list
}

// Sought are the plan's packages, to be looked for on its servers.
func (p *Plan) Sought() (list []Sought) {
	for _, u := range p.Updates {
		if u.Package != nil {
			list = append(list, Sought{u.KB, u.Package.Detect})
		}
	}
	return list
}

const undetectedCode = "PD-NOT-DETECTED"

// undetected is the failure of a server on which an installer said that all went well and nothing shows it.
func (s Scene) undetected(kb string) *Failure {
	p := s.Plan.Package(kb)
	if p == nil {
		return nil
	}
	return &Failure{Class: ClassPatch, Code: undetectedCode, Words: fmt.Sprintf("%s is not on the server after %s ran: its detection finds nothing (%s)", kb, p.File, p.Detect)}
}
