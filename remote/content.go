package remote

import (
	"context"
	"fmt"
	"regexp"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// SourceFile is a file of an update that does not come from the server's own update source. Several files of one update stand
// in the order in which they are needed, the update itself last.
type SourceFile struct {
	KB      string
	Name    string // *.msu or *.cab
	SHA256  string // lower-case hex
	Sources []Source
}

// Source is a place where a server may fetch a file, with its computer's account.
type Source struct {
	Type     string // "share" or "http"
	Location string // \\server\share\file, or an http(s) address
}

// Catalogue is an offline catalogue (wsusscn2.cab) that lies on the server already.
type Catalogue struct {
	Path   string // local, on the server
	SHA256 string
}

type contentManifest struct {
	Updates []string    `json:"updates"`
	Files   []fileEntry `json:"files,omitempty"`
}

type fileEntry struct {
	KB      string        `json:"kb"`
	Name    string        `json:"name"`
	SHA256  string        `json:"sha256"`
	Sources []sourceEntry `json:"sources"`
}

type sourceEntry struct {
	Type     string `json:"type"`
	Location string `json:"location"`
}

type catalogueManifest struct {
	Criteria  string         `json:"criteria"`
	Catalogue catalogueEntry `json:"catalogue"`
}

type catalogueEntry struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// What a file, its places and a catalogue may look like; the server holds them against the same forms again.
var (
	fileForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(msu|cab)$`)
	digestForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	catalogueForm = regexp.MustCompile(`^[A-Za-z]:\\[^"<>|?*]+\.cab$`)
	sourceForms   = map[string]*regexp.Regexp{
		"share": regexp.MustCompile(`^\\\\[A-Za-z0-9._-]+\\[^"<>|?*]+$`),
		"http":  regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]+)?/[^\s"<>]*$`),
	}
)

// StartWithFiles starts a job that stages or installs the order's updates, those that files bring from there and the rest from
// the server's own source. It is polled, cancelled and removed like any other.
func (f *Fleet) StartWithFiles(ctx context.Context, target engine.Target, order engine.JobOrder, files []SourceFile) (rollout.Job, error) {
	if order.Kind != rollout.JobStage && order.Kind != rollout.JobInstall {
		return rollout.Job{}, unusable("a job of the kind " + clean(string(order.Kind), 40) + " takes no files")
	}
	manifest := contentManifest{Updates: order.Updates}
	for _, file := range files {
		entry, err := file.entry(order.Updates)
		if err != nil {
			return rollout.Job{}, unusable(err.Error())
		}
		manifest.Files = append(manifest.Files, entry)
	}
	return f.job(ctx, target, order.ID, "job-start", startOf(order, manifest))
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

// entry is the file as the server is told of it; updates are those of the order.
func (s *SourceFile) entry(updates []string) (fileEntry, error) {
	entry := fileEntry{s.KB, s.Name, s.SHA256, nil}
	planned := false
	for _, kb := range updates {
		planned = planned || kb == s.KB
	}
	switch {
	case !planned:
		return entry, fmt.Errorf("the file %s is for %s, which is not in the order", s.Name, s.KB)
	case !fileForm.MatchString(s.Name):
		return entry, fmt.Errorf("%q is not the name of an .msu or .cab file", s.Name)
	case !digestForm.MatchString(s.SHA256):
		return entry, fmt.Errorf("the SHA-256 of %s is not 64 digits of lower-case hex", s.Name)
	case len(s.Sources) == 0:
		return entry, fmt.Errorf("%s has no source", s.Name)
	}
	for _, source := range s.Sources {
		form := sourceForms[source.Type]
		if form == nil || !form.MatchString(source.Location) {
			return entry, fmt.Errorf("the source of %s is neither a share nor an http address: %s %s", s.Name, source.Type, source.Location)
		}
		entry.Sources = append(entry.Sources, sourceEntry(source))
	}
	return entry, nil
}
