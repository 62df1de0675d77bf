package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// ArrangeContinuity says how an application's work goes on while its servers are away; without an arrangement it takes the last one back. An
// application on servers of high value is critical: plans name those that have none.
type ArrangeContinuity struct{ Application, Arrangement, Reason string }

func (ArrangeContinuity) Action() string { return "application.continuity" }

type continuityArranged struct{ inventory.Continuity }

func init() {
	forOwn(offer((*Engine).arrangeContinuity, approval.Support, approval.Lead), approval.Support, ownApplications,
		func(e *Engine, actor approval.Actor, c ArrangeContinuity) []string {
			return e.foreignApplication(actor, c.Application)
		})
	register("application.continuity",
		func(e continuityArranged) string { return e.Application },
		func(e continuityArranged) string {
			if e.Arrangement == "" {
				return "its continuity arrangement was taken back"
			}
			return "while its servers are away: " + e.Arrangement
		},
		func(s *state, e continuityArranged, _ time.Time) error { s.putContinuity(e.Continuity); return nil })
	keep("continuity", (*state).putContinuity, func(s *state, id string) any { return s.continuity[id] })
	nouns = append(nouns, noun{show: func(e *Engine, v *View, _ time.Time) {
		v.Continuity = sortedValues(e.state.continuity, func(c inventory.Continuity) string { return c.Application })
	}})
}

func (s *state) putContinuity(c inventory.Continuity) {
	s.continuity[c.Application] = c
	s.mark("continuity", c.Application)
}

func (e *Engine) arrangeContinuity(actor approval.Actor, c ArrangeContinuity, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	name, err := e.application(c.Application)
	if err != nil {
		return "", err
	}
	next := inventory.Continuity{Application: name, Arrangement: strings.TrimSpace(c.Arrangement), Signed: signed(actor, c.Reason, now)}
	if err := next.Check(); err != nil {
		return "", err
	}
	was := e.state.continuity[name]
	if was.Arrangement == next.Arrangement {
		if was.By == "" {
			return "", approval.Clash("%s has no continuity arrangement: there is nothing to take back", name)
		}
		return "", approval.Clash("nothing changes: %s said so already on %s (%s)", was.By, was.At.In(e.options.Zone).Format("2 Jan 2006"), was.Reason)
	}
	e.must(continuityArranged{next}, actor, c.Reason, now)
	words := name + ": " + next.Arrangement
	if next.Arrangement == "" {
		words = name + " has no continuity arrangement any more"
	}
	if was.Arrangement != "" {
		words += fmt.Sprintf("; before, %s had: %s", was.By, was.Arrangement)
	}
	return words, nil
}

// application gives the name of an application as the inventory writes it.
func (e *Engine) application(name string) (string, error) {
	for _, id := range slices.Sorted(maps.Keys(e.state.servers)) {
		for _, application := range e.state.servers[id].Applications {
			if strings.EqualFold(application, strings.TrimSpace(name)) {
				return application, nil
			}
		}
	}
	return "", fmt.Errorf("no server of the inventory runs the application %.80q: see patchdeck application list", name)
}

// withoutContinuity names, for the plan, the critical applications on its servers that have no continuity arrangement.
func (e *Engine) withoutContinuity(plan rollout.Plan) []rollout.Finding {
	open := map[string]bool{}
	for _, a := range plan.Assignments {
		s := e.state.servers[a.Server]
		if s == nil {
			continue
		}
		for _, name := range s.Applications {
			if s.Critical(name) && e.state.continuity[name].Arrangement == "" {
				open[name] = true
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []rollout.Finding{{Words: fmt.Sprintf("%s of high value without a continuity arrangement: %s; their support names one with application continuity",
		count(len(open), "application"), some(slices.Sorted(maps.Keys(open))))}}
}
