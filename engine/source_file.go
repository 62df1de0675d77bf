package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
)

// Files keeps the source files of updates, and says what their signatures are worth.
type Files interface {
	// Keep reads a file to its end and keeps it. An error means that it was not kept.
	Keep(ctx context.Context, name string, content io.Reader) (catalog.SourceFile, error)
}

// AddFile records a file of an update that Files kept. It is made by Engine.AddFile alone, which reads the file.
type AddFile struct {
	KB     string
	Origin string // the vendor's address that it came from
	File   catalog.SourceFile
}

func (AddFile) Action() string { return "catalog.file" }

type fileAdded struct {
	KB   string             `json:"kb"`
	File catalog.SourceFile `json:"file"`
}

func init() {
	offer((*Engine).addFile, approval.Lead, approval.Administrator, approval.Security)
	register("catalog.file",
		func(e fileAdded) string { return e.KB },
		func(e fileAdded) string {
			return fmt.Sprintf("%s from %s, SHA-256 %.12s, %s", e.File.Name, e.File.Origin, e.File.SHA256, signatureWords(e.File.Signature))
		},
		func(s *state, e fileAdded, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Keep(e.File) })
		})
}

func signatureWords(s catalog.Signature) string {
	if s.Verified {
		return "signed by " + s.Signer
	}
	return "not verified: " + s.Trouble
}

// AddFile reads a file of an update, keeps it, and records what its signature is worth. Whoever may not record it is refused before a byte
// is read, and so is a file that does not come from its vendor.
func (e *Engine) AddFile(ctx context.Context, actor approval.Actor, kb, name, origin string, content io.Reader) (string, error) {
	if !May(actor, AddFile{}.Action()) {
		return e.Do(ctx, actor, AddFile{KB: kb}) // the loop refuses it, on the record
	}
	if e.options.Files == nil {
		return "", errors.New("this console keeps no source files")
	}
	v := e.View()
	u, ok := v.find(kb)
	if !ok {
		return "", fmt.Errorf("the catalogue holds no %s: import its bulletin, or add it by hand", kb)
	}
	if err := u.SiteOf().Owns(origin); err != nil {
		return "", fmt.Errorf("source files come from the vendor only: %w", err)
	}
	if v.ReadOnly != "" {
		return "", errors.New(v.ReadOnly)
	}
	file, err := e.options.Files.Keep(ctx, name, content)
	if err != nil {
		return "", err
	}
	return e.Do(ctx, actor, AddFile{KB: kb, Origin: origin, File: file})
}

// find gives an update of the snapshot's bulletins.
func (v *View) find(kb string) (catalog.Update, bool) {
	for _, b := range v.Bulletins {
		if u, ok := b.Find(kb); ok {
			return u, true
		}
	}
	return catalog.Update{}, false
}

func (e *Engine) addFile(actor approval.Actor, c AddFile, now time.Time) (string, error) {
	u, err := e.known(c.KB)
	if err != nil {
		return "", err
	}
	file := c.File
	file.Origin, file.By, file.At = c.Origin, actor.Name, now
	file.Signature = file.Signature.By(u.Vendor)
	if _, err := e.state.dossiers[c.KB].Keep(file); err != nil {
		return "", err
	}
	e.must(fileAdded{KB: c.KB, File: file}, actor, "", now)
	return fmt.Sprintf("%s of %s is kept, SHA-256 %s; %s", file.Name, c.KB, file.SHA256, signatureWords(file.Signature)), nil
}
