package signature

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"patchdeck/engine/catalog"
)

// MostFile is the largest file that is kept. A cumulative update has up to about 2 GiB.
const MostFile = 8 << 30

// Safe keeps source files in a folder.
type Safe struct {
	folder string
	roots  *x509.CertPool // nil trusts nobody
	most   int64
}

// Open gives the safe in a folder, which is made with the first file. roots are the certificates at which a vendor's chain may end, in PEM;
// without them files are kept, and none is verified.
func Open(folder string, roots []byte) (*Safe, error) {
	s := &Safe{folder: folder, most: MostFile}
	if len(roots) > 0 {
		s.roots = x509.NewCertPool()
		if !s.roots.AppendCertsFromPEM(roots) {
			return nil, errors.New("the vendors' root certificates are not readable: a PEM file with at least one certificate is accepted")
		}
	}
	return s, nil
}

// nameForm is what a file may be called: the name goes to servers, too.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(exe|dll|msi|msp|cab|msu)$`)

// Keep reads a file to its end, keeps it under its SHA-256, and says what its signature is worth. A file that cannot be read whole is
// not kept.
func (s *Safe) Keep(ctx context.Context, name string, content io.Reader) (catalog.SourceFile, error) {
	if !nameForm.MatchString(name) {
		return catalog.SourceFile{}, fmt.Errorf("the file is called %q: letters, digits, dots, dashes and underscores are accepted, with an ending of exe, dll, msi, msp, cab or msu", short(name))
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return catalog.SourceFile{}, fmt.Errorf("the folder for source files: %w", err)
	}
	draft, err := os.CreateTemp(s.folder, ".incoming-*")
	if err != nil {
		return catalog.SourceFile{}, fmt.Errorf("a place for the file: %w", err)
	}
	defer os.Remove(draft.Name()) // nothing is left of it once it has its own name
	defer draft.Close()
	file, err := s.copyTo(ctx, draft, content)
	if err != nil {
		return catalog.SourceFile{}, err
	}
	file.Name = name
	file.Signature = Read(draft, file.Size, s.roots)
	return file, s.settle(draft, file)
}

// copyTo writes a stream of bounded length and hashes it on the way.
func (s *Safe) copyTo(ctx context.Context, draft *os.File, content io.Reader) (catalog.SourceFile, error) {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(draft, hash), io.LimitReader(stoppable{ctx, content}, s.most+1))
	switch {
	case err != nil:
		return catalog.SourceFile{}, fmt.Errorf("the file could not be read to its end, nothing was kept: %w", err)
	case size > s.most:
		return catalog.SourceFile{}, fmt.Errorf("the file is larger than %d bytes, nothing was kept", s.most)
	case size == 0:
		return catalog.SourceFile{}, errors.New("the file is empty, nothing was kept")
	}
	return catalog.SourceFile{Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// settle gives a file its own name once all of it is on the disk. The same content is the same file.
func (s *Safe) settle(draft *os.File, file catalog.SourceFile) error {
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("the file could not be kept: %w", err)
	}
	if err := os.Rename(draft.Name(), filepath.Join(s.folder, file.SHA256)); err != nil {
		return fmt.Errorf("the file could not be kept: %w", err)
	}
	return nil
}

// stoppable ends a stream with its context.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (r stoppable) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// short bounds what a message repeats of an unknown text.
func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
