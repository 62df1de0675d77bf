package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

type (
	// DecideRelevance records whether an update matters here.
	DecideRelevance struct {
		KB       string
		Relevant bool
		Reason   string
	}
	// PostThreat records that an update's vulnerabilities became more or less dangerous.
	PostThreat struct {
		KB     string
		Threat catalog.Threat // who, when and why are the engine's to fill in
		Reason string
	}
	// RuleClass says what an update may do to the servers that a filter selects.
	RuleClass struct {
		KB, Class string
		Do        catalog.Action
		Reason    string
	}
	// NoteIssue records what is known to go wrong with an update, and what helps.
	NoteIssue struct {
		KB, Words, Workaround string
	}
	// AddUpdate adds an update that no bulletin names, of whatever vendor.
	AddUpdate struct {
		Update catalog.Update
		Alert  catalog.Alert
		Reason string
	}
)

func (DecideRelevance) Action() string { return "catalog.relevance" }
func (PostThreat) Action() string      { return "catalog.threat" }
func (RuleClass) Action() string       { return "catalog.rule" }
func (NoteIssue) Action() string       { return "catalog.issue" }
func (AddUpdate) Action() string       { return "catalog.add" }

type (
	relevanceRecorded struct {
		KB       string           `json:"kb"`
		Decision catalog.Decision `json:"decision"`
	}
	threatPosted struct {
		KB     string         `json:"kb"`
		Was    string         `json:"was"`
		Threat catalog.Threat `json:"threat"`
	}
	classRuled struct {
		KB   string            `json:"kb"`
		Rule catalog.ClassRule `json:"rule"`
	}
	issueNoted struct {
		KB    string        `json:"kb"`
		Issue catalog.Issue `json:"issue"`
	}
	updateAdded struct {
		Bulletin catalog.Bulletin `json:"bulletin"`
		Alert    catalog.Alert    `json:"alert"`
	}
)

func (s *state) putDossier(d catalog.Dossier) { s.dossiers[d.KB] = d; s.mark("dossier", d.KB) }

// changeDossier puts what one note makes of an update's dossier.
func (s *state) changeDossier(kb string, change func(catalog.Dossier) (catalog.Dossier, error)) error {
	d := s.dossiers[kb]
	d.KB = kb
	d, err := change(d)
	if err == nil {
		s.putDossier(d)
	}
	return err
}

func init() {
	keep("dossier", (*state).putDossier, func(s *state, id string) any { return s.dossiers[id] })
	offer((*Engine).decideRelevance, approval.Lead, approval.Security)
	offer((*Engine).postThreat, approval.Security)
	offer((*Engine).ruleClass, approval.Lead)
	offer((*Engine).noteIssue, approval.Lead, approval.Administrator, approval.Security, approval.Support)
	offer((*Engine).addUpdate, approval.Lead, approval.Security)
	nouns = append(nouns, noun{show: (*Engine).showDossiers})

	register("catalog.relevance",
		func(e relevanceRecorded) string { return e.KB },
		func(e relevanceRecorded) string { return relevanceWord(e.Decision.Relevant) + ": " + e.Decision.Why },
		func(s *state, e relevanceRecorded, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Decide(e.Decision) })
		})
	posted := register("catalog.threat",
		func(e threatPosted) string { return e.KB },
		func(e threatPosted) string { return threatWords(e.Threat) + ": " + e.Threat.Why },
		func(s *state, e threatPosted, _ time.Time) error {
			for _, id := range slices.Sorted(maps.Keys(s.releases)) {
				if r, changed := s.releases[id].Rate(e.KB, e.Threat.Severity, e.Threat.Exploited); changed {
					s.putRelease(r)
				}
			}
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Post(e.Threat) })
		})
	posted.change = func(e any) (string, string) { p := e.(threatPosted); return p.Was, threatWords(p.Threat) }
	register("catalog.rule",
		func(e classRuled) string { return e.KB },
		func(e classRuled) string {
			return fmt.Sprintf("%s for %s: %s", e.Rule.Action, e.Rule.Class, e.Rule.Why)
		},
		func(s *state, e classRuled, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Rule(e.Rule) })
		})
	register("catalog.issue",
		func(e issueNoted) string { return e.KB },
		func(e issueNoted) string { return "known issue: " + e.Issue.Words },
		func(s *state, e issueNoted, _ time.Time) error {
			return s.changeDossier(e.KB, func(d catalog.Dossier) (catalog.Dossier, error) { return d.Note(e.Issue) })
		})
	register("catalog.added",
		func(e updateAdded) string { return e.Bulletin.ID },
		func(e updateAdded) string {
			u := e.Bulletin.Updates[0]
			return fmt.Sprintf("%s of %s added by hand, heard of by %s, verified at %s", u.KB, u.Vendor, e.Alert.Channel, e.Alert.Verified)
		},
		func(s *state, e updateAdded, _ time.Time) error { s.putBulletin(e.Bulletin); return nil })
}

// showDossiers shares one map with all views until a dossier changes.
func (e *Engine) showDossiers(v *View, _ time.Time) {
	if made := e.state.index.versions["dossier"]; e.dossiers.shown == nil || e.dossiers.made != made {
		e.dossiers.shown, e.dossiers.made = maps.Clone(e.state.dossiers), made
	}
	v.Dossiers = e.dossiers.shown
}

func relevanceWord(relevant bool) string {
	if relevant {
		return "relevant"
	}
	return "not relevant"
}

// threatWords says how dangerous an update is.
func threatWords(t catalog.Threat) string {
	words := t.Severity.String()
	if words == "" {
		words = "not rated"
	}
	if t.Exploited {
		words += ", exploited"
	}
	if t.Disclosed {
		words += ", disclosed"
	}
	return words
}

// known finds an update in the catalogue, as people see it now.
func (e *Engine) known(kb string) (catalog.Update, error) {
	_, u, ok := e.findUpdate(kb, "")
	if !ok {
		return u, fmt.Errorf("the catalogue holds no %s: import its bulletin, or add it by hand", kb)
	}
	return e.state.dossiers[kb].Rated(u), nil
}

func (e *Engine) decideRelevance(actor approval.Actor, c DecideRelevance, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if _, err := e.known(c.KB); err != nil {
		return "", err
	}
	dossier := e.state.dossiers[c.KB]
	if was, decided := dossier.Decided(); decided && was.Relevant == c.Relevant {
		return "", approval.Clash("%s was decided to be %s by %s already: %s", c.KB, relevanceWord(was.Relevant), was.By, was.Why)
	}
	for _, id := range slices.Sorted(maps.Keys(e.state.releases)) {
		r := e.state.releases[id]
		if u, held := r.Holds(c.KB); !c.Relevant && held && u.Dropped == nil && r.Phase != approval.Closed && r.Phase != approval.Identify {
			return "", approval.Clash("%s is in %s, which is in %s: drop it from the release instead", c.KB, id, r.Phase)
		}
	}
	one := catalog.Decision{Relevant: c.Relevant, Why: c.Reason, By: actor.Name, At: now}
	if _, err := dossier.Decide(one); err != nil {
		return "", err
	}
	e.must(relevanceRecorded{KB: c.KB, Decision: one}, actor, c.Reason, now)
	return fmt.Sprintf("%s is %s", c.KB, relevanceWord(c.Relevant)), nil
}

func (e *Engine) postThreat(actor approval.Actor, c PostThreat, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	u, err := e.known(c.KB)
	if err != nil {
		return "", err
	}
	if err := c.Threat.Alert.Check(u.SiteOf()); err != nil {
		return "", err
	}
	if c.Threat.Attack.After(now) {
		return "", fmt.Errorf("the day of the attack, %s, is not over yet", c.Threat.Attack.In(e.options.Zone).Format(time.DateOnly))
	}
	was := threatWords(catalog.Threat{Severity: u.Severity, Exploited: u.Exploited, Disclosed: u.Disclosed})
	one := c.Threat
	one.Why, one.By, one.At = c.Reason, actor.Name, now
	if threatWords(one) == was && one.Attack.IsZero() {
		return "", approval.Clash("%s is %s already", c.KB, was)
	}
	if _, err := e.state.dossiers[c.KB].Post(one); err != nil {
		return "", err
	}
	e.must(threatPosted{KB: c.KB, Was: was, Threat: one}, actor, c.Reason, now)
	return fmt.Sprintf("%s: %s, before %s", c.KB, threatWords(one), was), nil
}

func (e *Engine) ruleClass(actor approval.Actor, c RuleClass, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	u, err := e.known(c.KB)
	if err != nil {
		return "", err
	}
	filter, err := inventory.CompileFilter(c.Class)
	if err != nil {
		return "", err
	}
	if _, err := catalog.ParseAction(string(c.Do)); err != nil {
		return "", err
	}
	if c.Do != catalog.Install {
		if err := approval.MayExempt(u); err != nil {
			return "", err
		}
	}
	one := catalog.ClassRule{Class: c.Class, Action: c.Do, Why: c.Reason, By: actor.Name, At: now}
	if _, err := e.state.dossiers[c.KB].Rule(one); err != nil {
		return "", err
	}
	selected := 0
	for _, s := range e.state.servers {
		if fits, err := filter.Match(*s); err == nil && fits {
			selected++
		}
	}
	e.must(classRuled{KB: c.KB, Rule: one}, actor, c.Reason, now)
	return fmt.Sprintf("%s: %s for %s, which selects %d servers now; plans that are frozen already stay as they are", c.KB, c.Do, c.Class, selected), nil
}

// mostIssueText bounds the words of a known issue.
const mostIssueText = 4000

func (e *Engine) noteIssue(actor approval.Actor, c NoteIssue, now time.Time) (string, error) {
	if _, err := e.known(c.KB); err != nil {
		return "", err
	}
	if c.Words == "" || len(c.Words) > mostIssueText || len(c.Workaround) > mostIssueText {
		return "", fmt.Errorf("an issue takes words, and with its workaround at most %d bytes each", mostIssueText)
	}
	one := catalog.Issue{Words: c.Words, Workaround: c.Workaround, By: actor.Name, At: now}
	if _, err := e.state.dossiers[c.KB].Note(one); err != nil {
		return "", err
	}
	e.must(issueNoted{KB: c.KB, Issue: one}, actor, "", now)
	return fmt.Sprintf("%s: the issue is recorded", c.KB), nil
}

func (e *Engine) addUpdate(actor approval.Actor, c AddUpdate, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	u := c.Update
	if err := catalog.ManualUpdate(u); err != nil {
		return "", err
	}
	if err := c.Alert.Check(u.SiteOf()); err != nil {
		return "", err
	}
	if bulletin, _, exists := e.findUpdate(u.KB, ""); exists {
		return "", approval.Clash("%s is in the catalogue already, in %s", u.KB, bulletin)
	}
	if _, exists := e.state.bulletins[u.KB]; exists {
		return "", approval.Clash("a bulletin is called %s already", u.KB)
	}
	if u.Released.IsZero() {
		u.Released = now
	}
	u.Bulletin = u.KB
	b := catalog.Bulletin{ID: u.KB, Title: u.Title, Released: u.Released, Revised: u.Released, Revision: "1", Updates: []catalog.Update{u}}
	e.must(updateAdded{Bulletin: b, Alert: c.Alert}, actor, c.Reason, now)
	return fmt.Sprintf("%s of %s is in the catalogue; its rule finds it missing on %d servers", u.KB, u.Vendor, e.missing(u)), nil
}
