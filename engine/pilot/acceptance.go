package pilot

import (
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
)

// Result is what an application's owner found after Dev was patched.
type Result string

const (
	Pending    Result = "pending"
	Passed     Result = "passed"
	FailedTest Result = "failed"
	NoResponse Result = "no response" // counts as no issues
	NotTried   Result = "not tried"   // of a minimum test: why stands beside it, and nothing is claimed
	Workaround Result = "workaround"  // failed, and the lead recorded how to live with it
)

// Acceptance is the state of acceptance of one change request, per application.
type Acceptance struct {
	Deadline time.Time         `json:"deadline,omitzero"` // after it, silence means no issues
	Closed   bool              `json:"closed,omitempty"`
	Results  map[string]Answer `json:"results,omitempty"` // by application
	// Plans are the revisions of the applications' test plans when testing began; what is missing had none.
	Plans map[string]int `json:"plans,omitempty"`
}

// Answer is one application's result, with who gave it.
type Answer struct {
	Result Result    `json:"result"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Note   string    `json:"note,omitempty"`
	Update string    `json:"update,omitempty"` // the update that it is about, where one is to blame
}

// Open starts acceptance for the applications that run on the servers patched so far.
func Open(applications []string, deadline time.Time) Acceptance {
	a := Acceptance{Deadline: deadline, Results: map[string]Answer{}}
	for _, name := range applications {
		a.Results[name] = Answer{Result: Pending}
	}
	return a
}

// Tests tells whether testing of an application is under way.
func (a Acceptance) Tests(application string) bool {
	_, asked := a.Results[application]
	return asked && !a.Closed
}

// Record adds one application's result. After the deadline results are refused: silence has counted by then, and what is
// wrong later is an incident or an exclusion. A workaround for a failed test may still be recorded.
func (a Acceptance) Record(application string, answer Answer) (Acceptance, error) {
	if _, ok := a.Results[application]; !ok {
		return a, approval.Clash("no acceptance is open for application %q: %s", application, a.words())
	}
	if a.Closed && !(answer.Result == Workaround && a.Results[application].Result == FailedTest) {
		return a, approval.Clash("acceptance closed at %s: exclude the servers of %q or drop the update instead",
			a.Deadline.Format("2 Jan 15:04"), application)
	}
	a.Results = maps.Clone(a.Results)
	a.Results[application] = answer
	return a, nil
}

func (a Acceptance) words() string {
	if len(a.Results) == 0 {
		return "it opens when Dev is through"
	}
	return "it is open for " + strings.Join(slices.Sorted(maps.Keys(a.Results)), ", ")
}

// Close ends acceptance at its deadline: who has not answered has no issues.
func (a Acceptance) Close() Acceptance {
	a.Results = maps.Clone(a.Results)
	for name, answer := range a.Results {
		if answer.Result == Pending {
			a.Results[name] = Answer{Result: NoResponse, Note: "no response by the deadline counts as no issues"}
		}
	}
	a.Closed = true
	return a
}

// Blocks lists the applications whose failure nobody has answered: Prod waits until the update is dropped, the servers
// are excluded, or a workaround is recorded.
func (a Acceptance) Blocks() []string { return a.With(FailedTest) }

// With lists the applications that have a result.
func (a Acceptance) With(result Result) []string {
	var names []string
	for name, answer := range a.Results {
		if answer.Result == result {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
