package audit

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/ui/screen/desk"
)

// query is what a person looks for in the whole trail. Every term must hold.
type query struct {
	terms        []term
	since, until time.Time // zero is no bound
}

// term is a text that must occur in one member of an entry, or in any of them.
type term struct {
	in  string   // a word of members; empty is any
	any []string // in lower case: what was typed and, where that is a server's name, its id
	raw [][]byte // those of any that stand in the bytes of an entry as they are; nil when one of them may be escaped there
}

// members are the parts of an entry that a term may name, as a person types them.
var members = map[string]func(*trail.Entry) string{
	"who":    func(e *trail.Entry) string { return e.Actor },
	"what":   func(e *trail.Entry) string { return e.Action },
	"object": func(e *trail.Entry) string { return e.Object },
	"reason": func(e *trail.Entry) string { return e.Reason },
}

// queryHelp says how to search.
const queryHelp = "words, who:NAME, what:ACTION, object:SERVER or CHG-12, reason:WORD, since: and until: with 2026-11-15, 2026-11-15T02:00, 02:00 or 3h ago as 3h"

// parseQuery reads what a person typed. The view gives the time that they mean and the names of servers.
func parseQuery(text string, view *engine.View, zone *time.Location) (query, error) {
	var q query
	for _, word := range strings.Fields(text) {
		name, value, named := strings.Cut(word, ":")
		name = strings.ToLower(name)
		_, known := members[name]
		switch {
		case named && (name == "since" || name == "until"):
			at, err := parseTime(value, view.At.In(zone))
			if err != nil {
				return q, err
			}
			if name == "since" {
				q.since = at
			} else {
				q.until = at
			}
		case named && known && value == "":
			return q, fmt.Errorf("%s: says nothing: write for instance %s:k.osei", name, name)
		case named && known:
			q.terms = append(q.terms, newTerm(name, value, view))
		default:
			q.terms = append(q.terms, newTerm("", word, view))
		}
	}
	switch {
	case len(q.terms) == 0 && q.since.IsZero() && q.until.IsZero():
		return q, fmt.Errorf("type what to look for: %s", queryHelp)
	case !q.since.IsZero() && !q.until.IsZero() && q.until.Before(q.since):
		return q, fmt.Errorf("until: is before since: nothing lies between")
	}
	return q, nil
}

// timeForms are the ways to write an instant; those without a day mean today.
var timeForms = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "15:04"}

func parseTime(text string, now time.Time) (time.Time, error) {
	for _, form := range timeForms {
		at, err := time.ParseInLocation(form, text, now.Location())
		if err != nil {
			continue
		}
		if form == "15:04" {
			return time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location()), nil
		}
		return at, nil
	}
	days, isDays := strings.CutSuffix(text, "d")
	if isDays {
		text = days + "h"
	}
	ago, err := time.ParseDuration(text)
	if isDays && ago < 100_000*time.Hour {
		ago *= 24
	}
	if err != nil || ago < 0 {
		return time.Time{}, fmt.Errorf("%q is no time: use 2026-11-15, 2026-11-15T02:00, 02:00 (today), 3h or 2d (ago)", text)
	}
	return now.Add(-ago), nil
}

func newTerm(in, word string, view *engine.View) term {
	t := term{in: in, any: []string{strings.ToLower(word)}}
	for i := range view.Servers {
		if strings.EqualFold(view.Servers[i].Name, word) {
			t.any = append(t.any, strings.ToLower(string(view.Servers[i].ID)))
		}
	}
	for _, word := range t.any {
		if strings.ContainsFunc(word, func(r rune) bool { return !literal(r) }) {
			t.raw = nil
			break
		}
		t.raw = append(t.raw, []byte(word))
	}
	return t
}

// literal tells that a character stands in JSON as it is, and in one form only.
func literal(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.' || r == ':' || r == '/'
}

// may tells from the bytes of an entry in lower case whether it is worth parsing: of a million entries most are not.
func (q *query) may(lower []byte) bool {
	for i := range q.terms {
		t := &q.terms[i]
		if t.raw != nil && !containsAny(lower, t.raw) {
			return false
		}
	}
	return true
}

func containsAny(text []byte, words [][]byte) bool {
	for _, w := range words {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}

// match tells whether an entry is what was looked for.
func (q *query) match(e *trail.Entry) bool {
	if !q.since.IsZero() && e.At.Before(q.since) || !q.until.IsZero() && e.At.After(q.until) {
		return false
	}
	for i := range q.terms {
		if !q.terms[i].match(e) {
			return false
		}
	}
	return true
}

func (t *term) match(e *trail.Entry) bool {
	if member, named := members[t.in]; named {
		return t.occurs(member(e))
	}
	return t.occurs(e.Actor) || t.occurs(e.Action) || t.occurs(e.Object) || t.occurs(e.Before) || t.occurs(e.After) || t.occurs(e.Reason) || t.occurs(string(e.Body))
}

func (t *term) occurs(text string) bool {
	for _, word := range t.any {
		if desk.ContainsFold(text, word) {
			return true
		}
	}
	return false
}
