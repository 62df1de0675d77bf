package approval

import (
	"fmt"
	"strings"
)

// Phase is where a release stands in the four-phase cycle.
type Phase string

const (
	Assess   Phase = "Assess"          // a notification is being looked at; no release exists before it is through
	Identify Phase = "Identify"        // relevance is being decided
	Evaluate Phase = "Evaluate & Plan" // a change request is on its way
	Deploy   Phase = "Deploy"          // Prod gets it; ends with the review
	Closed   Phase = "Closed"          // back to Assess: whatever comes next is another release
)

// Evidence is what is known of a release when somebody wants to leave a phase.
type Evidence struct {
	Notification string   // what told of its updates; "" is nothing
	Affects      bool     // a server needs one of them, or a person named it
	Undecided    []string // updates without a decision on their relevance, or with the decision that they are not relevant
	Unverified   []string // updates that ship as packages and have no source file with a verified signature
	Requested    bool     // a change request is submitted
	Settled      bool     // priority and category were reviewed by the team
	Approved     bool     // by whom its priority demands
	Planned      bool     // a plan is frozen: the release is built
	Acceptance   string   // why acceptance testing has not passed; "" has
	Open         []string // rollouts that are not through
	Reviewed     bool
}

// Gate is one demand that must be met to leave a phase.
type Gate struct {
	Leave  Phase
	Demand string
	lacks  func(Evidence) string
}

// Gates are all demands of the cycle, in its order. A phase is left when none of its gates lacks anything.
var Gates = []Gate{
	{Assess, "a notification tells of an update that affects the environment", func(e Evidence) string {
		return unless(e.Notification != "" && e.Affects, "nothing tells of an update that affects the environment")
	}},
	{Identify, "relevance is decided", func(e Evidence) string {
		return unless(len(e.Undecided) == 0, "decided to be relevant are not "+strings.Join(e.Undecided, ", "))
	}},
	{Identify, "source files are obtained and their signature is verified", func(e Evidence) string {
		return unless(len(e.Unverified) == 0, "no source file with a verified signature is kept for "+strings.Join(e.Unverified, ", "))
	}},
	{Identify, "a change request is submitted", func(e Evidence) string { return unless(e.Requested, "no change request is submitted") }},
	{Evaluate, "priority and category are settled", func(e Evidence) string { return unless(e.Settled, "the team has not settled priority and category") }},
	{Evaluate, "the change request is approved", func(e Evidence) string { return unless(e.Approved, "the change request is not approved") }},
	{Evaluate, "the release is built", func(e Evidence) string { return unless(e.Planned, "no plan is frozen") }},
	{Evaluate, "acceptance testing is passed", func(e Evidence) string { return e.Acceptance }},
	{Deploy, "the rollout is finished, or closed with reasons", func(e Evidence) string {
		return unless(len(e.Open) == 0, strings.Join(e.Open, ", ")+" is not through: let it end, or close it with a reason")
	}},
	{Deploy, "the post-implementation review is done", func(e Evidence) string { return unless(e.Reviewed, "the post-implementation review is not done") }},
}

func unless(met bool, lack string) string {
	if met {
		return ""
	}
	return lack
}

// Lacking lists what is missing to leave a phase.
func Lacking(leave Phase, e Evidence) []string {
	var list []string
	for _, g := range Gates {
		if g.Leave == leave {
			if lack := g.lacks(e); lack != "" {
				list = append(list, lack)
			}
		}
	}
	return list
}

// Leave refuses to leave a phase through a gate that is closed.
func Leave(release string, phase Phase, e Evidence) error {
	if lacks := Lacking(phase, e); len(lacks) > 0 {
		return Clash("%s cannot leave %s: %s", release, phase, strings.Join(lacks, "; "))
	}
	return nil
}

// String gives a gate as one line of documentation.
func (g Gate) String() string { return fmt.Sprintf("%s is left when %s", g.Leave, g.Demand) }
