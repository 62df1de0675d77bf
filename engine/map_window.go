package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// MapWindow maps servers to maintenance windows, each to the one that its owner chose. Plans that are frozen keep theirs. Server administrators
	// map their own servers.
	MapWindow struct {
		Choices []WindowChoice
		Reason  string
	}
	// WindowChoice is one server's window; empty is none, so that plans choose. Was is the window that the person saw: a server that has another one by
	// now is not mapped.
	WindowChoice struct {
		Server      inventory.ServerID
		Window, Was string
	}

	windowMapped struct {
		Server inventory.ServerID `json:"server"`
		Was    string             `json:"was,omitempty"`
		Window string             `json:"window,omitempty"`
		inventory.Signed
	}
)

func (MapWindow) Action() string { return "inventory.window" }

func init() {
	mapping := offer((*Engine).mapWindow, approval.Lead, approval.Administrator, approval.ServerAdmin)
	mapping.limit = entryWeight
	forOwn(mapping, approval.ServerAdmin, ownServers, func(e *Engine, actor approval.Actor, c MapWindow) []string {
		return e.foreignServers(actor, c.servers())
	})
	mapped := register("server.window",
		func(e windowMapped) string { return string(e.Server) },
		func(e windowMapped) string { return "mapped to " + windowWords(e.Window) },
		func(s *state, e windowMapped, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) { server.Window, server.WindowChosen = e.Window, &e.Signed })
		})
	mapped.change = func(e any) (string, string) { return e.(windowMapped).Was, e.(windowMapped).Window }
}

func windowWords(id string) string {
	if id == "" {
		return "no window: each plan chooses one"
	}
	return "window " + id
}

func (e *Engine) mapWindow(actor approval.Actor, c MapWindow, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if len(c.Choices) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	to := map[inventory.ServerID]string{}
	var same, left []string
	for _, choice := range c.Choices {
		s := e.state.servers[choice.Server]
		if s == nil {
			return "", approval.Clash("server %s is not in the inventory, or has left it", e.nameOf(choice.Server))
		}
		window, err := e.windowFor(s, choice.Window)
		if err != nil {
			return "", err
		}
		if other, twice := to[s.ID]; twice && other != window {
			return "", fmt.Errorf("%s is to have %s and %s: name one", s.Name, windowWords(other), windowWords(window))
		}
		if strings.EqualFold(s.Window, window) {
			same = append(same, s.Name+e.chosenWords(s))
			continue
		}
		if !strings.EqualFold(s.Window, choice.Was) {
			return "", approval.Clash("%s has %s by now%s, not %s: look again", s.Name, windowWords(s.Window), e.chosenWords(s), windowWords(choice.Was))
		}
		to[s.ID] = window
		left = append(left, s.Name+" had "+windowWords(s.Window)+e.chosenWords(s))
	}
	if len(to) == 0 {
		return "", approval.Clash("nothing changes: it is so already for %s", some(same))
	}
	for _, id := range slices.Sorted(maps.Keys(to)) {
		e.must(windowMapped{Server: id, Was: e.state.servers[id].Window, Window: to[id], Signed: signed(actor, c.Reason, now)}, actor, c.Reason, now)
	}
	words := []string{fmt.Sprintf("%s mapped to %s", count(len(to), "server"), e.windowsIn(to)), some(left)}
	if len(same) > 0 {
		words = append(words, "it was so already for "+some(same))
	}
	words = append(words, e.stillPlanned(to, now)...)
	words = append(words, e.sharedWindows(slices.Collect(maps.Keys(to)))...)
	return strings.Join(words, "; "), nil
}

func (c MapWindow) servers() (ids []inventory.ServerID) {
	for _, choice := range c.Choices {
		ids = append(ids, choice.Server)
	}
	return ids
}

// windowFor gives the id of a window as the schedule writes it, if a server of that environment may choose it.
func (e *Engine) windowFor(s *inventory.Server, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	ring := rollout.RingOf(s.Environment)
	var open []string
	for _, w := range e.options.Schedule {
		if w.Ring != ring || w.Kind != rollout.Standard {
			continue
		}
		if strings.EqualFold(w.ID, id) {
			return w.ID, nil
		}
		open = append(open, w.ID)
	}
	if len(open) == 0 {
		return "", fmt.Errorf("the configuration has no window for %s, where %s belongs", ring, s.Name)
	}
	return "", fmt.Errorf("%q is no window for %s, which is in %s: choose one of %s, or none", id, s.Name, ring, strings.Join(open, ", "))
}

// chosenWords says who mapped a server to its window, and why; empty when nobody did with a command.
func (e *Engine) chosenWords(s *inventory.Server) string {
	if s.WindowChosen == nil {
		return ""
	}
	return fmt.Sprintf(" (%s, %s: %s)", s.WindowChosen.By, s.WindowChosen.At.In(e.options.Zone).Format("2 Jan 15:04"), s.WindowChosen.Reason)
}

func (e *Engine) windowsIn(to map[inventory.ServerID]string) string {
	var names []string
	for _, id := range slices.Compact(slices.Sorted(maps.Values(to))) {
		names = append(names, windowWords(id))
	}
	return strings.Join(names, ", ")
}

// stillPlanned says from when new windows count where a plan is frozen that has the servers in other ones, or an exemption decides.
func (e *Engine) stillPlanned(to map[inventory.ServerID]string, now time.Time) (lines []string) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.changes), byNumber) {
		change := e.state.changes[id]
		plan := e.state.plans[change.PlanHash]
		if change.State.Ended() || plan == nil || e.through(change) {
			continue
		}
		var kept []string
		for _, a := range plan.Assignments {
			if window, mapped := to[a.Server]; mapped && len(a.Windows) > 0 && !strings.EqualFold(a.Windows[0], window) {
				kept = append(kept, fmt.Sprintf("%s in %s", e.nameOf(a.Server), a.Windows[0]))
			}
		}
		if len(kept) > 0 {
			lines = append(lines, fmt.Sprintf("the plan of %s is frozen and keeps %s: the new window counts from the next plan", id, some(kept)))
		}
	}
	var exempt []string
	for server, held := range e.exemptions(now) {
		for _, x := range held {
			if _, mapped := to[server]; mapped && x.From == rollout.FromWindows {
				exempt = append(exempt, fmt.Sprintf("%s has its enforcement window %s until %s (%s)", e.nameOf(server), x.Window, x.Until.In(e.options.Zone).Format("2 Jan 2006"), x.ID))
			}
		}
	}
	if slices.Sort(exempt); len(exempt) > 0 {
		lines = append(lines, some(exempt))
	}
	return lines
}

// sharedWindows warns of members of a cluster that chose one window, for the clusters of the given servers: plans refuse that.
func (e *Engine) sharedWindows(servers []inventory.ServerID) []string {
	clusters := map[string]bool{}
	for _, id := range servers {
		clusters[e.state.servers[id].Cluster] = true
	}
	delete(clusters, "")
	if len(clusters) == 0 {
		return nil
	}
	type seat struct{ cluster, window string }
	members := map[seat][]string{}
	for _, s := range e.state.servers {
		if clusters[s.Cluster] && s.Window != "" {
			at := seat{s.Cluster, strings.ToUpper(s.Window)}
			members[at] = append(members[at], s.Name)
		}
	}
	var shared []string
	for _, at := range slices.SortedFunc(maps.Keys(members), func(a, b seat) int {
		return cmp.Or(strings.Compare(a.cluster, b.cluster), strings.Compare(a.window, b.window))
	}) {
		if names := members[at]; len(names) > 1 {
			slices.Sort(names)
			shared = append(shared, fmt.Sprintf("%s of cluster %s in %s", strings.Join(names, " and "), at.cluster, at.window))
		}
	}
	if len(shared) == 0 {
		return nil
	}
	return []string{"warning: members of a cluster share a window, which a plan refuses unless it is overridden with a reason: " + some(shared)}
}

// overruled warns of an import that moves servers out of the window to which somebody mapped them with a command.
func (e *Engine) overruled(changed []inventory.Server) []string {
	var names []string
	for _, now := range changed {
		if was := e.state.servers[now.ID]; was.WindowChosen != nil && now.WindowChosen == nil {
			names = append(names, fmt.Sprintf("%s from %s%s to %s", was.Name, windowWords(was.Window), e.chosenWords(was), windowWords(now.Window)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"warning: it moves " + some(names)}
}
