package rollout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Handbook 8, enforcement date: until then administrators install by hand; enforcement runs in the first window after it.
func TestProdIsEnforcedInItsFirstWindowAfterTheDate(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "W1", server22), managed("s2", inventory.Prod, "", server22), managed("s3", inventory.Dev, "", server22))
	w1, _ := (&Plan{Windows: d.Windows}).Window("W1")
	d.Enforce = w1.Opens.Add(time.Minute)
	p, err := MakePlan(d)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"s1": "W2", "s2": "W2", "s3": "D1"} {
		if got := assignment(t, p, id).Windows[0]; got != want {
			t.Errorf("%s is first in %s, want %s", id, got, want)
		}
	}
	d.Enforce = d.Enforce.AddDate(1, 0, 0)
	if _, err := MakePlan(d); err == nil || !strings.Contains(err.Error(), "after the enforcement date") {
		t.Errorf("no window is after the date: %v", err)
	}
	for ad, want := range map[*Advertisement]string{{Delivery: Succeeded}: "enforced", {Delivery: NotApplicable, Compliance: InstalledByOthers}: "voluntary", {Delivery: Failed}: ""} {
		if got := ad.Enforced(); got != want {
			t.Errorf("%s, %s: %q, want %q", ad.Delivery, ad.Compliance, got, want)
		}
	}
}

// Handbook 8: an exempt server needs a named enforcement window, and is never exempt from critical security updates.
func TestAnExemptServerHasItsOwnWindowAndNoCriticalUpdateWaits(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "W1", server22), managed("s2", inventory.Prod, "W1", server22))
	for i := range d.Updates {
		d.Updates[i].Severity = catalog.Important
	}
	exempt := func(window string) {
		d.Exempt = Exemptions{"s1": {{ID: "EX-1", Server: "s1", From: FromWindows, Window: window, Until: opening.AddDate(0, 1, 0)}}}
	}
	exempt("w2")
	p, err := MakePlan(d)
	if err != nil || assignment(t, p, "s1").Windows[0] != "W2" || assignment(t, p, "s2").Windows[0] != "W1" {
		t.Errorf("%+v, %v", p.Assignments, err)
	}
	exempt("W99")
	p, err = MakePlan(d)
	if err != nil || len(p.Assignments) != 1 || len(p.Excluded) != 1 || !strings.Contains(p.Excluded[0].Reason, "W99 is not in this plan") {
		t.Errorf("without its window: %+v, %+v, %v", p.Assignments, p.Excluded, err)
	}
	d.Updates[0].Severity = catalog.Critical
	p, err = MakePlan(d)
	if err != nil || assignment(t, p, "s1").Windows[0] != "W1" || !slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Server == "s1" && strings.Contains(f.Words, "is critical") }) {
		t.Errorf("a critical update: %+v, findings %v, %v", p.Assignments, p.Findings, err)
	}
	from := Exemptions{"s1": {{ID: "EX-2", From: "moderate", Signed: inventory.Signed{Reason: "vendor"}}}}
	if from.Withheld(catalog.Moderate, "s1") == "" || from.Withheld(catalog.Moderate, "s2") != "" || from.Withheld(catalog.Important, "s1") != "" || from.Withheld(catalog.Critical, "s1") != "" {
		t.Error("an exemption from moderate updates holds back others, or not those")
	}
}

func TestAnExemptionSaysWhatItLacks(t *testing.T) {
	good := Exemption{From: "Windows", Window: "W2", Until: opening.Add(time.Hour)}
	if _, err := good.Check(opening); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Exemption){
		"no server is exempt from critical": func(x *Exemption) { x.From = "Critical" },
		"is not known: use one of windows":  func(x *Exemption) { x.From = "everything" },
		"needs a named enforcement window":  func(x *Exemption) { x.Window = "" },
		"goes with an exemption from":       func(x *Exemption) { x.From = "low" },
		"at a time to come":                 func(x *Exemption) { x.Until = opening },
		"a year at the most":                func(x *Exemption) { x.Until = opening.AddDate(2, 0, 0) },
	} {
		x := good
		change(&x)
		if _, err := x.Check(opening); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if good.Holds(good.Until) || !good.Holds(opening) {
		t.Error("it holds until its end and no longer")
	}
}
