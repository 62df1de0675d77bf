package remote

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
)

// Catalogue is an offline catalogue (wsusscn2.cab) that lies on the server already.
type Catalogue struct {
	Path   string // local, on the server
	SHA256 string
}

type contentManifest struct {
	Updates  []string       `json:"updates"`
	Files    []fileEntry    `json:"files"`
	Packages []packageEntry `json:"packages"`
}

type fileEntry struct {
	KB      string           `json:"kb"`
	Name    string           `json:"name"`
	SHA256  string           `json:"sha256"`
	Sources []catalog.Source `json:"sources"`
}

type catalogueManifest struct {
	Criteria  string         `json:"criteria"`
	Catalogue catalogueEntry `json:"catalogue"`
}

type catalogueEntry struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// What a file and a catalogue may look like; the server holds them against the same forms again.
var (
	fileForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(msu|cab)$`)
	packageForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(exe|msi|msp)$`)
	digestForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	catalogueForm = regexp.MustCompile(`^[A-Za-z]:\\[^"<>|?*]+\.cab$`)
)

// contentOf is what a job stages or installs: updates, those that files bring from elsewhere and the rest from the server's own source, and
// how the packages among them are installed.
func contentOf(order engine.JobOrder) (any, *rollout.Failure) {
	manifest := contentManifest{Updates: order.Updates, Files: []fileEntry{}}
	var failure *rollout.Failure
	if manifest.Packages, failure = packagesOf(order.Packages, order.Files); failure != nil {
		return nil, failure
	}
	for _, file := range order.Files {
		entry, err := entryOf(file, order)
		if err != nil {
			return nil, unusable(err.Error())
		}
		manifest.Files = append(manifest.Files, entry)
	}
	return manifest, nil
}

// ScanOffline starts a scan that asks a catalogue file on the server and no update source. It knows security updates only.
func (f *Fleet) ScanOffline(ctx context.Context, target engine.Target, order engine.JobOrder, catalogue Catalogue) (rollout.Job, error) {
	if !catalogueForm.MatchString(catalogue.Path) || !digestForm.MatchString(catalogue.SHA256) {
		return rollout.Job{}, unusable("an offline catalogue is a local path to a .cab file with its SHA-256 in lower-case hex, not " + clean(catalogue.Path, 200))
	}
	order.Kind = rollout.JobScan
	manifest := catalogueManifest{"IsInstalled=0 and Type='Software' and IsHidden=0", catalogueEntry(catalogue)}
	return f.job(ctx, target, order.ID, "job-start", startOf(order, manifest))
}

func unusable(words string) *rollout.Failure {
	return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-CONTENT", Words: clean(words, longWords)}
}

// entryOf is a file as the server is told of it.
func entryOf(file rollout.File, order engine.JobOrder) (fileEntry, error) {
	entry := fileEntry{file.KB, file.Name, file.SHA256, file.Sources}
	form, kinds := fileForm, ".msu or .cab"
	if slices.ContainsFunc(order.Packages, func(p rollout.Package) bool { return p.KB == file.KB }) {
		form, kinds = packageForm, ".exe, .msi or .msp"
	}
	switch {
	case !slices.Contains(order.Updates, file.KB):
		return entry, fmt.Errorf("the file %s is for %s, which is not in the order", file.Name, file.KB)
	case !form.MatchString(file.Name):
		return entry, fmt.Errorf("%q is not the name of an %s file", file.Name, kinds)
	case !digestForm.MatchString(file.SHA256):
		return entry, fmt.Errorf("the SHA-256 of %s is not 64 digits of lower-case hex", file.Name)
	case len(file.Sources) == 0:
		return entry, fmt.Errorf("%s has no source", file.Name)
	}
	for _, source := range file.Sources {
		if known, ok := catalog.SourceAt(source.Location); !ok || known != source {
			return entry, fmt.Errorf("the source of %s is neither a share nor an http address: %s %s", file.Name, source.Type, source.Location)
		}
	}
	return entry, nil
}
