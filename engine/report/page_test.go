package report_test

import (
	"bytes"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

const hostile = "<script>alert(1)</script>\x1b]0;owned\x07\x1b[31m\u202egnp.exe\u200b\"'`&{{.}}\n\x00\xff"

// hostileNight has the worst text that it can carry in every place where hosts and people write.
func hostileNight(t *testing.T) report.Night {
	s := tell(t, 4)
	s.in.Title, s.in.Release.Title = hostile, hostile
	for id, known := range s.in.Servers {
		known.Name, known.OS, known.Site, known.Owner, known.Cluster = known.Name+hostile, hostile, hostile, hostile, hostile
		s.in.Servers[id] = known
	}
	s.in.Change.Submitted.By, s.in.Change.Submitted.Reason = hostile, hostile
	s.in.Release.Updates[0].Why = hostile
	s.in.Plan.Findings = []rollout.Finding{{Words: hostile}}
	s.in.Plan.Windows[1].ID = "W1" + hostile
	for i := 1; i < 4; i++ {
		s.in.Plan.Assignments[i].Windows[0] = "W1" + hostile
	}
	s.seal()
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.note(hostile, "command.denied", "x", hostile, map[string]string{"action": hostile, "words": hostile})
	s.starts(1, "W1"+hostile)
	failed := failing(rollout.ClassPatch, hostile, hostile)
	failed.Scores = &rollout.ScoreStep{Window: "W1" + hostile}
	s.move("engine", "", 1, failed)
	s.stop("engine", 1, rollout.Halted, hostile, hostile)
	s.move(hostile, hostile, 2, rollout.Moved{To: rollout.Cancelled})
	s.move(hostile, hostile, 3, rollout.Moved{To: rollout.Excluded, Exclusion: hostile})
	return s.night()
}

func TestHostileTextReachesNeitherTerminalNorBrowser(t *testing.T) {
	n := hostileNight(t)
	for name, write := range map[string]func(report.Night, *bytes.Buffer) error{"HTML": asHTML, "JSON": asJSON} {
		text := written(t, n, write)
		if !strings.Contains(text, "alert(1)") {
			t.Fatalf("%s: the hostile text is not in the report at all", name)
		}
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) && r != '\ufffd' {
				t.Fatalf("%s: %U reached the report", name, r)
			}
		}
		for _, tag := range []string{"<script", `\u202e`, `\u200b`, `\u001b`, `\u0000`} {
			if strings.Contains(text, tag) {
				t.Errorf("%s: %s reached the report", name, tag)
			}
		}
	}
}

func TestThePageStandsAlone(t *testing.T) {
	page := written(t, smallNight(t).night(), asHTML)
	for _, outside := range []string{"http://", "https://", "<script", "<link", "@import", "url(", " on"} {
		if outside == " on" {
			if at := regexp.MustCompile(`<[^>]* on[a-z]+=`).FindString(page); at != "" {
				t.Errorf("the page runs a script: %s", at)
			}
			continue
		}
		if strings.Contains(page, outside) {
			t.Errorf("the page needs something from outside: %s", outside)
		}
	}
	if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "<no value>") {
		t.Error("a value did not fit its place in the page")
	}
}

func TestEveryLinkLeadsToOnePlace(t *testing.T) {
	page := written(t, smallNight(t).night(), asHTML)
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	links := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 10 {
		t.Fatalf("only %d links", len(links))
	}
	for _, m := range links {
		if ids[m[1]] != 1 {
			t.Errorf("#%s is in the page %d times", m[1], ids[m[1]])
		}
	}
	for i := range 10 {
		if ids["s-"+string(serverID(i))] != 1 {
			t.Errorf("server %d has no place of its own", i)
		}
	}
}

// Colour never speaks alone: each outcome has its glyph and its word.
func TestEachStatusHasItsGlyphAndItsWord(t *testing.T) {
	page := written(t, smallNight(t).night(), asHTML)
	for _, status := range []rollout.Delivery{rollout.Succeeded, rollout.Failed, rollout.Unreachable, rollout.WindowMissed, rollout.Cancelled, rollout.Excluded, rollout.NotApplicable} {
		if want := `<span class="glyph" aria-hidden="true">` + status.Status().Glyph + `</span> ` + string(status); !strings.Contains(page, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
}

// Text in every tone stands out from the page and from its panels, by the 4.5 to 1 of the accessibility guidelines.
func TestTheTonesAreReadableInLightDarkAndPrint(t *testing.T) {
	style, err := os.ReadFile("night.css")
	if err != nil {
		t.Fatal(err)
	}
	themes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(string(style), -1)
	if len(themes) != 3 {
		t.Fatalf("%d themes, want light, dark and print", len(themes))
	}
	for i, theme := range themes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): #([0-9a-f]{6})`).FindAllStringSubmatch(theme, -1) {
			colours[m[1]] = m[2]
		}
		for _, text := range []string{"text", "dim", "link", "plain", "stage", "active", "restart", "verify", "good", "bad", "lost", "missed"} {
			for _, ground := range []string{"back", "panel"} {
				if ratio := contrast(t, colours[text], colours[ground]); ratio < 4.5 {
					t.Errorf("theme %d: %s on %s has a contrast of %.1f", i+1, text, ground, ratio)
				}
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light, dark := luminance(t, a), luminance(t, b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

func luminance(t *testing.T, hex string) (sum float64) {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	for shift, weight := range map[int]float64{16: 0.2126, 8: 0.7152, 0: 0.0722} {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestAReportThatWasNotMadeIsStillAPage(t *testing.T) {
	if page := written(t, report.Night{}, asHTML); !strings.Contains(page, "</html>") {
		t.Error("the page of an empty report is cut off")
	}
}

func FuzzThePageKeepsItsShape(f *testing.F) {
	f.Add(hostile, "PD-BUILD")
	f.Add("\u2028\u2029</style><svg onload=x>", "0x80070070")
	f.Add(strings.Repeat("ß", 5000), "")
	f.Fuzz(func(t *testing.T, words, code string) {
		s := tell(t, 2)
		known := s.in.Servers[serverID(1)]
		known.Name = words
		s.in.Servers[serverID(1)] = known
		s.open(rollout.Pilot)
		s.open(rollout.Prod)
		s.move("engine", words, 1, failing(rollout.ClassDisk, code, words))
		page := written(t, s.night(), asHTML)
		for _, r := range page {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%U reached the page", r)
			}
		}
		if tags := strings.Count(page, "<section"); tags != strings.Count(page, "</section>") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("the page lost its shape:\n%s", page)
		}
		if n := strings.Count(page, "<style>") + strings.Count(page, "<svg"); n > 2 {
			t.Errorf("%d styles and drawings, somebody added one", n)
		}
	})
}

func BenchmarkReportOfTenThousandServers(b *testing.B) {
	s := tell(b, 2)
	s.in.Plan.Assignments = s.in.Plan.Assignments[:1]
	for i := 1; i < 10_000; i++ {
		id := serverID(i)
		s.in.Servers[id] = inventory.Server{ID: id, Name: string(id), OS: "Windows Server 2022", Environment: inventory.Prod, Site: "DUB", Owner: "team"}
		s.in.Plan.Assignments = append(s.in.Plan.Assignments, rollout.Assignment{Server: id, Ring: rollout.Prod, Windows: []string{"W1", "CHECK"}, Updates: []string{kb}})
	}
	s.seal()
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	for i := range s.in.Advertisements["R-2"] {
		ad := &s.in.Advertisements["R-2"][i]
		ad.Delivery, ad.Attempts, ad.After = rollout.Succeeded, 1, fixed
		for range 8 {
			s.note("engine", "advertisement.moved", string(ad.Server), "", rollout.Moved{Ad: ad.ID, Rollout: ad.Rollout, Server: ad.Server, From: rollout.Verifying, To: rollout.Succeeded, After: fixed})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		n, err := s.make()
		if err != nil {
			b.Fatal(err)
		}
		var page bytes.Buffer
		if err := n.WriteHTML(&page); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(page.Len())/10_000, "bytes/server")
	}
}
