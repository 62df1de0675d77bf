package rollout

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Handbook 8, advertisements: a package may have several, optional, mandatory after a grace, mandatory now; nobody is left without a critical
// update.
func TestAPackageIsOfferedDifferentlyToDifferentServers(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "W1", server22), managed("s2", inventory.Prod, "W1", server22), managed("s3", inventory.Prod, "W1", server22), managed("s4", inventory.Dev, "", server22))
	d.Updates[0].Severity = catalog.Important
	w2, _ := (&Plan{Windows: d.Windows}).Window("W2")
	d.Offered = func(s inventory.Server) (Offer, time.Time) {
		return map[inventory.ServerID]Offer{"s1": Mandatory, "s2": AfterGrace, "s3": Optional, "s4": Optional}[s.ID], map[inventory.ServerID]time.Time{"s2": w2.Opens}[s.ID]
	}
	p, err := MakePlan(d)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]Assignment{"s1": {Windows: []string{"W1"}}, "s2": {Windows: []string{"W2"}, Offer: AfterGrace, Enforce: w2.Opens}, "s3": {Windows: []string{"W1"}, Offer: Optional}, "s4": {Windows: []string{"D1"}}} {
		if got := assignment(t, p, id); got.Windows[0] != want.Windows[0] || got.Offer != want.Offer || !got.Enforce.Equal(want.Enforce) {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
	d.Updates[0].Severity = catalog.Critical
	if p, err = MakePlan(d); err != nil || assignment(t, p, "s3").Offer != "" || !strings.Contains(fmt.Sprint(p.Findings), "is not optional for SRV-s3") {
		t.Errorf("a critical update: %+v, findings %v, %v", p.Assignments, p.Findings, err)
	}
}

// An optional update waits until somebody responsible for the server asks, ends with the last window if nobody does, and is voluntary.
func TestAnOptionalUpdateWaitsToBeAskedFor(t *testing.T) {
	a := waiting(2)
	a.Ready[0].Offer, a.Ready[1].Offer = Optional, Optional
	signed := inventory.Signed{By: "ada", Reason: "it suits us"}
	m, err := a.Ready[1].Request(signed)
	if err != nil {
		t.Fatal(err)
	}
	_, asked := m.Apply(*a.Rollout, *a.Ready[1], opening)
	a.Ready[1] = &asked
	out := a.Admit()
	if len(out.Moves) != 1 || out.Moves[0].Ad != asked.ID || !strings.Contains(out.Waits[a.Ready[0].ID], "nobody has asked") {
		t.Errorf("%d start, others wait for %v", len(out.Moves), out.Waits)
	}
	if _, err := asked.Request(signed); err == nil || !strings.Contains(err.Error(), "ada asked for it already") {
		t.Errorf("asked for twice: %v", err)
	}
	for want, ad := range map[string]*Advertisement{"it is mandatory there": {Delivery: Staged}, "it is grace there": {Delivery: Staged, Offer: AfterGrace}, "it is cancelled": {Delivery: Cancelled, Offer: Optional}} {
		if _, err := ad.Request(signed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, delivery := range []Delivery{NotReceived, Staging, Staged} {
		ad := &Advertisement{ID: "r3-s9", Offer: Optional, Delivery: delivery, Windows: []string{"W1"}}
		m := a.Scene.CloseWindow(ad, Contact{}, "W1")
		if m == nil || m.To != Cancelled || m.Failure != nil || !Allowed(m.From, m.To) || m.StopJob != (delivery == Staging) {
			t.Errorf("%s at the end of its last window: %+v", delivery, m)
		}
	}
	asked.Delivery = Succeeded
	if asked.Enforced() != "voluntary" {
		t.Errorf("what was asked for counts as %q", asked.Enforced())
	}
}

// Handbook 8: when an exemption ends, the server is back in the next window that its owner allows; where the plan has none it is left out as long as
// the exemption holds.
func TestAnExemptionThatEndsPutsTheServerIntoTheNextWindowItsOwnerAllows(t *testing.T) {
	for name, c := range map[string]struct {
		chosen string // by the owner
		until  time.Duration
		want   string // its first window; "" is out of the plan
	}{
		"between the windows":                {"", 15 * time.Hour, "W2"},
		"before all windows":                 {"", time.Hour, "W1"},
		"before the window of its owner":     {"W2", 15 * time.Hour, "W2"},
		"after the window of its owner":      {"W1", 15 * time.Hour, ""},
		"while the last window is open":      {"", 17 * time.Hour, ""},
		"when the window of its owner opens": {"W2", 16 * time.Hour, "W2"},
	} {
		d := draft(managed("s1", inventory.Prod, c.chosen, server22), managed("s2", inventory.Prod, "", server22))
		d.Updates[0].Severity = catalog.Important
		d.Exempt = Exemptions{"s1": {{ID: "EX-1", Server: "s1", From: FromWindows, Window: "W99", Until: opening.Add(c.until)}}}
		p, err := MakePlan(d)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Assignments, func(a Assignment) bool { return a.Server == "s1" })
		switch {
		case c.want == "" && (i >= 0 || len(p.Excluded) != 1 || p.Excluded[0].Exemption != "EX-1"):
			t.Errorf("%s: %+v, left out %+v", name, p.Assignments, p.Excluded)
		case c.want != "" && (i < 0 || p.Assignments[i].Windows[0] != c.want):
			t.Errorf("%s: %+v, want first %s", name, p.Assignments, c.want)
		}
	}
}

func TestAnOfferIsReadStrictly(t *testing.T) {
	for text, want := range map[string]Offering{
		"mandatory": {Offer: Mandatory}, "Optional@laptops": {Offer: Optional, Collection: "laptops"}, "grace": {Offer: AfterGrace},
		"grace=14d@sql": {Offer: AfterGrace, Grace: 14 * 24 * time.Hour, Collection: "sql"}, "grace=36h": {Offer: AfterGrace, Grace: 36 * time.Hour},
	} {
		if got, err := ParseOffering(text); err != nil || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{"": "not known", "forced": "use mandatory, grace or optional", "optional=7d": "has no grace", "grace=soon": "from 1h to 90d", "grace=400d": "from 1h to 90d", "grace=": "from 1h"} {
		if got, err := ParseOffering(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

func FuzzParseOffering(f *testing.F) {
	for _, text := range []string{"mandatory", "grace=14d@sql", "optional@a@b", "grace=-1h", "=@"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if o, err := ParseOffering(text); err == nil && (!o.Offer.Known() || o.Grace < 0 || o.Grace > 90*24*time.Hour) {
			t.Errorf("%q became %+v", text, o)
		}
	})
}
