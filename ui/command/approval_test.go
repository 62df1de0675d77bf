package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestSheetsOfReleasesAndUpdates(t *testing.T) {
	for name, words := range map[string][]string{
		"release-show":  {"release", "show", "2026-11-security"},
		"release-phase": {"release", "phase", "2026-11-security"},
		"catalog-show":  {"catalog", "show", "kb5071547"},
	} {
		t.Run(name, func(t *testing.T) {
			r := at(t, uitest.Night(60), approval.Viewer).run("", words...)
			if r.code != command.Done || r.err != "" {
				t.Fatalf("exit code %d, err %q", r.code, r.err)
			}
			uitest.Golden(t, name, strings.TrimSuffix(r.out, "\n"))
		})
	}
}

func TestEachVerbOfTheDecisionsGivesItsCommand(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead, approval.Authority, approval.Board, approval.Security)
	hash := s.console.View().Changes[1].PlanHash
	page := "https://msrc.microsoft.com/x"
	for words, want := range map[string]engine.Command{
		"change ask chg-12 --plan " + hash + " --reason why":  engine.DecideChange{Change: "CHG-12", Step: "ask", PlanHash: hash, Reason: "why"},
		"change withdraw chg-12 --reason why":                 engine.DecideChange{Change: "CHG-12", Step: "withdraw", Reason: "why"},
		"change object chg-12 --reason why":                   engine.ObjectToChange{Change: "CHG-12", Reason: "why"},
		"change answer chg-12 2 --reason why":                 engine.SettleObjection{Change: "CHG-12", Number: 2, State: approval.Answered, Reason: "why"},
		"change overrule chg-12 1 --reason why":               engine.SettleObjection{Change: "CHG-12", Number: 1, State: approval.Overruled, Reason: "why"},
		"change preempt chg-13 chg-12 --reason why":           engine.Preempt{Change: "CHG-13", Over: []string{"CHG-12"}, Reason: "why"},
		"change release chg-12 --reason why":                  engine.ReleaseHold{Change: "CHG-12", Reason: "why"},
		"change describe chg-12 --go go --risk-of-leaving x":  engine.DescribeChange{Change: "CHG-12", Request: approval.Request{Go: "go", RiskOfLeaving: "x"}},
		"change submit R --reason why --people two":           engine.SubmitChange{Release: "R", Request: approval.Request{People: "two"}, Reason: "why"},
		"release add 2026-11-SQL KB1 --reason why":            engine.WidenRelease{Release: "2026-11-sql", KB: "KB1", Reason: "why"},
		"release own 2026-11-sql m.silva --reason why":        engine.OwnRelease{Release: "2026-11-sql", Owner: "m.silva", Reason: "why"},
		"release withdraw 2026-11-sql --reason why":           engine.WithdrawRelease{Release: "2026-11-sql", Reason: "why"},
		"catalog relevance kb5072033 relevant --reason why":   engine.DecideRelevance{KB: "KB5072033", Relevant: true, Reason: "why"},
		"catalog issue KB5072033 printing --workaround wait":  engine.NoteIssue{KB: "KB5072033", Words: "printing", Workaround: "wait"},
		"catalog rule KB5072033 dc detect-only --reason why":  engine.RuleClass{KB: "KB5072033", Class: "dc", Do: catalog.DetectOnly, Reason: "why"},
		"rollout override r-3 --reason why":                   engine.OverrideHalt{Rollout: "R-3", Reason: "why"},
		"catalog relevance KB5072033 not-relevant --reason w": engine.DecideRelevance{KB: "KB5072033", Reason: "w"},
		"change priority chg-12 --criterion mitigated --category exposed --reason why": engine.AssessChange{Change: "CHG-12", Category: "exposed",
			Criteria: []approval.Criterion{approval.Mitigated}, Reason: "why"},
		"catalog threat KB5072033 --severity low --disclosed --attack 2026-11-14 --channel vendor-site --verified " + page + " --reason why": engine.PostThreat{KB: "KB5072033",
			Threat: catalog.Threat{Severity: catalog.Low, Disclosed: true, Attack: time.Date(2026, 11, 14, 0, 0, 0, 0, time.UTC),
				Alert: catalog.Alert{Channel: "vendor site", Verified: page}}, Reason: "why"},
		"release review 2026-11-sql --categories a --hole b --baseline c --better d": engine.ReviewRelease{Release: "2026-11-sql", Review: approval.Review{
			Answers: map[string]string{"categories": "a", "hole": "b", "baseline": "c", "better": "d"}}},
		"catalog add EX-81 --vendor Example --severity low --site " + page + " --rule dc --detect known --channel mail --verified " + page + " --reason why": engine.AddUpdate{
			Update: catalog.Update{KB: "EX-81", Vendor: "Example", Kind: catalog.SecurityPatch, Severity: catalog.Low, Site: page, Rule: "dc", Detect: "known", Restart: catalog.RestartUnknown},
			Alert:  catalog.Alert{Channel: "mail", Verified: page}, Reason: "why"},
		"catalog add EX-82 --vendor Example --severity low --site " + page + " --rule dc --channel mail --verified " + page + " --reason why": engine.AddUpdate{
			Update: catalog.Update{KB: "EX-82", Vendor: "Example", Kind: catalog.SecurityPatch, Severity: catalog.Low, Site: page, Rule: "dc", Detect: `"EX-82" in updates`, Restart: catalog.RestartUnknown},
			Alert:  catalog.Alert{Channel: "mail", Verified: page}, Reason: "why"},
		`catalog installer KB5072033 --file setup.exe --arguments /S --exit 7=restart --detection registry:HKLM\SOFTWARE\Example:Version>=8.1 --remove C:\Example\un.exe --remove-arguments /S --reason why`: engine.DescribeInstaller{
			KB: "KB5072033", Reason: "why", Installer: catalog.Installer{File: "setup.exe", Arguments: "/S", Exits: []catalog.Exit{{Code: 7, Means: catalog.ExitRestart}},
				Detect: catalog.Detection{Kind: catalog.DetectRegistry, What: `HKLM\SOFTWARE\Example`, Name: "Version", Version: "8.1"},
				Remove: catalog.Remover{Program: `C:\Example\un.exe`, Arguments: "/S"}}},
		`catalog file publish KB5072033 setup.exe --at \\files\a\setup.exe --site DUB`: engine.PublishFile{KB: "KB5072033", File: "setup.exe", Site: "DUB", Location: `\\files\a\setup.exe`},
	} {
		s.expect(command.Done, want.Action()+" done", strings.Fields(words)...)
		s.gave(want)
	}
}

// Files are opened by who names them; the engine gets the stream, and a name without folders.
func TestASourceFileIsStreamedToTheEngine(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "setup.msi"), []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expect(command.Done, "catalog.file done", "catalog", "file", "add", filepath.Join(folder, "setup.msi"), "kb5072033", "--from", "https://www.microsoft.com/setup.msi")
	s.gave(engine.AddFile{KB: "KB5072033", Origin: "https://www.microsoft.com/setup.msi", File: catalog.SourceFile{Name: "setup.msi", Size: 5}})
	s.expect(command.Usage, "--name is missing: a file that comes over standard input", "catalog", "file", "add", "-", "KB5072033", "--from", "https://www.microsoft.com/setup.msi")
	s.expect(command.Done, "catalog.file done", "catalog", "file", "add", "-", "KB5072033", "--name", "other.msi", "--from", "https://www.microsoft.com/other.msi")
	s.gave(engine.AddFile{KB: "KB5072033", Origin: "https://www.microsoft.com/other.msi", File: catalog.SourceFile{Name: "other.msi"}})
	s.expect(command.Usage, "--from is missing", "catalog", "file", "add", filepath.Join(folder, "setup.msi"), "KB5072033")
	s.expect(command.Done, "no source file is kept yet", "catalog", "file", "list")
	view := *s.console.View()
	view.Dossiers = map[string]catalog.Dossier{"KB5072033": {KB: "KB5072033", Files: []catalog.SourceFile{{Name: "setup.msi", SHA256: "ab12", Signature: catalog.Signature{Trouble: "not signed"}}}}}
	s.console.Show(&view)
	s.expect(command.Done, "not signed", "catalog", "file", "list")
	s.expect(command.Done, `"kb":"KB5072033","name":"setup.msi"`, "catalog", "file", "list", "--json")
}

func TestWrongWordsOfADecisionAreToldWithWhatIsRight(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	for says, words := range map[string]string{
		`--criterion: criterion "fear" is not known: use exploited-here, instability, high-value,`: "change priority CHG-12 --criterion fear --reason y",
		`--category: category "odd" is not known: use one of standard`:                             "change submit x --category odd --reason y",
		`"one" is no number of an objection`:                                                       "change answer CHG-12 one --reason y",
		`nothing is stated: give for instance --risk-of-leaving`:                                   "change describe CHG-12",
		`--channel "rumour" is not known: use bulletin, vendor site`:                               "catalog threat KB5072033 --severity Low --channel rumour --reason y",
		`--severity "": use Critical, Important, Moderate or Low`:                                  "catalog threat KB5072033 --reason y",
		`"maybe" is no decision: use relevant or not-relevant`:                                     "catalog relevance KB5072033 maybe --reason y",
		`action "drop" is not known: use one of detect only, install, decline`:                     "catalog rule KB5072033 dc drop --reason y",
		`--kind "potion" is not known: use one of security patch`:                                  "catalog add EX-1 --kind potion --reason y",
		`the vendor is ""`: "catalog add EX-1 --reason y",
		`--detection: "server.exe:" is no detection: use file:C:\PATH`:     "catalog installer KB5072033 --file a.msi --detection server.exe --reason y",
		`--exit: "7=fine" is no exit code with its meaning: use for ins`:   `catalog installer KB5072033 --file a.msi --detection file:C:\a.exe --exit 7=fine --reason y`,
		`"a.cab" is not a file that installs: .exe, .msi and .msp are acc`: `catalog installer KB5072033 --file a.cab --detection file:C:\a.exe --reason y`,
		`--at is missing: name the place, \\SERVER\SHARE\FILE`:             "catalog file publish KB5072033 setup.exe",
	} {
		if r := s.expect(command.Usage, "patchdeck: "+says, strings.Fields(words)...); r.out != "" || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%q: out %q, err %q", words, r.out, r.err)
		}
	}
	for says, words := range map[string]string{
		`there is no release "r9": see patchdeck release list`:     "release show r9",
		`the catalogue holds no KB9: see patchdeck catalog list`:   "catalog show KB9",
		"CHG-12 has priority High: only an emergency is confirmed": "change confirm CHG-12 --plan 00000000 --reason y",
	} {
		s.expect(command.Failure, says, strings.Fields(words)...)
	}
	if given := s.console.Given(); len(given) != 0 {
		t.Errorf("commands were given: %v", given)
	}
}
