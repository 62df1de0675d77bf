package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

// Handbook 3, "Kinds": kind is not severity, and only security patches carry one; a hotfix is not passed on.
func TestKindIsNotSeverity(t *testing.T) {
	rated := 0
	for _, k := range Kinds {
		if parsed, err := ParseKind(strings.ReplaceAll(strings.ToUpper(string(k.Kind)), " ", "-")); err != nil || parsed != k.Kind {
			t.Errorf("%s: %v, %v", k.Kind, parsed, err)
		}
		if k.Kind.Rated() {
			rated++
		}
	}
	if rated != 1 || !SecurityPatch.Rated() || len(Kinds) != 8 {
		t.Errorf("%d of %d kinds carry a severity", rated, len(Kinds))
	}
	for subType, want := range map[string]Kind{"Security Update": SecurityPatch, "Monthly Rollup": UpdateRollup, "IE Cumulative": UpdateRollup, "Security HotPatch Update": SecurityPatch, "Service Pack": ServicePack, "": SecurityPatch} {
		if got := (Update{SubType: subType}).KindOf(); got != want {
			t.Errorf("%q is a %s, want %s", subType, got, want)
		}
	}
	if got := (Update{Kind: FeaturePack, SubType: "Security Update"}).KindOf(); got != FeaturePack {
		t.Errorf("what was recorded is not what counts: %s", got)
	}
}

func described() Update {
	return Update{KB: "EX-81", Vendor: "Example", Kind: SecurityPatch, Severity: Important, Site: "https://www.example.com/a", Rule: "dc", Detect: `"EX-81" in updates`, Restart: RestartNo}
}

func TestAnUpdateByHandIsCheckedStrictly(t *testing.T) {
	if err := ManualUpdate(described()); err != nil {
		t.Fatal(err)
	}
	for words, spoil := range map[string]func(*Update){
		"the update's name is":       func(u *Update) { u.KB = "../x" },
		"and it is no KB number":     func(u *Update) { u.KB = "5999001" },
		"the vendor is":              func(u *Update) { u.Vendor = "Ex\x1b[2Jample" },
		"the title is":               func(u *Update) { u.Title = strings.Repeat("x", 201) },
		"is not known":               func(u *Update) { u.Kind = "potion" },
		"not to be passed on":        func(u *Update) { u.Kind = Hotfix },
		"carries no severity":        func(u *Update) { u.Kind = ServicePack },
		"restart is":                 func(u *Update) { u.Restart = "perhaps" },
		"removable is":               func(u *Update) { u.Removable = "perhaps" },
		"the size is":                func(u *Update) { u.Size = -1 },
		"no address on a vendor's":   func(u *Update) { u.Site = "https://user:x@example.com/" },
		"the rule of applicability:": func(u *Update) { u.Rule = "" },
		"the detection: filter:":     func(u *Update) { u.Detect = "1..9" },
	} {
		u := described()
		spoil(&u)
		if err := ManualUpdate(u); err == nil || !strings.Contains(err.Error(), words) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%v, want %q", err, words)
		}
	}
}

// Handbook 3: where the scan cannot tell, an inventory rule decides, else a person.
func TestARuleDecidesWhereTheScanCannotTell(t *testing.T) {
	server := func(role int, updates ...string) inventory.Server {
		return inventory.Server{Name: "S", Facts: &inventory.Facts{DomainRole: role, Updates: updates}}
	}
	judge := NewJudge(described())
	for want, s := range map[Verdict]inventory.Server{Missing: server(5), Compliant: server(5, "EX-81"), NotApplicable: server(3), Unknown: {Name: "S"}} {
		if got := judge(s); got.Verdict != want || got.Why == "" {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	broken := described()
	broken.Detect = "nonsense"
	if got := NewJudge(broken)(server(5)); got.Verdict != Unknown || !strings.Contains(got.Why, "the rules of EX-81 cannot be used") {
		t.Errorf("a broken rule: %+v", got)
	}
}

// Handbook 3: "per update the console shows compliant, missing, unknown and not-applicable counts", and approved, not installed apart.
func TestAnUpdateIsCountedOverTheServers(t *testing.T) {
	server := func(id string, role int, updates ...string) inventory.Server {
		return inventory.Server{ID: inventory.ServerID(id), Facts: &inventory.Facts{DomainRole: role, Updates: updates}}
	}
	servers := []inventory.Server{server("a", 5), server("b", 5), server("c", 5, "EX-81"), server("d", 3), {ID: "e"}}
	got := Count(described(), servers, func(id inventory.ServerID) bool { return id == "b" || id == "c" })
	if want := (Standing{Compliant: 1, Missing: 1, Unknown: 1, NotApplicable: 1, Approved: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Handbook 3: "Approval rules per class of server: detect only, install, decline." The first that fits holds, and what cannot be evaluated
// installs nothing.
func TestTheFirstRuleThatFitsHolds(t *testing.T) {
	var d Dossier
	for _, r := range []ClassRule{{Class: `name == "S1"`, Action: Install}, {Class: "dc", Action: DetectOnly, Why: "tested first", By: "lea"}, {Class: `site == "DUB"`, Action: Decline}} {
		var err error
		if d, err = d.Rule(r); err != nil {
			t.Fatal(err)
		}
	}
	dc := &inventory.Facts{DomainRole: 5}
	for want, s := range map[Action]inventory.Server{Install: {Name: "S1", Facts: dc}, DetectOnly: {Name: "S2", Facts: dc}, Decline: {Name: "S3", Site: "DUB"}} {
		if got, why := d.Ruling()(s); got != want || (why == "") != (want == Install) {
			t.Errorf("%s: %s, %q, want %s", s.Name, got, why, want)
		}
	}
	if got, _ := d.Ruling()(inventory.Server{Name: "S4"}); got != Install {
		t.Errorf("without a rule: %s", got)
	}
	again, err := d.Rule(ClassRule{Class: "dc", Action: Install})
	if err != nil || len(again.Rules) != 3 {
		t.Errorf("the same class again: %d rules, %v", len(again.Rules), err)
	}
	broken, _ := Dossier{}.Rule(ClassRule{Class: "nonsense", Action: Install})
	if got, why := broken.Ruling()(inventory.Server{}); got != DetectOnly || !strings.Contains(why, "cannot be evaluated") {
		t.Errorf("a rule that cannot be evaluated: %s, %s", got, why)
	}
	for _, word := range []string{"detect-only", "Install", "DECLINE"} {
		if _, err := ParseAction(word); err != nil {
			t.Error(err)
		}
	}
	if _, err := ParseAction("drop"); err == nil {
		t.Error("an unknown action was accepted")
	}
}

// Handbook 3: "Threat level may change later." The newest post wins over the bulletin, the earliest attack counts.
func TestADossierGrowsAndKeepsWhatWasBefore(t *testing.T) {
	empty := Dossier{KB: "KB5999001"}
	d, err := empty.Post(Threat{Severity: Critical, Exploited: true, Attack: noon})
	d, err2 := d.Post(Threat{Severity: Low, Attack: noon.AddDate(0, 0, 3)})
	d, err3 := d.Decide(Decision{Relevant: true})
	d, err4 := d.Note(Issue{Words: "prints blank pages", Workaround: "restart the spooler"})
	d, err5 := d.Keep(SourceFile{SHA256: "a"})
	d, err6 := d.Keep(SourceFile{SHA256: "a", Signature: Signature{Verified: true}})
	for _, err := range []error{err, err2, err3, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if u := d.Rated(Update{Severity: Important}); u.Severity != Low || u.Exploited || !d.FirstAttack().Equal(noon) {
		t.Errorf("rated %s, exploited %v, first attack %s", u.Severity, u.Exploited, d.FirstAttack())
	}
	if u := empty.Rated(Update{Severity: Important}); u.Severity != Important || !empty.FirstAttack().IsZero() || len(empty.Threats) != 0 {
		t.Errorf("the dossier of before changed: %+v", empty)
	}
	if !d.HasVerifiedFile() || len(d.Files) != 1 || d.Rev != 6 {
		t.Errorf("files %+v, revision %d", d.Files, d.Rev)
	}
	text, err := json.Marshal(d)
	var back Dossier
	if err != nil || json.Unmarshal(text, &back) != nil || len(back.Threats) != 2 || back.Threats[0].Severity != Critical {
		t.Errorf("%v: %s", err, text)
	}
	for range mostNotes {
		d, err = d.Note(Issue{Words: "x"})
	}
	if err == nil || !strings.Contains(err.Error(), "no more are possible") {
		t.Errorf("without an end: %v", err)
	}
}

// Handbook 1: "Alerts record their channel and are verified on the vendor's own site; updates attached to mail are refused."
func TestNewsIsVerifiedOnTheVendorsOwnSite(t *testing.T) {
	site := Update{Site: "https://www.example.com/advisories"}.SiteOf()
	for address, ok := range map[string]bool{
		"https://example.com/81": true, "https://www.example.com/81": true, "https://download.example.com/81": true, "https://EXAMPLE.com./81": true,
		"http://example.com/81": false, "https://example.com.evil.test/81": false, "https://notexample.com/81": false, "https://example.com@evil.test/": false,
		"https://user@example.com/": false, "ftp://example.com/81": false, "": false, "//example.com": false, "https://": false, "https://[::1": false,
		"https://example.com/" + strings.Repeat("x", 2000): false,
	} {
		if err := site.Owns(address); (err == nil) != ok {
			t.Errorf("%.60q: %v, want owned %v", address, err, ok)
		}
	}
	if err := (Update{}).SiteOf().Owns("https://catalog.update.microsoft.com/x"); err != nil {
		t.Error(err)
	}
	for _, a := range []struct {
		alert Alert
		ok    bool
	}{{Alert{"mail", "https://example.com/81"}, true}, {Alert{"mail", ""}, false}, {Alert{"own observation", ""}, true}, {Alert{"rumour", "https://example.com/81"}, false}, {Alert{}, false}} {
		if err := a.alert.Check(site); (err == nil) != a.ok {
			t.Errorf("%+v: %v, want accepted %v", a.alert, err, a.ok)
		}
	}
}

// Handbook 3: depends on / supersedes. A circle of statements has an end.
func TestTheLineageOfAnUpdateEndsEvenInACircle(t *testing.T) {
	chain := []Update{{KB: "KB4", Supersedes: []string{"KB3", "KB2"}}, {KB: "KB3", Supersedes: []string{"KB2"}}, {KB: "KB2", Supersedes: []string{"KB1"}}}
	l := LineageOf(chain, "KB2")
	if !slices.Equal(l.Replaces, []string{"KB1"}) || !slices.Equal(l.ReplacedBy, []string{"KB3", "KB4"}) || l.Circle {
		t.Errorf("%+v", l)
	}
	circle := append(chain, Update{KB: "KB1", Supersedes: []string{"KB4"}})
	if l := LineageOf(circle, "KB2"); !l.Circle || len(l.Replaces) != 3 || len(l.ReplacedBy) != 3 {
		t.Errorf("in a circle: %+v", l)
	}
	if l := LineageOf([]Update{{KB: "KB1", Supersedes: []string{"KB1"}}}, "KB1"); l.Circle || len(l.Replaces) != 0 {
		t.Errorf("of itself: %+v", l)
	}
}

// Handbook 3, "Days available": the history as printed.
func TestOurDaysStandBesideThoseOfHistory(t *testing.T) {
	if d := Days(noon, noon.AddDate(0, 0, 5)); d != 5 {
		t.Errorf("%d days", d)
	}
	if d := Days(noon, noon.Add(time.Hour)); d != 1 {
		t.Errorf("a day that has begun: %d", d)
	}
	if d := Days(time.Time{}, noon); d != -1 {
		t.Errorf("unknown: %d", d)
	}
	if got := Outrun(26); !slices.Equal(got, []string{"Zotob", "Sasser", "Blaster"}) {
		t.Errorf("26 days are too many for %v", got)
	}
	want := []Attack{{"Zotob", 5}, {"Sasser", 14}, {"Blaster", 25}, {"Code Red", 28}, {"Kaht", 49}, {"Slammer", 184}, {"Klez-E", 294}, {"Nimda", 336}}
	if !slices.Equal(Attacks, want) {
		t.Errorf("%v", Attacks)
	}
}

func FuzzSite(f *testing.F) {
	for _, seed := range []string{"https://example.com/81", "https://example.com@evil.test/", "https://example.com.evil.test", "https://evil.test#.example.com", "https://evil.test\\.example.com", "https://example.com:443/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if (Site{"example.com"}).Owns(address) == nil && !strings.Contains(strings.ToLower(address), "example.com") {
			t.Errorf("%q is owned", address)
		}
	})
}
