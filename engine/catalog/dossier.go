package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Dossier is what people recorded of one update: decisions and news that the bulletin does not have. Lists grow at their end; nothing
// recorded is changed.
type Dossier struct {
	KB        string       `json:"kb"`
	Decisions []Decision   `json:"decisions,omitempty"` // on its relevance, oldest first
	Threats   []Threat     `json:"threats,omitempty"`   // oldest first
	Rules     []ClassRule  `json:"rules,omitempty"`     // the first that fits a server holds
	Issues    []Issue      `json:"issues,omitempty"`
	Files     []SourceFile `json:"files,omitempty"`
	Installer *Instruction `json:"installer,omitempty"` // how servers install it by themselves; nil where people do
	Rev       int          `json:"rev"`
}

// mostNotes bounds each list of a dossier.
const mostNotes = 200

// Decision says whether an update matters here.
type Decision struct {
	Relevant bool      `json:"relevant"`
	Why      string    `json:"why"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Threat is a change of how dangerous an update's vulnerabilities are, as Security posts it.
type Threat struct {
	Severity  Severity  `json:"severity"`
	Exploited bool      `json:"exploited"`
	Disclosed bool      `json:"disclosed"`
	Attack    time.Time `json:"attack,omitzero"` // the day of the first attack
	Alert     Alert     `json:"alert,omitzero"`
	Why       string    `json:"why"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Alert is how a piece of news came in, and where on the vendor's own site it was verified.
type Alert struct {
	Channel  Channel `json:"channel,omitempty"`
	Verified string  `json:"verified,omitempty"` // address of the page
}

// Channel is a way in which news arrives.
type Channel string

// Channels are the ways that are known. What arrives by mail is news and never the update itself.
var Channels = []Channel{"bulletin", "vendor site", "mail", "mailing list", "phone", "supplier", "own observation"}

// Check refuses news that nobody verified with its vendor, unless it was seen here.
func (a Alert) Check(site Site) error {
	if !slices.Contains(Channels, a.Channel) {
		return fmt.Errorf("channel %s is not known: use one of %s", quote(string(a.Channel)), joinWords(Channels))
	}
	if a.Channel == "own observation" {
		return nil
	}
	if a.Verified == "" {
		return fmt.Errorf("news by %s must be verified on the vendor's own site: name the page", a.Channel)
	}
	return site.Owns(a.Verified)
}

func joinWords[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

// Action is what an update may do to a class of servers.
type Action string

const (
	DetectOnly Action = "detect only" // count it, install nothing
	Install    Action = "install"
	Decline    Action = "decline" // not for this class
)

// ParseAction reads an action; a dash may stand for the blank.
func ParseAction(word string) (Action, error) {
	all := []Action{DetectOnly, Install, Decline}
	for _, a := range all {
		if strings.EqualFold(strings.ReplaceAll(word, "-", " "), string(a)) {
			return a, nil
		}
	}
	return "", fmt.Errorf("action %s is not known: use one of %s", quote(word), joinWords(all))
}

// ClassRule is an approval rule: what an update may do to the servers that an inventory filter selects.
type ClassRule struct {
	Class  string    `json:"class"` // the filter
	Action Action    `json:"action"`
	Why    string    `json:"why"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Issue is something that is known to go wrong with an update, and what helps.
type Issue struct {
	Words      string    `json:"words"`
	Workaround string    `json:"workaround,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// SourceFile is a file of an update as it was obtained from its vendor and verified here.
type SourceFile struct {
	Name      string    `json:"name"`
	Origin    string    `json:"origin"` // the vendor's address that it came from
	Size      int64     `json:"size_bytes"`
	SHA256    string    `json:"sha256"`
	Signature Signature `json:"signature"`
	Points    []Point   `json:"points,omitempty"` // where servers may fetch it, beside its origin
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Signature is what the reader of Authenticode signatures found in a file.
type Signature struct {
	Signer       string    `json:"signer,omitempty"` // the name in the certificate
	Organization string    `json:"organization,omitempty"`
	Issuer       string    `json:"issuer,omitempty"`
	Thumbprint   string    `json:"thumbprint,omitempty"` // SHA-256 of the certificate
	Signed       time.Time `json:"signed,omitzero"`      // by the timestamp; zero without one
	Verified     bool      `json:"verified"`             // intact, and its chain ends at a trusted root
	Trouble      string    `json:"trouble,omitempty"`    // why it is not verified
}

// By gives the signature as it counts for a vendor: who signed must be that vendor, whatever chain the signature has.
func (s Signature) By(vendor string) Signature {
	if vendor == "" {
		vendor = "Microsoft"
	}
	if s.Verified && !strings.Contains(strings.ToLower(s.Organization), strings.ToLower(vendor)) {
		s.Verified, s.Trouble = false, fmt.Sprintf("it is signed by %s, and the update is of %s", quote(s.Organization), vendor)
	}
	return s
}

// HasVerifiedFile tells that a source file with a verified signature is kept.
func (d Dossier) HasVerifiedFile() bool {
	return slices.ContainsFunc(d.Files, func(f SourceFile) bool { return f.Signature.Verified })
}

// Decided gives the newest decision on the update's relevance.
func (d Dossier) Decided() (Decision, bool) {
	if len(d.Decisions) == 0 {
		return Decision{}, false
	}
	return d.Decisions[len(d.Decisions)-1], true
}

// Rated gives an update with the danger that was posted last, which wins over its bulletin.
func (d Dossier) Rated(u Update) Update {
	if n := len(d.Threats); n > 0 {
		t := d.Threats[n-1]
		u.Severity, u.Exploited, u.Disclosed = t.Severity, t.Exploited, t.Disclosed
	}
	return u
}

// FirstAttack is the earliest day of an attack that was posted; zero when none was.
func (d Dossier) FirstAttack() time.Time {
	var first time.Time
	for _, t := range d.Threats {
		first = earlier(first, t.Attack)
	}
	return first
}

// add appends to one of the dossier's lists without touching the list of before.
func add[T any](list []T, what string, one T) ([]T, error) {
	if len(list) >= mostNotes {
		return list, fmt.Errorf("%d %s are recorded already, no more are possible", len(list), what)
	}
	return append(slices.Clip(list), one), nil
}

// Decide adds a decision on the relevance.
func (d Dossier) Decide(one Decision) (after Dossier, err error) {
	d.Decisions, err = add(d.Decisions, "decisions", one)
	d.Rev++
	return d, err
}

// Post adds a threat change.
func (d Dossier) Post(one Threat) (after Dossier, err error) {
	d.Threats, err = add(d.Threats, "threat changes", one)
	d.Rev++
	return d, err
}

// Rule adds an approval rule; a rule of the same class is replaced.
func (d Dossier) Rule(one ClassRule) (after Dossier, err error) {
	rest := slices.DeleteFunc(slices.Clone(d.Rules), func(r ClassRule) bool { return r.Class == one.Class })
	d.Rules, err = add(rest, "rules", one)
	d.Rev++
	return d, err
}

// Note adds a known issue.
func (d Dossier) Note(one Issue) (after Dossier, err error) {
	d.Issues, err = add(d.Issues, "issues", one)
	d.Rev++
	return d, err
}

// Keep adds a source file; the same content is kept once, and may be fetched where it was.
func (d Dossier) Keep(one SourceFile) (after Dossier, err error) {
	if i := slices.IndexFunc(d.Files, func(f SourceFile) bool { return f.SHA256 == one.SHA256 }); i >= 0 {
		one.Points = d.Files[i].Points
	}
	rest := slices.DeleteFunc(slices.Clone(d.Files), func(f SourceFile) bool { return f.SHA256 == one.SHA256 })
	d.Files, err = add(rest, "source files", one)
	d.Rev++
	return d, err
}
