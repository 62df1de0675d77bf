package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// explain says in one or two sentences why a server did not succeed, and what is on it. Nothing is said of success.
func (m *maker) explain(s *Server, ad *rollout.Advertisement, c course) string {
	switch ad.Delivery {
	case rollout.Succeeded:
		return ""
	case rollout.Failed:
		return sentence("Failed"+moment(ad, c), words(s.Failure)) + " " + s.onIt()
	case rollout.Unreachable:
		return sentence("Could not be reached before its last window closed", words(s.Failure)) + " " + s.onIt()
	case rollout.WindowMissed:
		return sentence("Its last window closed before it could start", words(s.Failure)) + " " + s.onIt()
	case rollout.NotStarted:
		return sentence("Not started: "+person(c)+" ended "+ad.Rollout, c.reason) + " " + s.onIt()
	case rollout.Cancelled:
		return sentence("Skipped by "+person(c), c.reason) + " " + s.onIt()
	case rollout.Excluded:
		return m.excludedWords(s.Exclusion)
	case rollout.NotApplicable:
		return notNeeded(ad)
	default:
		return m.stillOpen(s, ad)
	}
}

// moments says in what a status failed.
var moments = map[rollout.Delivery]string{
	rollout.NotReceived:    " at its first check",
	rollout.Staging:        " while it fetched the content",
	rollout.Running:        " while it installed",
	rollout.Retrying:       " before another attempt",
	rollout.RestartPending: " before its restart",
	rollout.Restarting:     " during its restart",
	rollout.Verifying:      " when the evidence was read",
	rollout.Unknown:        " after contact was lost",
}

// moment says where a failure happened.
func moment(ad *rollout.Advertisement, c course) string {
	words := ""
	if c.last.To == rollout.Failed {
		words = moments[c.last.From]
	}
	if ad.Attempts > 0 && ad.Window != "" {
		words += " in window " + ad.Window
	}
	if ad.Attempts > 1 {
		words += fmt.Sprintf(", at attempt %d", ad.Attempts)
	}
	return words
}

// onIt says what is known of the update's presence.
func (s *Server) onIt() string {
	switch {
	case s.Compliance == rollout.AwaitsRestart:
		return "By its own word the update is installed and takes effect at its next restart."
	case s.Evidence == Present && s.Attempts > 0:
		return fmt.Sprintf("The update is on it: its build is %s.", s.After)
	case s.Evidence == Present:
		return "The update is on it."
	case s.MayBeInstalled:
		return "An installation was ordered and nothing was read after it: the update may be on it."
	case s.Attempts > 0:
		return "The update is not on it."
	default:
		return "Nothing was installed."
	}
}

func (m *maker) excludedWords(x *Signed) string {
	if x == nil || x.By == "" {
		return "Excluded."
	}
	return sentence(fmt.Sprintf("Excluded by %s on %s", x.By, m.clock(x.At)), x.Reason)
}

// ringLocks says what kept a ring from being opened, by the state of the change request.
var ringLocks = map[approval.State]string{
	approval.Submitted:  "the change authority has not authorised it",
	approval.Authorised: "the change board has not approved it",
	approval.Rejected:   "it was rejected",
	approval.Returned:   "another plan was asked for",
	approval.Withdrawn:  "it was withdrawn",
	approval.Void:       "its plan is void",
	approval.Superseded: "a later change request took its place",
}

func (m *maker) unopenedWords(ring rollout.Ring) string {
	change := m.in.Change
	why, ok := ringLocks[change.State]
	if !ok {
		why = "it is " + string(change.State)
	}
	if halted := m.haltedBy(); halted != nil {
		why += fmt.Sprintf(", and %s (%s) was halted", halted.ID, halted.Ring)
	}
	return fmt.Sprintf("Not started: no rollout of %s was opened; %s: %s.", ring, change.ID, why)
}

func notNeeded(ad *rollout.Advertisement) string {
	build := ""
	if !ad.Before.IsZero() {
		build = fmt.Sprintf(" (build %s)", ad.Before)
	}
	if ad.Compliance == rollout.InstalledByOthers {
		return "Every update was on it before its window" + build + ": somebody else installed them."
	}
	return "No update of the release applies to it" + build + "."
}

func (m *maker) stillOpen(s *Server, ad *rollout.Advertisement) string {
	since := m.clock(ad.Since)
	switch {
	case ad.Delivery == rollout.Unknown:
		return fmt.Sprintf("Contact was lost at %s while %s; the server is being asked until %s.", since, ad.Was, m.clock(ad.Deadline))
	case s.CountedAs == AccountOpen:
		return sentence(fmt.Sprintf("Under way: %s since %s", ad.Delivery, since), words(s.Failure))
	default:
		return sentence(fmt.Sprintf("Not started yet: %s since %s", ad.Delivery, since), words(s.Failure))
	}
}

// person names who caused the last transition.
func person(c course) string {
	if c.by == "" {
		return "somebody"
	}
	return c.by
}

// words is a failure with its code, as it stands after a colon.
func words(f *Failure) string {
	switch {
	case f == nil:
		return ""
	case f.Code == "":
		return f.Words
	default:
		return strings.TrimRight(f.Words, ". ") + " (" + f.Code + ")"
	}
}

// sentence joins a beginning and what somebody wrote to one sentence.
func sentence(beginning, rest string) string {
	rest = strings.TrimRight(strings.TrimSpace(rest), ".")
	if rest == "" {
		return beginning + "."
	}
	return beginning + ": " + rest + "."
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
