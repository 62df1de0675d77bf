package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
)

type (
	// OpenIncident records that something is wrong. The server and the ids are what it belongs to; all may be empty.
	OpenIncident struct {
		Title, Class string
		Server       inventory.ServerID
		Links        []string
		Reason       string
	}
	// LinkIncident adds what an incident belongs to: a server, rollout, change request, release or another incident.
	LinkIncident struct{ Incident, To, Reason string }
	// AssignIncident gives an incident to somebody.
	AssignIncident struct{ Incident, Owner string }
	// ResolveIncident ends an incident with what was done.
	ResolveIncident struct{ Incident, Resolution string }
	// ReopenIncident takes a resolution back.
	ReopenIncident struct{ Incident, Reason string }
)

func (OpenIncident) Action() string    { return "incident.open" }
func (LinkIncident) Action() string    { return "incident.link" }
func (AssignIncident) Action() string  { return "incident.assign" }
func (ResolveIncident) Action() string { return "incident.resolve" }
func (ReopenIncident) Action() string  { return "incident.reopen" }

// incidentChanged is one step of an incident, with what it is afterwards.
type incidentChanged struct {
	Step     string          `json:"step"`
	Incident notice.Incident `json:"incident"`
}

func init() {
	offer((*Engine).openIncident, approval.Lead, approval.Administrator, approval.OnCall, approval.Support)
	offer((*Engine).linkIncident, approval.Lead, approval.Administrator, approval.OnCall, approval.Support)
	offer((*Engine).assignIncident, approval.Lead, approval.Administrator, approval.OnCall)
	offer((*Engine).resolveIncident, approval.Lead, approval.Administrator, approval.OnCall)
	offer((*Engine).reopenIncident, approval.Lead, approval.Administrator, approval.OnCall, approval.Support)
	changed := register("incident.changed",
		func(e incidentChanged) string { return e.Incident.ID },
		func(e incidentChanged) string { return incidentWords(e) },
		func(s *state, e incidentChanged, _ time.Time) error { s.putIncident(e.Incident); return nil })
	changed.change = func(e any) (string, string) {
		c := e.(incidentChanged)
		switch c.Step {
		case "open":
			return "", string(c.Incident.State)
		case "resolve":
			return string(notice.Open), string(c.Incident.State)
		case "reopen":
			return string(notice.Resolved), string(c.Incident.State)
		}
		return "", ""
	}
	keep("incident", (*state).putIncident, func(s *state, id string) any { return s.incidents.byID[id] })
	nouns = append(nouns, noun{follow: (*Engine).followIncidents, show: (*Engine).showIncidents, needs: (*Engine).incidentNeeds})
}

// incidentWords tells a step in one line.
func incidentWords(e incidentChanged) string {
	switch i := e.Incident; e.Step {
	case "assign":
		return "taken by " + i.Owner
	case "link":
		return "linked to " + i.Links[len(i.Links)-1]
	case "resolve":
		return i.Resolution.Words
	case "recur":
		return fmt.Sprintf("seen for the %d. time: %s", i.Times, i.Title)
	default:
		return i.Title
	}
}

// incidents is the state of the noun, with the indexes that dedup and the views need.
type incidents struct {
	byID    map[string]*notice.Incident
	byCause map[notice.Cause]string // those that the engine opened
	newest  map[incidentPlace]string
	open    map[string]bool
	openOn  map[inventory.ServerID]map[string]bool // the open ones by server
	changes int                                    // grows with each change
}

type incidentPlace struct {
	server  inventory.ServerID
	release string
}

func newIncidents() incidents {
	return incidents{byID: map[string]*notice.Incident{}, byCause: map[notice.Cause]string{}, newest: map[incidentPlace]string{}, open: map[string]bool{},
		openOn: map[inventory.ServerID]map[string]bool{}}
}

func (s *state) putIncident(i notice.Incident) {
	all := &s.incidents
	all.byID[i.ID] = &i
	if i.ByEngine() {
		all.byCause[i.Cause()] = i.ID
	}
	if place := (incidentPlace{i.Server, i.Release}); i.Server != "" && byNumber(all.newest[place], i.ID) < 0 {
		all.newest[place] = i.ID
	}
	delete(all.open, i.ID)
	delete(all.openOn[i.Server], i.ID)
	if i.State == notice.Open {
		if all.openOn[i.Server] == nil {
			all.openOn[i.Server] = map[string]bool{}
		}
		all.open[i.ID], all.openOn[i.Server][i.ID] = true, true
	}
	all.changes++
	s.index.changes.shown = append(s.index.changes.shown, i.Server)
	s.mark("incident", i.ID)
}

func (s *state) nextIncident() string { return fmt.Sprintf("INC-%d", len(s.incidents.byID)+1) }

// openIncidents lists the open incidents in the order in which they were opened.
func (s *state) openIncidents() []notice.Incident {
	var list []notice.Incident
	for _, id := range slices.SortedFunc(maps.Keys(s.incidents.open), byNumber) {
		list = append(list, *s.incidents.byID[id])
	}
	return list
}

// incidentOf is the newest incident of an advertisement's server in its release, or of the server alone.
func (e *Engine) incidentOf(ad *rollout.Advertisement) string {
	newest := e.state.incidents.newest
	if id := newest[incidentPlace{ad.Server, e.state.rollouts[ad.Rollout].Release}]; id != "" {
		return id
	}
	return newest[incidentPlace{ad.Server, ""}]
}

// followIncidents opens an incident for a server that failed, was not reached or cannot be read, and ends one when the server is seen well.
func (e *Engine) followIncidents(event any, _ approval.Actor, now time.Time) {
	switch m := event.(type) {
	case rollout.Moved:
		r := e.state.rollouts[m.Rollout]
		if class, code, title, ok := notice.Find(m); ok {
			e.see(notice.Sighting{Cause: notice.Cause{Server: m.Server, Class: class, Release: r.Release}, Code: code, Title: title,
				Links: []string{r.ID, r.Change}}, now)
		}
		if m.To == rollout.Succeeded && m.From != m.To {
			e.seenWell(m.Server, func(i notice.Incident) bool { return i.Release == r.Release || i.Release == "" },
				fmt.Sprintf("the update was verified on the server in %s", r.ID), now)
		}
	case findingsSettled:
		e.followFindings(m, now)
	case serverTrouble:
		e.see(notice.Sighting{Cause: notice.Cause{Server: m.Server, Class: string(m.Kind)}, Title: m.Words, Links: []string{fmt.Sprintf("sweep-%d", m.Sweep)}}, now)
	case factsRead:
		e.seenWell(m.Server, func(i notice.Incident) bool { return i.Release == "" && i.Class == notice.ClassFacts }, "the server was read", now)
	case serverScanned:
		e.seenWell(m.Server, func(i notice.Incident) bool {
			return i.Release == "" && !inventory.FindingKind(i.Class).NeedsIncident()
		}, "the server's update agent was asked and answered", now)
	}
}

// followFindings opens an incident for a finding that needs one, and ends it with the last such finding about its server.
func (e *Engine) followFindings(m findingsSettled, now time.Time) {
	for _, f := range m.Opened {
		if f.Kind.NeedsIncident() {
			e.see(notice.Sighting{Cause: notice.Cause{Server: f.Server, Class: string(f.Kind)}, Title: f.Words, Links: []string{f.ID}}, now)
		}
	}
	for _, id := range m.Closed {
		f := e.state.findings.byID[id]
		again := func(o inventory.Finding) bool { return o.Kind == f.Kind }
		if f.Kind.NeedsIncident() && !slices.ContainsFunc(e.state.openFindings(f.Server), again) {
			e.seenWell(f.Server, func(i notice.Incident) bool { return i.Class == string(f.Kind) }, "finding "+f.ID+" is closed: "+f.ClosedBy, now)
		}
	}
}

// see opens the incident of a cause, or counts it again.
func (e *Engine) see(s notice.Sighting, now time.Time) {
	was := e.state.incidents.byID[e.state.incidents.byCause[s.Cause]]
	after, step := notice.See(was, e.state.nextIncident(), s, now)
	e.must(incidentChanged{step, after}, engineActor, "", now)
}

// seenWell ends the open incidents of a server that the engine opened and that the evidence speaks to.
func (e *Engine) seenWell(server inventory.ServerID, about func(notice.Incident) bool, evidence string, now time.Time) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.incidents.openOn[server]), byNumber) {
		i := *e.state.incidents.byID[id]
		if !i.ByEngine() || !about(i) {
			continue
		}
		if after, err := i.Resolve(notice.Resolution{By: engineActor.Name, At: now, Words: evidence, Evidence: true}); err == nil {
			e.must(incidentChanged{"resolve", after}, engineActor, "", now)
		}
	}
}

func (e *Engine) openIncident(actor approval.Actor, c OpenIncident, now time.Time) (string, error) {
	if c.Server != "" && e.state.servers[c.Server] == nil {
		return "", fmt.Errorf("server %s is not in the inventory", c.Server)
	}
	release := ""
	for _, to := range c.Links {
		of, err := e.linkable(to)
		if err != nil {
			return "", err
		}
		if of != "" {
			release = of
		}
	}
	i, err := notice.MakeIncident(e.state.nextIncident(), c.Title, c.Class, actor.Name, c.Server, c.Links, now)
	if err != nil {
		return "", err
	}
	i.Release = release
	e.must(incidentChanged{"open", i}, actor, c.Reason, now)
	return fmt.Sprintf("%s opened: %s", i.ID, i.Title), nil
}

// linkable checks that there is something with an id, and gives the release that it belongs to.
func (e *Engine) linkable(id string) (release string, err error) {
	if r := e.state.rollouts[id]; r != nil {
		return r.Release, nil
	}
	if c, ok := e.state.changes[id]; ok {
		return c.Release, nil
	}
	if r, ok := e.state.releases[id]; ok {
		return r.ID, nil
	}
	if e.state.incidents.byID[id] != nil || e.state.servers[inventory.ServerID(id)] != nil {
		return "", nil
	}
	return "", fmt.Errorf("there is no server, rollout, change request, release or incident %.60q to link to", id)
}

// changeIncident finds an incident, takes one step of it and records that.
func (e *Engine) changeIncident(actor approval.Actor, id, step, reason string, now time.Time, change func(notice.Incident) (notice.Incident, error)) error {
	was := e.state.incidents.byID[id]
	if was == nil {
		return fmt.Errorf("incident %.40q is not known: see patchdeck incident list", id)
	}
	after, err := change(*was)
	if err != nil {
		return err
	}
	e.must(incidentChanged{step, after}, actor, reason, now)
	return nil
}

func (e *Engine) linkIncident(actor approval.Actor, c LinkIncident, now time.Time) (string, error) {
	if _, err := e.linkable(c.To); err != nil {
		return "", err
	}
	err := e.changeIncident(actor, c.Incident, "link", c.Reason, now, func(i notice.Incident) (notice.Incident, error) { return i.Link(c.To) })
	return fmt.Sprintf("%s is linked to %s", c.Incident, c.To), err
}

func (e *Engine) assignIncident(actor approval.Actor, c AssignIncident, now time.Time) (string, error) {
	owner, err := e.person(c.Owner)
	if err != nil {
		return "", err
	}
	err = e.changeIncident(actor, c.Incident, "assign", "", now, func(i notice.Incident) (notice.Incident, error) { return i.Assign(owner) })
	return fmt.Sprintf("%s has %s", owner, c.Incident), err
}

func (e *Engine) resolveIncident(actor approval.Actor, c ResolveIncident, now time.Time) (string, error) {
	err := e.changeIncident(actor, c.Incident, "resolve", c.Resolution, now, func(i notice.Incident) (notice.Incident, error) {
		return i.Resolve(notice.Resolution{By: actor.Name, At: now, Words: c.Resolution})
	})
	return c.Incident + " is resolved", err
}

func (e *Engine) reopenIncident(actor approval.Actor, c ReopenIncident, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	err := e.changeIncident(actor, c.Incident, "reopen", c.Reason, now, func(i notice.Incident) (notice.Incident, error) { return i.Reopen(now) })
	return c.Incident + " is open again", err
}

func (e *Engine) showIncidents(v *View, _ time.Time) {
	all := &e.state.incidents
	if p := &e.post; p.incidents == nil || p.incidentsAt != all.changes {
		p.incidents, p.incidentsAt = make([]notice.Incident, 0, len(all.byID)), all.changes
		for _, id := range slices.SortedFunc(maps.Keys(all.byID), byNumber) {
			p.incidents = append(p.incidents, *all.byID[id])
		}
		slices.Reverse(p.incidents)
	}
	v.Incidents = e.post.incidents
}

// unowned is how long an open incident may wait for somebody to take it, in the engine's time.
const unowned = time.Hour

// incidentNeeds names the open incidents that nobody takes, in one line.
func (e *Engine) incidentNeeds(_ *View, now time.Time, add addNeed) {
	var ids []string
	for _, i := range e.state.openIncidents() {
		if i.Owner == "" && now.Sub(i.Raised) >= unowned {
			ids = append(ids, i.ID)
		}
	}
	if n := len(ids); n > 0 {
		add(false, ids[0], "%s without an owner, the oldest is %s: take them with patchdeck incident assign", count(n, "open incident"), ids[0])
	}
}
