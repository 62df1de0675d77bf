package trail

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const manifestFormat = "patchdeck audit trail 1"

// manifestStart begins the last line of an export and no other.
var manifestStart = []byte(`{"manifest":`)

type manifest struct {
	Manifest string `json:"manifest"`
	Entries  uint64 `json:"entries"`
	First    uint64 `json:"first"`
	Last     uint64 `json:"last"`
	Head     string `json:"head"`
}

func manifestOf(r Report) manifest {
	return manifest{Manifest: manifestFormat, Entries: r.Entries, First: r.First, Last: r.Last, Head: r.Head.String()}
}

// WriteExport writes the entries that iterate gives, in order, and the manifest. Every entry is checked on its way: a
// broken trail is exported as far as it holds, without manifest, and the break is the error.
func WriteExport(w io.Writer, iterate func(each func(seq uint64, raw []byte) error) error) (Report, error) {
	out := bufio.NewWriter(w)
	verifier := SegmentVerifier()
	failed := iterate(func(_ uint64, raw []byte) error {
		if err := verifier.Add(raw); err != nil {
			return err
		}
		return writeLine(out, raw)
	})
	if failed == nil {
		last, err := json.Marshal(manifestOf(verifier.Report()))
		if err != nil {
			return verifier.Report(), err
		}
		failed = writeLine(out, last)
	}
	return verifier.Report(), errors.Join(failed, out.Flush())
}

func writeLine(out *bufio.Writer, line []byte) error {
	if _, err := out.Write(line); err != nil {
		return err
	}
	return out.WriteByte('\n')
}

// VerifyExport checks an export and nothing but the export: no store is needed. The report says how far it came; its
// First is 1 when the export begins with the trail's first entry. The caller compares Head with one noted elsewhere.
func VerifyExport(r io.Reader) (Report, error) {
	verifier := SegmentVerifier()
	lines := bufio.NewReaderSize(r, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		switch {
		case err == io.EOF:
			return verifier.Report(), fmt.Errorf("the export ends in line %d without its manifest: it was cut off; export it again", number)
		case err != nil:
			return verifier.Report(), fmt.Errorf("line %d of the export: %w", number, err)
		case bytes.HasPrefix(line, manifestStart):
			return verifier.Report(), checkManifest(line, lines, verifier.Report())
		}
		if err := verifier.Add(line); err != nil {
			return verifier.Report(), fmt.Errorf("line %d of the export: %w", number, err)
		}
	}
}

// readLine gives the next complete line without its line feed; io.EOF also for a last line that lacks it.
func readLine(lines *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := lines.ReadSlice('\n')
		if len(line)+len(part) > MaxEntry+1 {
			return nil, fmt.Errorf("it is longer than %d bytes; this is not an export of an audit trail", MaxEntry)
		}
		line = append(line, part...)
		switch err {
		case nil:
			return line[:len(line)-1], nil
		case bufio.ErrBufferFull:
		default:
			return nil, err
		}
	}
}

// checkManifest compares the bytes: there is one way to write a manifest.
func checkManifest(line []byte, rest *bufio.Reader, found Report) error {
	expected, err := json.Marshal(manifestOf(found))
	if err != nil {
		return err
	}
	if !bytes.Equal(line, expected) {
		return fmt.Errorf("the manifest %.300q does not agree with the %d entries before it, which make %s; %s",
			line, found.Entries, expected, doRestore)
	}
	if _, err := rest.ReadByte(); err != io.EOF {
		return errors.New("something follows the manifest of the export; " + doRestore)
	}
	return nil
}
