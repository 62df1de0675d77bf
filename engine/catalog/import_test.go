package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"patchdeck/engine/inventory"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func importBytes(t testing.TB, data []byte) Bulletin {
	t.Helper()
	b, err := Import(bytes.NewReader(data), 0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var released = time.Date(2026, 10, 13, 7, 0, 0, 0, time.UTC)

// monthUpdates is what testdata/month.xml and month.json say of Windows Server, worst first.
var monthUpdates = []Update{
	{
		KB: "KB5999001", Bulletin: "2026-Oct", Released: released, Severity: Important, CVEs: []string{"CVE-2026-9501", "CVE-2026-9502"},
		Exploited: true, Disclosed: true, CVSS: 7.5, Restart: RestartMaybe, SubType: "Security Update", Supersedes: []string{"KB5998001", "KB5998002"},
		Products: []Product{
			{"Windows Server 2019", "10.0.17763.9001", inventory.Build{10, 0, 17763, 9001}},
			{"Windows Server 2019 (Server Core installation)", "10.0.17763.9001", inventory.Build{10, 0, 17763, 9001}},
		},
	},
	{
		KB: "KB5999002", Bulletin: "2026-Oct", Released: released, Severity: Important, CVEs: []string{"CVE-2026-9501", "CVE-2026-9503"},
		Exploited: true, Restart: RestartYes, Supersedes: []string{},
		Products: []Product{{"Windows Server 2022", "10.0.20348.10000", inventory.Build{10, 0, 20348, 10000}}},
	},
	{
		KB: "KB599012", Bulletin: "2026-Oct", Released: released, Severity: Unrated, CVEs: []string{"CVE-2026-9503"},
		Restart: RestartUnknown, SubType: "Monthly Rollup", Supersedes: []string{},
		Products: []Product{{Name: "Windows Server 2012 R2"}},
	},
}

func TestABulletinSaysWhatEachUpdateFixesOnWindowsServer(t *testing.T) {
	for _, path := range []string{"testdata/month.xml", "testdata/month.json"} {
		t.Run(path, func(t *testing.T) {
			b := importBytes(t, read(t, path))
			if !reflect.DeepEqual(b.Updates, monthUpdates) {
				t.Errorf("updates\n got %+v\nwant %+v", b.Updates, monthUpdates)
			}
			if b.ID != "2026-Oct" || b.Title != "October 2026 Security Updates (fictional)" || b.Revision != "12" {
				t.Errorf("id %q, title %q, revision %q", b.ID, b.Title, b.Revision)
			}
			if !b.Released.Equal(released) || !b.Revised.Equal(time.Date(2026, 10, 20, 1, 2, 3, 0, time.UTC)) {
				t.Errorf("released %v, revised %v", b.Released, b.Revised)
			}
			if len(b.SHA256) != 64 {
				t.Errorf("hash %q", b.SHA256)
			}
		})
	}
}

func TestWhatCannotBeReadIsListedWithPlaceAndReason(t *testing.T) {
	want := []string{
		`CVE-2026-9503: severity "Severe" is none of Critical, Important, Moderate, Low`,
		`CVE-2026-9503: BaseScore "12" is no number from 0 to 10`,
		`CVE-2026-9503: KB599012: RestartRequired is "Perhaps", expected Yes, Maybe or No`,
		`CVE-2026-9503: KB599012: Supercedence names "MS16-001", which is no KB number`,
		`PLACE: the record's CVE is "", expected an identifier such as CVE-2026-1234`,
		`CVE-2026-9505: a fix for Windows Server 2019 has no KB number: its description is "Release Notes"`,
		`CVE-2026-9505: the fix "5999555" names product "404", which the product tree does not have`,
		`CVE-2026-9505: the fix "5999444" names no product`,
	}
	for path, place := range map[string]string{"testdata/month.xml": "line 132, column 35", "testdata/month.json": "byte 3124"} {
		b := importBytes(t, read(t, path))
		var got []string
		for _, s := range b.Skipped {
			got = append(got, s.Where+": "+s.Reason)
		}
		wantHere := strings.Split(strings.Replace(strings.Join(want, "\n"), "PLACE", place, 1), "\n")
		if !reflect.DeepEqual(got, wantHere) || b.SkippedCount != len(wantHere) {
			t.Errorf("%s: %d skipped\n%s\nwant\n%s", path, b.SkippedCount, strings.Join(got, "\n"), strings.Join(wantHere, "\n"))
		}
	}
}

func TestARecordOfTheWrongShapeCostsOnlyItself(t *testing.T) {
	const document = `{"DocumentTracking":{"Identification":{"ID":"2026-Oct"}},
		"ProductTree":{"FullProductName":{"ProductID":"1","Value":"Windows Server 2022"}},
		"Vulnerability":[17, {"CVE":"CVE-2026-9001","Remediations":[[]]}, {"CVE":["x"]},
			{"CVE":"CVE-2026-9002","Remediations":{"Type":"2","Description":"5999001","ProductID":"1"}}]}`
	b := importBytes(t, []byte(document))
	if len(b.Updates) != 1 || b.Updates[0].KB != "KB5999001" || !reflect.DeepEqual(b.Updates[0].CVEs, []string{"CVE-2026-9002"}) {
		t.Errorf("updates %+v", b.Updates)
	}
	if b.SkippedCount != 3 || b.Skipped[1].Where != "CVE-2026-9001" {
		t.Errorf("skipped %+v", b.Skipped)
	}
}

func TestASingleVulnerabilityMayStandWithoutItsArray(t *testing.T) {
	b := importBytes(t, []byte(`{"DocumentTracking":{"Identification":{"ID":"2026-Oct"}},"Vulnerability":{"CVE":"CVE-2026-9001",
		"Remediations":[{"Type":2,"Description":{"Value":"5999001"},"ProductID":["1"]}]},
		"ProductTree":{"FullProductName":[{"ProductID":"1","Value":"Windows Server 2022"}]}}`))
	if u, ok := b.Find("KB5999001"); !ok || u.Severity != Unrated || u.Restart != RestartUnknown {
		t.Errorf("update %+v, found %v", u, ok)
	}
}

func TestTheListOfSkippedRecordsIsBoundedButCountsOn(t *testing.T) {
	records := strings.Repeat(`17,`, 3*mostSkipped)
	b := importBytes(t, []byte(`{"DocumentTracking":{"Identification":{"ID":"2026-Oct"}},"Vulnerability":[`+records+`18]}`))
	if len(b.Skipped) != mostSkipped || b.SkippedCount != 3*mostSkipped+1 {
		t.Errorf("%d listed, %d counted", len(b.Skipped), b.SkippedCount)
	}
}

func TestADocumentOfTooManyUpdatesIsRefused(t *testing.T) {
	var fixes strings.Builder
	for kb := range mostUpdates + 1 {
		fmt.Fprintf(&fixes, `{"Type":2,"Description":"%d","ProductID":"1"},`, 5000000+kb)
	}
	_, err := Import(strings.NewReader(`{"DocumentTracking":{"Identification":{"ID":"2026-Oct"}},
		"ProductTree":{"FullProductName":{"ProductID":"1","Value":"Windows Server 2022"}},
		"Vulnerability":[{"CVE":"CVE-2026-9001","Remediations":[`+fixes.String()+`{}]}]}`), 0)
	if err == nil || !strings.Contains(err.Error(), "names 2001 updates") {
		t.Errorf("got %v", err)
	}
}

func TestTextEncodingsOfWindowsAreRead(t *testing.T) {
	for _, path := range []string{"testdata/month.xml", "testdata/month.json"} {
		plain := read(t, path)
		declared := bytes.Replace(plain, []byte(`encoding="utf-8"`), []byte(`encoding="utf-16"`), 1)
		units := utf16.Encode([]rune("\ufeff" + string(declared)))
		var little, big []byte
		for _, u := range units {
			little = append(little, byte(u), byte(u>>8))
			big = append(big, byte(u>>8), byte(u))
		}
		for name, data := range map[string][]byte{"UTF-8 with mark": append([]byte("\xef\xbb\xbf"), plain...), "UTF-16LE": little, "UTF-16BE": big} {
			b := importBytes(t, data)
			if !reflect.DeepEqual(b.Updates, monthUpdates) {
				t.Errorf("%s as %s: updates differ", path, name)
			}
		}
	}
}

func TestTheUTF16ReaderSurvivesLoneSurrogates(t *testing.T) {
	in := []byte("\xff\xfea\x00\x3d\xd8b\x00\x3d\xd8\x00\xde\x3d\xd8") // a, half a pair, b, a pair, half a pair
	text, err := newSource(iotest.OneByteReader(bytes.NewReader(in)), 0).text()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(text)
	if err != nil || string(got) != "a\ufffdb\U0001f600\ufffd" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestADocumentThatIsNoBulletinIsRefusedWithItsPlace(t *testing.T) {
	xml, json := string(read(t, "testdata/month.xml")), string(read(t, "testdata/month.json"))
	cases := []struct{ name, document, want string }{
		{"empty", "", "byte 1: the file is empty, expected a CVRF document as XML or JSON"},
		{"blank", "\ufeff \r\n", "byte 1: the file is empty, expected a CVRF document as XML or JSON"},
		{"archive", "PK\x03\x04", "byte 1: the file begins with 'P', expected a CVRF document as XML (<) or JSON ({)"},
		{"web page", "<!DOCTYPE html>\n<html><head>", "line 2, column 7: the document is <html>, expected <cvrf:cvrfdoc>, a month's document of the vendor's CVRF service"},
		{"XML cut", xml[:strings.Index(xml, "5999777")], "line 67, column 27: the document ends too early, expected the end of <Description>: download it again"},
		{"XML cut in the first tag", "<cvrf:cvr", "line 1, column 10: the document ends too early, expected <cvrf:cvrfdoc>: download it again"},
		{"XML with a wrong end", "<cvrfdoc>\n<a></b></cvrfdoc>", "line 2, column 8: element <a> closed by </b>: download the document again"},
		{"XML twice", "<cvrfdoc></cvrfdoc><cvrfdoc/>", "line 1, column 30: more text follows the end of the document"},
		{"XML nested", strings.Repeat("<cvrfdoc>", 10_000), "line 1, column 586: elements are nested deeper than 64 levels, expected a CVRF document"},
		{"XML in Latin-1", "<?xml version='1.0' encoding='iso-8859-1'?><cvrfdoc/>", `line 1, column 44: the document is saved as "iso-8859-1", expected UTF-8: download it again`},
		{"XML with an entity", "<cvrfdoc>&bomb;</cvrfdoc>", "line 1, column 16: invalid character entity &bomb;: download the document again"},
		{"XML without an id", "<cvrfdoc/>", "the document has no DocumentTracking/Identification/ID, expected a month such as 2026-Feb"},
		{"JSON cut", json[:1000], "byte 1000: the document ends too early, expected more of a CVRF document: download it again"},
		{"JSON cut after a brace", "{", "byte 1: the document ends too early, expected more of a CVRF document: download it again"},
		{"JSON of something else", `{"advisory":{"category":"csaf_security_advisory"}}`, `byte 1: the JSON has neither "DocumentTracking" nor "document", expected a month's document of the vendor's CVRF service or a CSAF advisory`},
		{"an advisory without an id", `{"document":{"category":"csaf_security_advisory"}}`, "the document has no DocumentTracking/Identification/ID, expected a month such as 2026-Feb"},
		{"JSON list", "[]", "byte 1: the file begins with '[', expected a CVRF document as XML (<) or JSON ({)"},
		{"JSON damaged", `{"DocumentTracking" 4}`, "byte 20: expected colon after object key: download the document again"},
		{"JSON twice", json + "{}", ""},
		{"JSON nested", `{"ProductTree":` + strings.Repeat(`{"Branch":`, 200) + "0" + strings.Repeat("}", 200) + "}", ""},
		{"JSON with a text for the list", `{"DocumentTracking":{},"Vulnerability":"none"}`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := Import(strings.NewReader(c.document), 0)
			if err == nil {
				t.Fatalf("accepted: %+v", b)
			}
			if strings.ContainsAny(err.Error(), "\r\n\x1b") {
				t.Errorf("the error is more than a line: %q", err)
			}
			if c.want != "" && err.Error() != c.want {
				t.Errorf("\n got %s\nwant %s", err, c.want)
			}
		})
	}
}

func TestEveryCutOfADocumentIsRefused(t *testing.T) {
	for _, path := range []string{"testdata/month.xml", "testdata/month.json"} {
		data := bytes.TrimSpace(read(t, path))
		for n := 0; n < len(data); n += 37 {
			if b, err := Import(bytes.NewReader(data[:n]), 0); err == nil {
				t.Fatalf("%s cut after %d bytes was accepted: %+v", path, n, b)
			}
		}
	}
}

func TestADocumentBeyondTheLimitIsRefused(t *testing.T) {
	for _, path := range []string{"testdata/month.xml", "testdata/month.json"} {
		data := read(t, path)
		if _, err := Import(bytes.NewReader(data), int64(len(data))); err != nil {
			t.Errorf("%s at its exact size: %v", path, err)
		}
		_, err := Import(bytes.NewReader(data), int64(len(data))-1)
		if err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("%s beyond the limit: %v", path, err)
		}
	}
}

func TestAReadErrorIsPassedOn(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, start := range []string{"", "<cvrfdoc>", "{"} {
		_, err := Import(io.MultiReader(strings.NewReader(start), iotest.ErrReader(broken)), 0)
		if err == nil || !strings.Contains(err.Error(), broken.Error()) {
			t.Errorf("after %q: %v", start, err)
		}
	}
}

func TestTerminalEscapesOfADocumentNeverArrive(t *testing.T) {
	document := strings.Replace(string(read(t, "testdata/month.json")), "October 2026", `\u001b[2J\u009bOctober\u202e 2026`, 1)
	if b := importBytes(t, []byte(document)); b.Title != "[2JOctober 2026 Security Updates (fictional)" {
		t.Errorf("title %q", b.Title)
	}
}

func FuzzImport(f *testing.F) {
	for _, path := range []string{"testdata/month.xml", "testdata/month.json", "testdata/advisory.json"} {
		f.Add(read(f, path))
	}
	f.Add([]byte("\xff\xfe<\x00"))
	f.Add([]byte(`{"DocumentTracking":{"Identification":{"ID":{"Value":"x"}}},"Vulnerability":{"CVE":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Import(bytes.NewReader(data), 1<<20)
		if err != nil {
			if err.Error() == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		for _, u := range b.Updates {
			if number, ok := parseKB(u.KB); !ok || number != u.KB || len(u.CVEs) == 0 || len(u.Products) == 0 {
				t.Errorf("update %+v", u)
			}
		}
	})
}
