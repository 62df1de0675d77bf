package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
)

type (
	// AskEscalation asks for one of the ladder's last two measures against servers that are behind a release past its deadline. Nothing in patchdeck
	// disables an account or isolates a server: people do, and say so.
	AskEscalation struct {
		Release string
		Measure approval.Measure
		Servers []inventory.ServerID
		Reason  string
	}
	// ApproveEscalation records an executive's approval; the service desk is told once.
	ApproveEscalation struct {
		IDs       []string
		Executive string
		Reason    string
	}
	// FinishEscalation records that the measure was taken.
	FinishEscalation struct {
		IDs    []string
		Reason string
	}
	// LiftEscalation takes back what was asked for or approved, or records that a measure was undone.
	LiftEscalation struct {
		IDs    []string
		Reason string
	}

	escalationPut struct {
		Was approval.EscalationState `json:"was,omitempty"`
		approval.Escalation
	}
)

func (AskEscalation) Action() string     { return "escalation.ask" }
func (ApproveEscalation) Action() string { return "escalation.approve" }
func (FinishEscalation) Action() string  { return "escalation.done" }
func (LiftEscalation) Action() string    { return "escalation.lift" }

func init() {
	offer((*Engine).askEscalation, approval.Lead, approval.Security)
	offer((*Engine).approveEscalation, approval.Authority, approval.Board)
	offer((*Engine).finishEscalation, approval.Lead, approval.Administrator, approval.Security)
	offer((*Engine).liftEscalation, approval.Lead, approval.Authority, approval.Board)
	put := func(s *state, x approval.Escalation) { s.escalations[x.ID] = x; s.mark("escalation", x.ID) }
	keep("escalation", put, func(s *state, id string) any { return s.escalations[id] })
	changed := register("escalation.changed",
		func(e escalationPut) string { return e.Server },
		func(e escalationPut) string {
			switch {
			case e.Was == e.State && e.Mended.IsZero():
				return fmt.Sprintf("%s: its server is behind %s again", e.ID, e.Release)
			case e.Was == e.State:
				return fmt.Sprintf("%s: its server is not behind %s any more", e.ID, e.Release)
			case e.State == approval.EscalationApproved:
				return fmt.Sprintf("%s: %s approved by %s", e.ID, e.Measure, e.Executive)
			}
			return fmt.Sprintf("%s: %s %s", e.ID, e.Measure, e.State)
		},
		func(s *state, e escalationPut, _ time.Time) error { put(s, e.Escalation); return nil })
	changed.change = func(event any) (string, string) {
		e := event.(escalationPut)
		return string(e.Was), string(e.State)
	}
	nouns = append(nouns, noun{look: (*Engine).lookAtEscalations, needs: (*Engine).escalationNeeds, show: func(e *Engine, v *View, _ time.Time) {
		v.Escalations = slices.SortedFunc(maps.Values(e.state.escalations), func(a, b approval.Escalation) int { return byNumber(a.ID, b.ID) })
	}})
}

// mostEscalated is how many servers one command asks for, approves, finishes or lifts.
const mostEscalated = 100

func (e *Engine) askEscalation(actor approval.Actor, c AskEscalation, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	measure, err := approval.ParseMeasure(string(c.Measure))
	if err != nil {
		return "", err
	}
	servers := slices.Compact(slices.Sorted(slices.Values(c.Servers)))
	if len(servers) == 0 || len(servers) > mostEscalated {
		return "", fmt.Errorf("name from 1 to %d servers; %d are named", mostEscalated, len(servers))
	}
	release, change, err := e.pastDeadline(c.Release, now)
	if err != nil {
		return "", err
	}
	behind := e.behind(release, now)
	var list []approval.Escalation
	for _, id := range servers {
		if e.state.servers[id] == nil {
			return "", fmt.Errorf("server %s is not in the inventory", id)
		}
		why, is := behind[id]
		if !is {
			return "", approval.Clash("%s is not behind %s, or has a window to come; %s", e.nameOf(id), release.ID, e.whoIsBehind(behind))
		}
		for _, x := range e.state.escalations {
			if x.Open() && x.Server == string(id) && x.Measure == measure {
				return "", approval.Clash("%s for %s was asked for by %s already: %s is %s", measure, e.nameOf(id), x.Asked.By, x.ID, x.State)
			}
		}
		list = append(list, approval.Escalation{ID: fmt.Sprintf("ESC-%d", len(e.state.escalations)+len(list)+1), Server: string(id), Release: release.ID, Change: change.ID,
			Deadline: change.Deadline, Behind: why, Measure: measure, State: approval.EscalationAsked, Asked: e.signature(actor, c, c.Reason, now)})
	}
	ids := make([]string, len(list))
	for i, x := range list {
		e.must(escalationPut{Escalation: x}, actor, c.Reason, now)
		ids[i] = x.ID
	}
	return fmt.Sprintf("%s asked for: %s. Another person records the executive's approval: patchdeck escalation approve %s --executive NAME --reason \"...\"",
		measure, some(ids), ids[0]), nil
}

// pastDeadline gives a release and its newest change request, if the deadline of that has passed.
func (e *Engine) pastDeadline(id string, now time.Time) (approval.Release, approval.Change, error) {
	release, ok := e.state.releases[id]
	switch {
	case !ok:
		return release, approval.Change{}, unknownRelease(e, id)
	case release.Undoes != "":
		return release, approval.Change{}, fmt.Errorf("%s takes updates away: nobody is behind it", id)
	case release.CatchesUp != "": // who is still behind is behind the release itself
		release = e.state.releases[release.CatchesUp]
	}
	change := e.matters()[release.ID].Change
	switch {
	case change == nil:
		return release, approval.Change{}, approval.Clash("%s has no change request, so it has no deadline", release.ID)
	case now.Before(change.Deadline):
		return release, *change, approval.Clash("%s is due %s (%s): a measure may be asked for once that has passed", release.ID, e.clock(change.Deadline), change.ID)
	}
	return release, *change, nil
}

// whoIsBehind names the servers that a measure may be asked for.
func (e *Engine) whoIsBehind(behind map[inventory.ServerID]string) string {
	if len(behind) == 0 {
		return "no server is"
	}
	var names []string
	for id := range behind {
		names = append(names, e.nameOf(id))
	}
	slices.Sort(names)
	return "behind it: " + some(names)
}

// signature is an actor's decision, in the role by which they may take it.
func (e *Engine) signature(actor approval.Actor, c Command, reason string, now time.Time) approval.Signature {
	s := approval.Signature{By: actor.Name, At: now, Reason: reason}
	for _, role := range RolesFor(c.Action()) {
		if actor.Has(role) {
			s.Role = role
			break
		}
	}
	return s
}

// step takes one step of several escalations, all or none.
func (e *Engine) step(actor approval.Actor, c Command, step, executive, reason string, ids []string, now time.Time) ([]approval.Escalation, error) {
	if err := demandReason(reason); err != nil {
		return nil, err
	}
	ids = slices.Compact(slices.SortedFunc(slices.Values(ids), byNumber))
	if len(ids) == 0 || len(ids) > mostEscalated {
		return nil, fmt.Errorf("name from 1 to %d escalations; %d are named", mostEscalated, len(ids))
	}
	after := make([]approval.Escalation, len(ids))
	for i, id := range ids {
		x, ok := e.state.escalations[id]
		if !ok {
			return nil, fmt.Errorf("escalation %.40q is not known: %s", id, known(slices.SortedFunc(maps.Keys(e.state.escalations), byNumber)))
		}
		var err error
		if after[i], err = x.Take(step, executive, e.signature(actor, c, reason, now)); err != nil {
			return nil, err
		}
	}
	for _, x := range after {
		e.must(escalationPut{e.state.escalations[x.ID].State, x}, actor, reason, now)
	}
	return after, nil
}

func (e *Engine) approveEscalation(actor approval.Actor, c ApproveEscalation, now time.Time) (string, error) {
	e.markMended(now) // nobody approves against a server that was patched meanwhile
	list, err := e.step(actor, c, "approve", c.Executive, c.Reason, c.IDs, now)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s approved by %s; %s. patchdeck changes no account and no network: who did it says so with patchdeck escalation done %s --reason \"...\"",
		some(named(list)), list[0].Executive, e.tellServiceDesk(list, actor, now), list[0].ID), nil
}

func (e *Engine) finishEscalation(actor approval.Actor, c FinishEscalation, now time.Time) (string, error) {
	list, err := e.step(actor, c, "done", "", c.Reason, c.IDs, now)
	if err != nil {
		return "", err
	}
	return some(named(list)) + " recorded as done; patchdeck escalation lift when it is undone", nil
}

func (e *Engine) liftEscalation(actor approval.Actor, c LiftEscalation, now time.Time) (string, error) {
	list, err := e.step(actor, c, "lift", "", c.Reason, c.IDs, now)
	if err != nil {
		return "", err
	}
	words := some(named(list)) + " lifted"
	if slices.ContainsFunc(list, func(x approval.Escalation) bool { return x.Approved != nil }) {
		words += "; the service desk was told of the approval: say it there too, patchdeck undoes nothing by itself"
	}
	return words, nil
}

func named(list []approval.Escalation) []string {
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	return ids
}

// tellServiceDesk writes one notice for each release and measure of what was approved, and says what became of it. An escalation is approved once,
// so it is told once.
func (e *Engine) tellServiceDesk(list []approval.Escalation, actor approval.Actor, now time.Time) string {
	if e.options.Notices.Templates == nil {
		return "this patchdeck makes no notices: tell the service desk"
	}
	type matter struct {
		release string
		measure approval.Measure
	}
	of, addressees := map[matter][]approval.Escalation{}, 0
	var order []matter
	for _, x := range list {
		m := matter{x.Release, x.Measure}
		if of[m] == nil {
			order = append(order, m)
		}
		of[m] = append(of[m], x)
	}
	for _, m := range order {
		addressees += e.tellOfMeasure(of[m], actor, now)
	}
	if addressees == 0 {
		return "nobody is configured to get the notice, so tell the service desk"
	}
	return "the service desk is told"
}

func (e *Engine) tellOfMeasure(list []approval.Escalation, actor approval.Actor, now time.Time) (addressees int) {
	m, first := e.matters()[list[0].Release], list[0]
	n := notice.Notice{ID: fmt.Sprintf("N-%d", len(e.state.outbox.notices)+1), Kind: notice.Containment, Key: notice.Key(notice.Containment, first.ID), Release: first.Release,
		Change: first.Change, At: now, By: actor.Name}
	facts := e.noticeFacts(notice.Due{Kind: notice.Containment, Key: n.Key}, m, nil, now)
	facts.Failures, facts.Unlisted = nil, 0
	todo, _ := first.Measure.Words()
	facts.ToDo = notice.Text(todo)
	owners := map[string]bool{}
	for i, x := range list {
		id := inventory.ServerID(x.Server)
		if s := e.state.servers[id]; s != nil && s.Owner != "" {
			owners[s.Owner] = true
		}
		if i >= notice.MostListed {
			facts.Unlisted++
			continue
		}
		facts.Measures = append(facts.Measures, notice.MeasureFacts{ID: notice.Text(x.ID), Server: notice.Text(e.nameOf(id)), Behind: notice.Text(x.Behind), AskedBy: notice.Text(x.Asked.By),
			Reason: notice.Text(x.Asked.Reason), ApprovedBy: notice.Text(x.Approved.By), Executive: notice.Text(x.Executive)})
	}
	e.print(&n, facts, n.By, "")
	to := e.options.Notices.Book.For(n.Kind, slices.Sorted(maps.Keys(owners)))
	n.Copies = len(to)
	e.compose(n, to, actor, now)
	return len(to)
}

// lookAtEscalations sees every hour whether servers with an open escalation are still behind: looking walks over all servers.
func (e *Engine) lookAtEscalations(now time.Time) (next time.Time) {
	open := false
	for _, x := range e.state.escalations {
		open = open || x.Open()
	}
	if !open {
		return next
	}
	if next = e.escalationsSeen.Add(ladderRest); now.Before(next) && !now.Before(e.escalationsSeen) {
		return next
	}
	e.markMended(now)
	return now.Add(ladderRest)
}

// markMended records which open escalations are about servers that are not behind any more, or behind again.
func (e *Engine) markMended(now time.Time) {
	e.escalationsSeen = now
	behind := map[string]map[inventory.ServerID]string{}
	for _, id := range slices.SortedFunc(maps.Keys(e.state.escalations), byNumber) {
		x := e.state.escalations[id]
		if !x.Open() {
			continue
		}
		if behind[x.Release] == nil {
			behind[x.Release] = e.behind(e.state.releases[x.Release], now)
		}
		switch _, is := behind[x.Release][inventory.ServerID(x.Server)]; {
		case is && !x.Mended.IsZero():
			x.Mended = time.Time{}
		case !is && x.Mended.IsZero():
			x.Mended = now
		default:
			continue
		}
		e.must(escalationPut{x.State, x}, engineActor, "", now)
	}
}

// escalationNeeds names what waits for an approval, for its being done, and what may be lifted.
func (e *Engine) escalationNeeds(v *View, _ time.Time, add addNeed) {
	for _, x := range v.Escalations {
		todo, _ := x.Measure.Words()
		words := fmt.Sprintf("%s (%s)", e.nameOf(inventory.ServerID(x.Server)), todo)
		switch {
		case !x.Open():
		case !x.Mended.IsZero():
			add(x.State == approval.EscalationDone, x.ID, "%s: %s is not behind %s any more: patchdeck escalation lift %s --reason \"...\"", x.ID, words, x.Release, x.ID)
		case x.State == approval.EscalationAsked:
			add(true, x.ID, "%s: %s waits for an executive's approval, asked for by %s: patchdeck escalation approve %s --executive NAME --reason \"...\"", x.ID, words, x.Asked.By, x.ID)
		case x.State == approval.EscalationApproved:
			add(false, x.ID, "%s: %s was approved by %s: patchdeck escalation done %s --reason \"...\" when it is", x.ID, words, x.Executive, x.ID)
		}
	}
}
