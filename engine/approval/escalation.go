package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Measure is one of the last rungs of the ladder: what is done about a server that is vulnerable past its deadline.
type Measure string

const (
	DisableAccount Measure = "disable-account"
	IsolateServer  Measure = "isolate-server"
)

// Measures lists them in the order of the ladder, each with what the service desk is asked to do and what is the case once that is done.
var Measures = []struct {
	Measure    Measure
	Todo, Done string
}{
	{DisableAccount, "disable the server's primary account", "its primary account is disabled"},
	{IsolateServer, "isolate the server from the network", "it is isolated from the network"},
}

// ParseMeasure reads a measure without regard to case.
func ParseMeasure(word string) (Measure, error) {
	var known []string
	for _, m := range Measures {
		if strings.EqualFold(word, string(m.Measure)) {
			return m.Measure, nil
		}
		known = append(known, string(m.Measure))
	}
	return "", fmt.Errorf("the measure %.40q is not known: use %s", word, strings.Join(known, " or "))
}

// Words say what the service desk is asked to do, and what is the case once that is done.
func (m Measure) Words() (todo, done string) {
	for _, line := range Measures {
		if line.Measure == m {
			return line.Todo, line.Done
		}
	}
	return string(m), string(m)
}

// EscalationState is where an escalation stands.
type EscalationState string

const (
	EscalationAsked    EscalationState = "asked"    // waits for the executive approval
	EscalationApproved EscalationState = "approved" // the service desk is told to do it
	EscalationDone     EscalationState = "done"
	EscalationLifted   EscalationState = "lifted" // taken back, or undone
)

// Escalation is one measure against one server that is behind a release past its deadline. It is the record of what people asked for, approved and
// did: nothing in this program touches an account or a network.
type Escalation struct {
	ID        string          `json:"id"` // "ESC-3"
	Server    string          `json:"server"`
	Release   string          `json:"release"`
	Change    string          `json:"change"`
	Deadline  time.Time       `json:"deadline"` // that had passed
	Behind    string          `json:"behind"`   // why the server is without the release, as it was asked
	Measure   Measure         `json:"measure"`
	State     EscalationState `json:"state"`
	Asked     Signature       `json:"asked"`
	Approved  *Signature      `json:"approved,omitempty"`
	Executive string          `json:"executive,omitempty"` // whose approval was recorded
	Done      *Signature      `json:"done,omitempty"`
	Lifted    *Signature      `json:"lifted,omitempty"`
	Mended    time.Time       `json:"mended,omitzero"` // when the server was seen not to be behind any more
}

// EscalationStep is one step of an escalation with the states in which it is taken.
type EscalationStep struct {
	Step   string
	From   []EscalationState
	To     EscalationState
	Others bool // who asked may not take it
}

// EscalationSteps is the whole machine; nothing leads out of lifted.
var EscalationSteps = []EscalationStep{
	{"approve", []EscalationState{EscalationAsked}, EscalationApproved, true},
	{"done", []EscalationState{EscalationApproved}, EscalationDone, false},
	{"lift", []EscalationState{EscalationAsked, EscalationApproved, EscalationDone}, EscalationLifted, false},
}

// String is the step as the documentation has it.
func (s EscalationStep) String() string {
	return fmt.Sprintf("%-8s %-9s from %s", s.Step, s.To, inWords(s.From))
}

func inWords(states []EscalationState) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// Open tells that an escalation was not lifted.
func (x Escalation) Open() bool { return x.State != EscalationLifted }

// Newest is the signature by which it came to stand where it stands.
func (x Escalation) Newest() Signature {
	for _, s := range []*Signature{x.Lifted, x.Done, x.Approved} {
		if s != nil {
			return *s
		}
	}
	return x.Asked
}

// Take decides one step: the escalation after it, or why it is refused. Who comes second is told who came first.
func (x Escalation) Take(step, executive string, s Signature) (Escalation, error) {
	i := slices.IndexFunc(EscalationSteps, func(line EscalationStep) bool { return line.Step == step })
	if i < 0 {
		return x, fmt.Errorf("the step %.40q of an escalation is not known", step)
	}
	line := EscalationSteps[i]
	if !slices.Contains(line.From, x.State) {
		last := x.Newest()
		return x, Clash("%s was %s by %s (%s): %s is for one that is %s", x.ID, x.State, last.By, last.Reason, step, inWords(line.From))
	}
	if line.Others && s.By == x.Asked.By {
		return x, Refuse("%s asked for %s and cannot %s it: another person must", s.By, x.ID, step)
	}
	switch line.To {
	case EscalationApproved:
		if !x.Mended.IsZero() {
			return x, Clash("%s: the server is not behind %s any more: lift it", x.ID, x.Release)
		}
		name, err := ExecutiveName(executive)
		if err != nil {
			return x, err
		}
		x.Approved, x.Executive = &s, name
	case EscalationDone:
		x.Done = &s
	case EscalationLifted:
		x.Lifted = &s
	}
	x.State = line.To
	return x, nil
}

// mostName bounds the name of an executive, in characters.
const mostName = 100

// ExecutiveName checks the name of the executive whose approval is recorded.
func ExecutiveName(words string) (string, error) {
	name := strings.TrimSpace(words)
	switch {
	case name == "":
		return "", fmt.Errorf("an executive's approval is needed: name the executive who gave it")
	case utf8.RuneCountInString(name) > mostName, strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return "", fmt.Errorf("the executive's name must be one line of at most %d characters", mostName)
	}
	return name, nil
}
