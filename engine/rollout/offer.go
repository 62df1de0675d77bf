package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Offer is how binding an advertisement of a package is for servers of Prod. A plan may hold several.
type Offer string

const (
	Mandatory  Offer = "mandatory" // its window installs it
	AfterGrace Offer = "grace"     // until the enforcement date administrators install it by hand, then the window does
	Optional   Offer = "optional"  // the window installs it where somebody responsible for the server asks for it
)

// Offers is every offer with what it means.
var Offers = []struct {
	Offer   Offer
	Meaning string
}{
	{Mandatory, "its window installs it"},
	{AfterGrace, "until the enforcement date administrators install it by hand (voluntary), then the first window after it does (enforced)"},
	{Optional, "its window installs it where the server's administrator asks for it; never for critical updates"},
}

// Known tells whether the table has an offer.
func (o Offer) Known() bool {
	for _, line := range Offers {
		if line.Offer == o {
			return true
		}
	}
	return false
}

// Offering is one advertisement of a plan: an offer to the servers of a collection, or to all that no offering before it names.
type Offering struct {
	Offer      Offer         `json:"offer"`
	Collection string        `json:"collection,omitempty"`
	Grace      time.Duration `json:"grace,omitempty"`
	Enforce    time.Time     `json:"enforce,omitzero"` // the enforcement date that follows from the grace
}

// ParseOffering reads OFFER[=GRACE][@COLLECTION], such as grace=14d@laptops.
func ParseOffering(text string) (o Offering, err error) {
	text, o.Collection, _ = strings.Cut(text, "@")
	word, span, spanned := strings.Cut(text, "=")
	o.Offer = Offer(strings.ToLower(word))
	if !o.Offer.Known() {
		return o, fmt.Errorf("the offer %.40q is not known: use mandatory, grace or optional, as in grace=14d@COLLECTION", word)
	}
	if spanned && o.Offer != AfterGrace {
		return o, fmt.Errorf("%s has no grace: %.40q goes with the offer grace", o.Offer, span)
	}
	if spanned {
		grace, known := SettingNamed("grace")
		p := Policy{}
		if err := grace.Set(&p, span); err != nil || !known {
			return o, fmt.Errorf("the grace is %.40q: %w", span, err)
		}
		o.Grace = p.Grace
	}
	return o, nil
}

// terms are what one server is planned by.
type terms struct {
	offer   Offer
	enforce time.Time // it is not forced before
	from    time.Time // and uses no window that opens before: its enforcement date, or the end of its exemption
	window  string    // its enforcement window, where it has one
}

// termsOf says by what a server is planned, and whether it is in the plan at all.
func (d Draft) termsOf(p *Plan, s inventory.Server, ring Ring, need []string) (t terms, keep bool) {
	t = terms{offer: Mandatory}
	switch {
	case d.Removal:
		return t, true
	case ring != Prod: // what is tried first is tried by all
		return t, d.exempted(p, &t, s, ring, need)
	}
	if t.enforce = d.Enforce; d.Offered != nil {
		t.offer, t.enforce = d.Offered(s)
	}
	if critical := d.critical(need); t.offer == Optional && critical != "" {
		p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf("is not optional for %s: %s is critical", s.Name, critical)})
		t.offer = Mandatory
	}
	t.from = t.enforce
	return t, d.exempted(p, &t, s, ring, need)
}

// critical names a critical update among those that a server needs; not knowing what it needs, it may be any.
func (d Draft) critical(need []string) string {
	for _, u := range d.Updates {
		if u.Severity == catalog.Critical && (len(need) == 0 || slices.Contains(need, u.KB)) {
			return u.KB
		}
	}
	return ""
}

// exempted keeps a server that is exempt from the automatic windows out of them: it is enforced in its enforcement window, or in the next
// window that its owner allows after the exemption ends. keep is false when the plan has neither.
func (d Draft) exempted(p *Plan, t *terms, s inventory.Server, ring Ring, need []string) (keep bool) {
	x := d.Exempt.from(s.ID, FromWindows)
	if x == nil {
		return true
	}
	if kb := d.critical(need); kb != "" {
		p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf("%s does not keep %s out of its window: %s is critical", x.ID, s.Name, kb)})
		return true
	}
	has := func(id string, from time.Time) bool {
		return slices.ContainsFunc(p.Windows, func(w Window) bool {
			return w.Ring == ring && w.Kind != Check && (id == "" || strings.EqualFold(w.ID, id)) && !w.Opens.Before(from)
		})
	}
	if has(x.Window, t.from) && x.Window != "" {
		t.window = x.Window
		return true
	}
	if after := latest(t.from, x.Until); has(s.Window, after) {
		t.from = after
		p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf("%s ends %s: %s has its place in a window after that", x.ID, x.Until.Format(time.DateOnly), s.Name)})
		return true
	}
	p.Excluded = append(p.Excluded, Omission{Server: s.ID, Exemption: x.ID, Reason: fmt.Sprintf("exempt (%s) until %s: %s; its enforcement window %s is not in this plan",
		x.ID, x.Until.Format(time.DateOnly), x.Reason, orElse(x.Window, "none"))})
	return false
}

// Declined tells that an update is optional for the server and that nobody responsible for it has asked for it.
func (ad *Advertisement) Declined() bool { return ad.Offer == Optional && ad.Asked == nil }

// Request records that somebody asks for an optional update on a server.
func (ad *Advertisement) Request(asked inventory.Signed) (*Moved, error) {
	switch {
	case ad.Offer != Optional:
		return nil, fmt.Errorf("it is %s there: its window installs it", orElse(string(ad.Offer), string(Mandatory)))
	case ad.Asked != nil:
		return nil, fmt.Errorf("%s asked for it already", ad.Asked.By)
	case ad.Delivery.Final():
		return nil, fmt.Errorf("it is %s: its windows are over, or nothing is to be done", ad.Delivery)
	}
	m := ad.move(ad.Delivery, "asked for by "+asked.By+": "+asked.Reason)
	m.Asked = &asked
	return m, nil
}
