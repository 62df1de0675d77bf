package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Point is a place where servers may fetch a source file: a share or a web server that we trust with nothing, since the file's hash is
// checked on each server.
type Point struct {
	Site     string    `json:"site,omitempty"` // the site that it is near to; empty is all
	Location string    `json:"location"`       // \\server\share\file, or an http(s) address
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Source is a place as a server is told of it.
type Source struct {
	Type     string `json:"type"` // "share" or "http"
	Location string `json:"location"`
}

// Forms of places. Servers hold them against the same ones.
var sourceForms = []struct {
	kind string
	form *regexp.Regexp
}{
	{"share", regexp.MustCompile(`^\\\\[A-Za-z0-9._-]{1,200}\\[^"<>|?*\x00-\x1f]{1,400}$`)},
	{"http", regexp.MustCompile(`^https?://[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?/[^\s"<>\x00-\x1f]{0,800}$`)},
}

// SourceAt reads a location; ok is false for what no server could fetch from.
func SourceAt(location string) (s Source, ok bool) {
	for _, f := range sourceForms {
		if f.form.MatchString(location) {
			return Source{f.kind, location}, true
		}
	}
	return s, false
}

// mostPoints bounds the places of one file.
const mostPoints = 50

// Publish notes where a kept file may be fetched; the same place for the same site is noted once.
func (d Dossier) Publish(file string, one Point) (after Dossier, err error) {
	if _, ok := SourceAt(one.Location); !ok {
		return d, fmt.Errorf(`%s is no place to fetch a file from: use \\SERVER\SHARE\FILE or http(s)://HOST/FILE`, quote(one.Location))
	}
	i := len(d.Files) - 1
	for i >= 0 && d.Files[i].SHA256 != file && !strings.EqualFold(d.Files[i].Name, file) {
		i-- // the newest of a name counts
	}
	if i < 0 {
		return d, fmt.Errorf("no file %s of %s is kept: there are %s", quote(file), d.KB, orNone(fileNames(d.Files)))
	}
	d.Files = slices.Clone(d.Files)
	points := slices.DeleteFunc(slices.Clone(d.Files[i].Points), func(p Point) bool { return p.Site == one.Site && p.Location == one.Location })
	if len(points) >= mostPoints {
		return d, fmt.Errorf("%d places are noted for %s already, no more are possible", len(points), d.Files[i].Name)
	}
	d.Files[i].Points = append(points, one)
	d.Rev++
	return d, nil
}

// Describe says how servers install the update by themselves. The file must be kept, and its signature verified.
func (d Dossier) Describe(one Instruction) (after Dossier, err error) {
	if err := one.Check(); err != nil {
		return d, err
	}
	f, ok := d.file(one.File)
	switch {
	case !ok:
		return d, fmt.Errorf("no file %s of %s is kept: there are %s; keep it with patchdeck catalog file add", quote(one.File), d.KB, orNone(fileNames(d.Files)))
	case !f.Signature.Verified:
		return d, fmt.Errorf("%s is not verified (%s): no server runs it", f.Name, f.Signature.Trouble)
	}
	d.Installer = &one
	d.Rev++
	return d, nil
}

// Package is what a plan freezes of the update; ok is false where people install it.
func (d Dossier) Package() (p Package, ok bool) {
	if d.Installer == nil {
		return p, false
	}
	f, kept := d.file(d.Installer.File)
	return Package{d.Installer.Installer, f.SHA256, f.Size}, kept && f.Signature.Verified
}

// Sources lists where a server of a site may fetch the content, its own site's places first and the vendor's own address last.
func (d Dossier) Sources(sha256, site string) (list []Source) {
	i := slices.IndexFunc(d.Files, func(f SourceFile) bool { return f.SHA256 == sha256 })
	if i < 0 {
		return nil
	}
	for _, near := range []string{site, ""} {
		for _, p := range d.Files[i].Points {
			if s, ok := SourceAt(p.Location); ok && p.Site == near && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	if s, ok := SourceAt(d.Files[i].Origin); ok {
		list = append(list, s)
	}
	return list
}

// file is the newest kept file of a name.
func (d Dossier) file(name string) (SourceFile, bool) {
	for _, f := range slices.Backward(d.Files) {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return SourceFile{}, false
}

func fileNames(files []SourceFile) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
