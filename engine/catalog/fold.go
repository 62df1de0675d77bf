package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostUpdates bounds a bulletin; a real month has some thirty.
const mostUpdates = 2000

// fold turns a document's records, which stand by vulnerability, into updates, which stand by KB.
func fold(doc *document) (Bulletin, error) {
	id := doc.tracking.ID.ID.clean(32)
	if id == "" {
		return Bulletin{}, errors.New("the document has no DocumentTracking/Identification/ID, expected a month such as 2026-Feb")
	}
	f := &folding{names: doc.tree.names(), skipped: doc.skipped, updates: map[string]*gathering{}}
	bulletin := Bulletin{
		ID: id, Title: doc.title.clean(200), Revision: doc.tracking.revision(),
		Released: f.date("InitialReleaseDate", doc.tracking.Initial),
		Revised:  f.date("CurrentReleaseDate", doc.tracking.Current),
	}
	for i := range doc.vulnerabilities {
		f.vulnerability(&doc.vulnerabilities[i])
	}
	if n := len(f.updates); n > mostUpdates {
		return Bulletin{}, fmt.Errorf("the document names %d updates for Windows Server, expected a month with at most %d", n, mostUpdates)
	}
	bulletin.Updates = []Update{}
	for _, g := range f.updates {
		u := g.update()
		u.Bulletin, u.Released = bulletin.ID, bulletin.Released
		bulletin.Updates = append(bulletin.Updates, u)
	}
	slices.SortFunc(bulletin.Updates, compareUpdates)
	bulletin.Skipped, bulletin.SkippedCount = append([]Skipped{}, f.skipped.listed...), f.skipped.count
	return bulletin, nil
}

// revision is the highest number of the revision history, else the version.
func (t tracking) revision() string {
	highest, found := 0.0, t.Version.clean(20)
	for _, r := range t.Revisions {
		number := r.Number.clean(20)
		if n, err := strconv.ParseFloat(number, 64); err == nil && n >= highest {
			highest, found = n, number
		}
	}
	return found
}

// folding is the state of one fold.
type folding struct {
	names   map[string]string // product id -> name
	skipped skippedRecords
	updates map[string]*gathering // by KB
}

// date reads a time of the document; the vendor writes UTC without a zone.
func (f *folding) date(field string, value text) time.Time {
	s := value.clean(40)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	f.skipped.add("DocumentTracking", fmt.Sprintf("%s %s is no date", field, quote(s)))
	return time.Time{}
}

func (f *folding) vulnerability(v *vulnerability) {
	cve := v.CVE.clean(40)
	if !isIdentifier(cve) {
		f.skipped.add(v.where, fmt.Sprintf("the record's CVE is %s, expected an identifier such as CVE-2026-1234", quote(cve)))
		return
	}
	facts := f.facts(cve, v)
	for i := range v.Remediations {
		f.fix(facts, &v.Remediations[i])
	}
}

// isIdentifier accepts CVE and advisory identifiers: letters, digits and dashes with a digit among them.
func isIdentifier(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-':
		default:
			return false
		}
	}
	return digits > 0
}

// fix adds what one remediation says of its KB.
func (f *folding) fix(v vulnerabilityFacts, r *remediation) {
	products := f.serverProducts(v.cve, r)
	if len(products) == 0 {
		return
	}
	kb, ok := findKB(string(r.Description))
	if !ok {
		f.skipped.add(v.cve, fmt.Sprintf("a fix for %s has no KB number: its description is %s", f.names[products[0]], quote(string(r.Description))))
		return
	}
	g := f.updates[kb]
	if g == nil {
		g = newGathering(kb)
		f.updates[kb] = g
	}
	g.cves[v.cve] = true
	g.exploited = g.exploited || v.exploited
	g.disclosed = g.disclosed || v.disclosed
	for _, id := range products {
		g.severity = max(g.severity, v.severity.of(id))
		g.cvss = max(g.cvss, v.cvss.of(id))
		g.setBuild(f.names[id], r.FixedBuild.clean(40))
	}
	g.restart = worseRestart(g.restart, f.restart(v.cve, kb, r.Restart))
	f.supersedes(g, v.cve, r.Supercedence)
	if subType := r.SubType.clean(60); subType != "" {
		g.subTypes[subType] = true
	}
}

// serverProducts gives the ids of the Windows Server products that the remediation fixes.
func (f *folding) serverProducts(cve string, r *remediation) []string {
	if len(r.Products) == 0 {
		f.skipped.add(cve, fmt.Sprintf("the fix %s names no product", quote(string(r.Description))))
	}
	var ids []string
	for _, p := range r.Products {
		id := p.clean(40)
		name, known := f.names[id]
		switch {
		case !known:
			f.skipped.add(cve, fmt.Sprintf("the fix %s names product %s, which the product tree does not have", quote(string(r.Description)), quote(id)))
		case strings.HasPrefix(name, "Windows Server"):
			ids = append(ids, id)
		}
	}
	return ids
}

func (f *folding) restart(cve, kb string, value text) Restart {
	switch {
	case value.same("Yes"):
		return RestartYes
	case value.same("Maybe"):
		return RestartMaybe
	case value.same("No"):
		return RestartNo
	case !value.same(""):
		f.skipped.add(cve, fmt.Sprintf("%s: RestartRequired is %s, expected Yes, Maybe or No", kb, quote(string(value))))
	}
	return RestartUnknown
}

// supersedes adds the KBs of a list such as "5077181; 5077212" or "KB1, KB2".
func (f *folding) supersedes(g *gathering, cve string, value text) {
	separators := func(r rune) bool { return r == ';' || r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }
	for _, word := range strings.FieldsFunc(string(value), separators) {
		older, ok := parseKB(word)
		switch {
		case !ok:
			f.skipped.add(cve, fmt.Sprintf("%s: Supercedence names %s, which is no KB number", g.kb, quote(word)))
		case older != g.kb:
			g.supersedes[older] = true
		}
	}
}

// restartOrder ranks the answers: the most demanding one wins.
var restartOrder = map[Restart]int{RestartUnknown: 0, RestartNo: 1, RestartMaybe: 2, RestartYes: 3}

func worseRestart(a, b Restart) Restart {
	if restartOrder[b] > restartOrder[a] {
		return b
	}
	return a
}

// compareUpdates orders worst severity first, exploited first, then by KB number.
func compareUpdates(a, b Update) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), compareBool(b.Exploited, a.Exploited), compareKB(a.KB, b.KB))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func compareKB(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

func sortedKBs(set map[string]bool) []string {
	kbs := slices.AppendSeq([]string{}, maps.Keys(set))
	slices.SortFunc(kbs, compareKB)
	return kbs
}
