package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/trail"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

const header = "name,address,os,environment,site,owner,applications,window\n"

func TestServersAreImportedFromAFileOrStandardInput(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	text := header + "DUB-1,10.0.0.1,Windows Server 2022,Prod,DUB,Retail,Shop,W1\n"
	r := s.run(text, "inventory", "import", "-")
	if r.code != command.Done || r.out != "inventory.import done\n" {
		t.Errorf("%+v", r)
	}
	path := filepath.Join(t.TempDir(), "servers.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expect(command.Done, `{"answer":"inventory.import done"}`, "inventory", "import", path, "--json")
	r = s.run(text, "inventory", "import", "--source=month\x1b.csv", "-") // as it is handed over
	if r.code != command.Done {
		t.Errorf("%+v", r)
	}
	given := s.console.Given()
	for i, source := range []string{"standard input", path, "month.csv"} {
		got, ok := given[i].Command.(engine.ImportServers)
		if !ok || got.Source != source || len(got.Servers) != 1 || got.Servers[0].Name != "DUB-1" || got.Servers[0].Window != "W1" {
			t.Errorf("gave %+v", given[i].Command)
		}
	}
}

func TestAFileWithoutServersIsNoImport(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	r := s.run(header, "inventory", "import", "-")
	if r.code != command.Failure || !strings.Contains(r.err, "standard input holds no server, only a header; nothing was imported") || len(s.console.Given()) != 0 {
		t.Errorf("%+v, gave %v", r, s.console.Given())
	}
}

func TestEveryBadLineIsNamedAndNothingIsImported(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	r := s.run(header+
		"DUB-1,10.0.0.1,Windows Server 2022,Prod,DUB,Retail,Shop,W1\n"+
		"dub-1,10.0.0.2,Windows Server 2022,Prod,DUB,Retail,Shop,W9\n"+
		"DUB-3,10.0.0.3,Windows Server 2022,Production\n", "inventory", "import", "-")
	want := `patchdeck: standard input: 3 bad lines; nothing was imported, correct them and import the file again
patchdeck: line 3: window: "W9" is no known maintenance window
patchdeck: line 3: name: "dub-1" is already in line 2 (case does not count)
patchdeck: line 4: the line has 4 values, the header has 8 columns
`
	if r.code != command.Failure || r.err != want || r.out != "" {
		t.Errorf("exit code %d, err:\n%s", r.code, r.err)
	}
	var many strings.Builder
	many.WriteString(header)
	for range 500 {
		many.WriteString("x\n")
	}
	r = s.run(many.String(), "inventory", "import", "-", "--json")
	if r.code != command.Failure || strings.Count(r.err, "\n") != 21 || !strings.HasSuffix(r.err, "patchdeck: and 481 more\n") || r.out != "" {
		t.Errorf("exit code %d, out %q, err:\n%s", r.code, r.out, r.err)
	}
	if given := s.console.Given(); len(given) != 0 {
		t.Errorf("gave %v", given)
	}
}

func TestABulletinIsImportedWithWhatCouldNotBeRead(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Security)
	path := filepath.Join("..", "..", "engine", "catalog", "testdata", "month.xml")
	r := s.expect(command.Done, "", "catalog", "import", path, "--json")
	var said struct {
		Bulletin string
		Updates  int
		Skipped  []catalog.Skipped
		Answer   string
	}
	if err := json.Unmarshal([]byte(r.out), &said); err != nil || said.Answer != "catalog.import done" || said.Skipped == nil {
		t.Fatalf("%q: %v", r.out, err)
	}
	given, ok := s.console.Given()[0].Command.(engine.ImportBulletin)
	if !ok || given.Source != path || given.Bulletin.ID != said.Bulletin || len(given.Bulletin.Updates) != said.Updates || said.Updates == 0 {
		t.Errorf("gave %+v, said %+v", given, said)
	}
	r = s.expect(command.Done, "catalog.import done", "catalog", "import", path)
	if n := len(given.Bulletin.Skipped); n > 0 && strings.Count(r.out, "\n") != n+2 {
		t.Errorf("%d records were skipped, said %q", n, r.out)
	}
}

func TestADocumentThatIsCutOffIsRefusedWithThePosition(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	text, err := os.ReadFile(filepath.Join("..", "..", "engine", "catalog", "testdata", "month.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cut": string(text[:len(text)/2]), "other": "<html></html>", "empty": ""} {
		r := s.run(text, "catalog", "import", "-")
		if r.code != command.Failure || !strings.HasPrefix(r.err, "patchdeck: standard input: ") || !strings.HasSuffix(r.err, "; nothing was imported\n") || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if len(s.console.Given()) != 0 {
		t.Error("something was imported")
	}
}

func TestTheCatalogInJSONIsAnObjectForEachUpdate(t *testing.T) {
	view := uitest.Night(3)
	r := at(t, view, approval.Viewer).run("", "catalog", "list", "--json", "--bulletin", "2026-Nov")
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if r.code != command.Done || len(lines) != len(view.Bulletins[0].Updates) {
		t.Fatalf("%+v", r)
	}
	for _, line := range lines {
		var got struct {
			KB         string
			Severity   string
			CVEs       []string
			Exploited  bool
			Restart    string
			Supersedes []string
			Products   map[string]string
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		want, known := view.Bulletins[0].Find(got.KB)
		if !known || got.KB != want.KB || got.Severity != want.Severity.String() || len(got.CVEs) != len(want.CVEs) || got.Exploited != want.Exploited ||
			got.Restart != string(want.Restart) || len(got.Products) != len(want.Products) || got.Supersedes == nil ||
			got.Products[want.Products[0].Name] != want.Products[0].FixedBuild {
			t.Errorf("%s: got %+v", line, got)
		}
	}
}

func TestAnUpdateThatSeveralMonthsNameIsListedOnce(t *testing.T) {
	update := func(month string, severity catalog.Severity, cve, build string) catalog.Bulletin {
		return catalog.Bulletin{ID: month, Updates: []catalog.Update{{KB: "KB5072033", Bulletin: month, Severity: severity, CVEs: []string{cve},
			Products: []catalog.Product{{Name: "Windows Server 2022", FixedBuild: build}}}}}
	}
	s := at(t, &engine.View{Bulletins: []catalog.Bulletin{
		update("2026-Dec", catalog.Important, "CVE-2026-2", "10.0.20348.900"), update("2026-Nov", catalog.Critical, "CVE-2026-1", "10.0.20348.800")}}, approval.Viewer)
	once := s.expect(command.Done, `{"kb":"KB5072033","bulletin":"2026-Dec","bulletins":["2026-Dec","2026-Nov"],"severity":"Critical","cves":["CVE-2026-1","CVE-2026-2"],`, "catalog", "list", "--json")
	if strings.Count(once.out, "\n") != 1 || !strings.Contains(once.out, `"products":{"Windows Server 2022":"10.0.20348.900"}`) {
		t.Errorf("out %q", once.out)
	}
	s.expect(command.Done, `"bulletins":["2026-Nov"],"severity":"Critical","cves":["CVE-2026-1"],`, "catalog", "list", "--json", "--bulletin", "2026-nov")
	s.expect(command.Done, "KB5072033  2026-Dec 2026-Nov  Critical", "catalog", "list")
}

func TestAnExportedInventoryCanBeImportedAgain(t *testing.T) {
	view := uitest.Quiet(40)
	for i := range view.Servers {
		view.Servers[i].Window = "W1"
	}
	s := at(t, view, approval.Lead)
	path := filepath.Join(t.TempDir(), "servers.csv")
	s.expect(command.Done, "", "inventory", "export", path)
	s.expect(command.Done, "inventory.import done", "inventory", "import", path)
	if got := s.console.Given()[0].Command.(engine.ImportServers); len(got.Servers) != 40 {
		t.Errorf("%d servers came back", len(got.Servers))
	}
	direct := s.expect(command.Done, "", "inventory", "export")
	if text, err := os.ReadFile(path); err != nil || string(text) != direct.out {
		t.Errorf("file and standard output differ: %v", err)
	}
}

func TestTheAuditTrailIsVerifiedExportedAndVerifiedAgain(t *testing.T) {
	view := uitest.Night(3)
	s := at(t, view, approval.Viewer)
	s.expect(command.Done, "300 entries verified, 1 to 300", "audit", "verify")
	path := filepath.Join(t.TempDir(), "trail.jsonl")
	s.expect(command.Done, "300 entries exported", "audit", "export", path)
	opened := s.opened
	r := s.expect(command.Done, `"ok":true,"entries":300,"first":1,"last":300`, "audit", "verify", path, "--json")
	if !strings.Contains(r.out, fmt.Sprintf(`"head":"%s"`, view.Head)) || s.opened != opened {
		t.Errorf("out %q, opened %d times", r.out, s.opened)
	}
	r = s.run("", "audit", "export", "-")
	if text, err := os.ReadFile(path); err != nil || string(text) != r.out || !strings.Contains(r.err, "300 entries exported, head "+view.Head.String()) {
		t.Errorf("file and standard output differ: %v, err %q", err, r.err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "ten minutes", "two minutes", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expect(command.Failure, "does not continue the chain", "audit", "verify", path)
}

func TestATrailThatIsNotTheEnginesIsFound(t *testing.T) {
	shorter := uitest.Night(3)
	s := at(t, shorter, approval.Viewer)
	_, longer := uitest.Trail(301)
	view := *shorter
	view.Head = longer
	s.console.Show(&view)
	s.expect(command.Failure, "the trail lost its end", "audit", "verify")
	_, view.Head = uitest.Trail(1)
	s.expect(command.Done, "1 entry verified, 1 to 1,", "audit", "verify")
	s.expect(command.Done, "1 entry exported,", "audit", "export", "-")
	view.Head = trail.Head{Seq: 300}
	s.expect(command.Failure, "the trail lost its end", "audit", "verify")
}

func TestEntriesWrittenDuringAVerificationAreNotItsBusiness(t *testing.T) {
	_, before := uitest.Trail(200)
	view := uitest.Night(3)
	s := at(t, view, approval.Viewer)
	earlier := *view
	earlier.Head = before
	s.console.Show(&earlier)
	s.expect(command.Done, "200 entries verified", "audit", "verify")
	s.expect(command.Done, "200 entries exported", "audit", "export", "-")
}

// historian answers for the whole trail as the engine does.
type historian struct {
	*uitest.Console
	object string
	most   int
}

func (h *historian) History(object string, most int) ([]engine.HistoryLine, error) {
	h.object, h.most = object, most
	return []engine.HistoryLine{{Seq: 300, At: time.Date(2026, 11, 15, 2, 14, 13, 0, time.UTC), Actor: "k.osei", Action: "rollout.hold", Words: "paused\x1b[2J"}}, nil
}

func TestWithoutAnObjectTheWholeTrailIsRead(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Viewer)
	h := &historian{Console: s.console}
	s.env.Open = func(context.Context, string, bool) (*command.Session, error) {
		return &command.Session{Console: h}, nil
	}
	r := s.expect(command.Done, "300", "audit", "list", "--most", "7")
	if h.object != "" || h.most != 7 || r.out != "ENTRY  AT                   ACTOR   ACTION        WHAT\n300    2026-11-15 02:14:13  k.osei  rollout.hold  paused[2J\n" {
		t.Errorf("asked for %q, %d; out %q", h.object, h.most, r.out)
	}
	s.expect(command.Done, `{"seq":300,"at":"2026-11-15T02:14:13Z","actor":"k.osei","action":"rollout.hold","words":"paused\u001b[2J"}`, "audit", "list", "--json")
}
