package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// DescribeInstaller says how servers install an update that ships as a package by themselves, and what proves it. Plans that are frozen
	// already stay as they are.
	DescribeInstaller struct {
		KB        string
		Installer catalog.Installer
		Reason    string
	}
	// PublishFile notes where servers may fetch a source file that is kept here.
	PublishFile struct {
		KB       string
		File     string // its name, or its SHA-256
		Site     string // the site that the place is near to; empty is all
		Location string
	}
)

func (DescribeInstaller) Action() string { return "catalog.installer" }
func (PublishFile) Action() string       { return "catalog.publish" }

type (
	installerDescribed struct {
		KB          string              `json:"kb"`
		Was         string              `json:"was"`
		Instruction catalog.Instruction `json:"instruction"`
	}
	filePublished struct {
		KB    string        `json:"kb"`
		File  string        `json:"file"`
		Point catalog.Point `json:"point"`
	}
)

func init() {
	offer((*Engine).describeInstaller, approval.Lead)
	offer((*Engine).publishFile, approval.Lead, approval.Administrator)
	described := register("catalog.installer",
		func(e installerDescribed) string { return e.KB },
		func(e installerDescribed) string {
			return installerWords(e.Instruction.Installer) + ": " + e.Instruction.Why
		},
		func(s *state, e installerDescribed, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Describe(e.Instruction) })
		})
	described.change = func(e any) (string, string) {
		d := e.(installerDescribed)
		return d.Was, installerWords(d.Instruction.Installer)
	}
	register("catalog.publish",
		func(e filePublished) string { return e.KB },
		func(e filePublished) string {
			return fmt.Sprintf("%s lies at %s for %s", e.File, e.Point.Location, siteWords(e.Point.Site))
		},
		func(s *state, e filePublished, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Publish(e.File, e.Point) })
		})
}

func installerWords(i catalog.Installer) string {
	return fmt.Sprintf("%s, proven by %s, removed by %s", strings.TrimSpace(i.File+" "+i.Arguments), i.Detect, i.Remove)
}

func siteWords(site string) string {
	if site == "" {
		return "all sites"
	}
	return "site " + site
}

func (e *Engine) describeInstaller(actor approval.Actor, c DescribeInstaller, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	u, err := e.known(c.KB)
	if err != nil {
		return "", err
	}
	if !u.IsPackage() {
		return "", fmt.Errorf("%s is installed by the servers' own update agent: only packages take an installer", u.KB)
	}
	if u.Removable == "no" && c.Installer.CanRemove() {
		return "", fmt.Errorf("%s is in the catalogue as one that cannot be removed: leave its remover out", u.KB)
	}
	one := catalog.Instruction{Installer: c.Installer, Why: c.Reason, By: actor.Name, At: now}
	dossier := e.state.dossiers[u.KB]
	dossier.KB = u.KB
	if _, err := dossier.Describe(one); err != nil {
		return "", err
	}
	was := ""
	if dossier.Installer != nil {
		was = installerWords(dossier.Installer.Installer)
	}
	e.must(installerDescribed{KB: u.KB, Was: was, Instruction: one}, actor, c.Reason, now)
	return fmt.Sprintf("servers install %s by themselves: %s; plans that are frozen already stay as they are", u.KB, installerWords(c.Installer)), nil
}

func (e *Engine) publishFile(actor approval.Actor, c PublishFile, now time.Time) (string, error) {
	if _, err := e.known(c.KB); err != nil {
		return "", err
	}
	if c.Site != "" && !slices.ContainsFunc(slices.Collect(maps.Values(e.state.servers)), func(s *inventory.Server) bool { return s.Site == c.Site }) {
		return "", fmt.Errorf("no server stands in site %q: see patchdeck inventory list", c.Site)
	}
	point := catalog.Point{Site: c.Site, Location: c.Location, By: actor.Name, At: now}
	dossier := e.state.dossiers[c.KB]
	dossier.KB = c.KB
	if _, err := dossier.Publish(c.File, point); err != nil {
		return "", err
	}
	e.must(filePublished{KB: c.KB, File: c.File, Point: point}, actor, "", now)
	return fmt.Sprintf("servers of %s fetch %s from %s", siteWords(c.Site), c.File, c.Location), nil
}

// packages are those of a release's updates that servers install by themselves.
func (e *Engine) packages(updates []catalog.Update) map[string]catalog.Package {
	list := map[string]catalog.Package{}
	for _, u := range updates {
		if p, ok := e.state.dossiers[u.KB].Package(); ok && u.IsPackage() {
			list[u.KB] = p
		}
	}
	return list
}

// doneByHand tells that people do all of a plan's updates: they ship as packages, and nobody said how servers install them by themselves.
func doneByHand(updates []catalog.Update, packages map[string]catalog.Package) bool {
	return len(updates) > 0 && !slices.ContainsFunc(updates, func(u catalog.Update) bool {
		_, automatic := packages[u.KB]
		return !u.IsPackage() || automatic
	})
}

// filesFor lists the content of an advertisement's updates that does not come from the server's own source: each package's file, and files of
// other updates that were published for servers.
func (e *Engine) filesFor(ad *rollout.Advertisement, plan *rollout.Plan) (list []rollout.File) {
	for _, kb := range ad.Updates {
		dossier := e.state.dossiers[kb]
		if p := plan.Package(kb); p != nil {
			list = append(list, rollout.File{KB: kb, Name: p.File, SHA256: p.SHA256, Sources: dossier.Sources(p.SHA256, ad.Site)})
			continue
		}
		for _, f := range dossier.Files {
			if len(f.Points) > 0 && f.Signature.Verified {
				list = append(list, rollout.File{KB: kb, Name: f.Name, SHA256: f.SHA256, Sources: dossier.Sources(f.SHA256, ad.Site)})
			}
		}
	}
	return list
}

// soughtIn are the packages that every server is asked about when it is read.
func soughtIn(dossiers map[string]catalog.Dossier) (list []rollout.Sought) {
	for _, kb := range slices.Sorted(maps.Keys(dossiers)) {
		if i := dossiers[kb].Installer; i != nil {
			list = append(list, rollout.Sought{KB: kb, Detect: i.Detect})
		}
	}
	return list
}

// sought is soughtIn of the dossiers as they are, made anew when one of them changed.
func (e *Engine) sought() []rollout.Sought {
	if made := e.state.index.versions["dossier"]; e.dossiers.soughtAt != made {
		e.dossiers.sought, e.dossiers.soughtAt = soughtIn(e.state.dossiers), made
	}
	return e.dossiers.sought
}

// soughtFor is what the servers of a plan are asked about: the plan's own packages as they were frozen, and the others of the catalogue, whose
// presence a reading would else forget.
func (e *Engine) soughtFor(plan *rollout.Plan) []rollout.Sought {
	list := plan.Sought()
	if len(list) == 0 {
		return e.sought()
	}
	for _, s := range e.sought() {
		if plan.Package(s.KB) == nil {
			list = append(list, s)
		}
	}
	return list
}
