package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func exportOf(t testing.TB, lines [][]byte) string {
	t.Helper()
	var out strings.Builder
	if _, err := WriteExport(&out, over(lines)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func over(lines [][]byte) func(func(uint64, []byte) error) error {
	return func(each func(uint64, []byte) error) error {
		for i, line := range lines {
			if err := each(uint64(i+1), line); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestAnExportVerifiesWithoutTheStore(t *testing.T) {
	lines, head := chain(t, "one", "two", "three")
	report, err := VerifyExport(strings.NewReader(exportOf(t, lines)))
	if err != nil {
		t.Fatal(err)
	}
	if report.Entries != 3 || report.First != 1 || report.Last != 3 || report.Head != head || !report.Since.Equal(at) || !report.Till.Equal(at) {
		t.Errorf("report %+v", report)
	}
}

func TestAnExportOfPartOfTheTrailSaysWhereItBegins(t *testing.T) {
	lines, head := chain(t, "one", "two", "three")
	report, err := VerifyExport(strings.NewReader(exportOf(t, lines[1:])))
	if err != nil || report.First != 2 || report.Last != 3 || report.Entries != 2 || report.Head != head {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestAnEmptyTrailExportsToAManifestAlone(t *testing.T) {
	text := exportOf(t, nil)
	report, err := VerifyExport(strings.NewReader(text))
	if err != nil || report != (Report{}) || strings.Count(text, "\n") != 1 {
		t.Errorf("export %q, report %+v, error %v", text, report, err)
	}
}

func TestEveryDamageToAnExportIsFound(t *testing.T) {
	lines, _ := chain(t, "one", "two", "three")
	whole := exportOf(t, lines)
	rows := strings.SplitAfter(whole, "\n")
	for name, c := range map[string]struct{ text, says string }{
		"changed entry":     {strings.Replace(whole, `"action":"two"`, `"action":"tow"`, 1), "line 3 of the export: audit entry 3 does not continue the chain"},
		"changed last":      {strings.Replace(whole, `"action":"three"`, `"action":"eerht"`, 1), "does not agree"},
		"dropped entry":     {rows[0] + rows[2] + rows[3], "line 2 of the export: audit entry 2 is missing"},
		"dropped first":     {rows[1] + rows[2] + rows[3], "does not agree"},
		"dropped last":      {rows[0] + rows[1] + rows[3], "does not agree"},
		"no manifest":       {rows[0] + rows[1] + rows[2], "line 4 without its manifest"},
		"cut in manifest":   {whole[:len(whole)-10], "without its manifest"},
		"only line feed":    {whole[:len(whole)-1], "without its manifest"},
		"changed manifest":  {strings.Replace(whole, `"entries":3`, `"entries":4`, 1), "does not agree"},
		"text after it":     {whole + "x", "something follows the manifest"},
		"swapped entries":   {rows[1] + rows[0] + rows[2] + rows[3], "line 2"},
		"nothing":           {"", "without its manifest"},
		"something else":    {"<html>\n", "line 1 of the export: audit entry 1 is not readable"},
		"endless line":      {strings.Repeat("x", MaxEntry+2), "longer than"},
		"windows line feed": {strings.ReplaceAll(whole, "\n", "\r\n"), "line break"},
	} {
		_, err := VerifyExport(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: says %v, expected %q in it", name, err, c.says)
		}
	}
}

func TestEveryFlippedBitOfAnExportIsFound(t *testing.T) {
	lines, _ := chain(t, "one", "two")
	whole := []byte(exportOf(t, lines))
	for place := range whole {
		damaged := bytes.Clone(whole)
		damaged[place] ^= 1 << (place % 8)
		if _, err := VerifyExport(bytes.NewReader(damaged)); err == nil {
			t.Errorf("bit flipped in byte %d of %d (%q) was not found", place, len(whole), whole[place])
		}
	}
}

func TestABrokenTrailIsExportedAsFarAsItHoldsAndNotSealed(t *testing.T) {
	lines, _ := chain(t, "one", "two", "three")
	lines[1] = bytes.Replace(lines[1], []byte("two"), []byte("owt"), 1)
	var out strings.Builder
	report, err := WriteExport(&out, over(lines))
	var broken *Break
	if !errors.As(err, &broken) || broken.Seq != 3 || report.Entries != 2 {
		t.Errorf("report %+v, error %v", report, err)
	}
	if strings.Contains(out.String(), "manifest") {
		t.Error("a broken trail got a manifest")
	}
}

func TestAFullDiskShowsInTheExport(t *testing.T) {
	lines, _ := chain(t, "one")
	if _, err := WriteExport(brokenWriter{}, over(lines)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestTheVerifierReportsTheFirstBreakAndStaysThere(t *testing.T) {
	lines, _ := chain(t, "one", "two", "three")
	v := NewVerifier()
	if err := v.Add(lines[0]); err != nil {
		t.Fatal(err)
	}
	first := v.Add(lines[2])
	var broken *Break
	if !errors.As(first, &broken) || broken.Seq != 2 {
		t.Fatalf("error %v", first)
	}
	if again := v.Add(lines[1]); again != first {
		t.Errorf("after the break it says %v", again)
	}
	if v.Report().Entries != 1 || v.Report().Last != 1 {
		t.Errorf("report %+v", v.Report())
	}
}

func TestAWholeTrailMustBeginWithEntryOne(t *testing.T) {
	lines, _ := chain(t, "one", "two")
	if err := NewVerifier().Add(lines[1]); err == nil || !strings.Contains(err.Error(), "audit entry 1 is missing") {
		t.Errorf("error %v", err)
	}
}

func FuzzVerifyExport(f *testing.F) {
	lines, _ := chain(f, "one", "two")
	f.Add([]byte(exportOf(f, lines)))
	f.Add([]byte(exportOf(f, lines[1:])))
	f.Add([]byte(`{"manifest":` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := VerifyExport(bytes.NewReader(text))
		if err == nil && uint64(bytes.Count(text, []byte("\n"))) != report.Entries+1 {
			t.Errorf("took %q as %d entries", text, report.Entries)
		}
	})
}

func ExampleVerifyExport() {
	head := Head{}
	raw, _, _ := head.Append(Entry{At: at, Actor: "lena", Action: "release.submit", Object: "2026-02-security"})
	var out bytes.Buffer
	_, _ = WriteExport(&out, over([][]byte{raw}))
	report, err := VerifyExport(&out)
	fmt.Println(report.Entries, report.First, report.Last, err)
	// Output: 1 1 1 <nil>
}
