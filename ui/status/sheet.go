package status

import (
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

//go:embed page.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// reload is how many seconds a page stays before it asks again.
const reload = 15

// mostRows bounds the servers of one page; an owner sees all of theirs long before.
const mostRows = 1000

// sheet is what the template shows.
type sheet struct {
	Title, Version, At string
	Reload             int
	ReadOnly           string
	Urgent             []string
	Owners             []string
	Owner              string
	Rollouts           []rolloutLine
	Servers            []serverLine
	Left               int // servers beyond mostRows
	Legend             []rollout.Status
}

type rolloutLine struct {
	ID, Title, Ring, State, Window string
	Targeted                       int
	Shares                         []share
}

// share is one status of a rollout with its number.
type share struct {
	rollout.Status
	Count int
}

type serverLine struct {
	Name, Owner, Site, OS string
	Status                *rollout.Status // nil: in no rollout
	Window, Words, Since  string
}

// sheet gathers what one page shows: the servers of one owner, or of all.
func (h *handler) sheet(v *engine.View, owner string) sheet {
	s := sheet{Title: "Patching", Version: h.Version, At: h.when(v.At), Reload: reload, ReadOnly: v.ReadOnly, Owner: owner}
	for _, n := range v.Needs {
		if n.Urgent {
			s.Urgent = append(s.Urgent, n.Words)
		}
	}
	placed := map[inventory.ServerID]place{}
	for i := range v.Rollouts {
		r := &v.Rollouts[i]
		s.Rollouts = append(s.Rollouts, h.rolloutLine(r))
		for k := range r.Cells {
			placed[r.Cells[k].Server] = place{r, &r.Cells[k]}
		}
	}
	slices.Reverse(s.Rollouts)
	owners, seen := map[string]bool{}, map[string]bool{}
	for i := range v.Servers {
		server := &v.Servers[i]
		if server.Owner != "" && !owners[server.Owner] {
			owners[server.Owner] = true
			s.Owners = append(s.Owners, server.Owner)
		}
		if owner != "" && !strings.EqualFold(server.Owner, owner) {
			continue
		}
		if len(s.Servers) == mostRows {
			s.Left++
			continue
		}
		line := h.placed(placed[server.ID])
		line.Name, line.Owner, line.Site, line.OS = server.Name, server.Owner, server.Site, server.OS
		s.Servers = append(s.Servers, line)
		if line.Status != nil && !seen[string(line.Status.Delivery)] {
			seen[string(line.Status.Delivery)] = true
			s.Legend = append(s.Legend, *line.Status)
		}
	}
	slices.Sort(s.Owners)
	return s
}

// place is where a server stands in the newest rollout that has it.
type place struct {
	in   *engine.RolloutView
	cell *engine.Cell
}

// placed is what the newest rollout says of a server; nothing when none has it.
func (h *handler) placed(p place) serverLine {
	if p.cell == nil {
		return serverLine{}
	}
	c := p.cell
	status := c.Delivery.Status()
	line := serverLine{Status: &status, Words: c.Why, Since: h.when(c.Since)}
	if line.Words == "" {
		line.Words = status.Meaning
	}
	for _, w := range p.in.Windows {
		if w.ID != c.Window {
			continue
		}
		line.Window = fmt.Sprintf("%s, %s to %s", w.ID, h.when(w.Opens), w.Closes.In(h.Zone).Format("15:04"))
	}
	return line
}

func (h *handler) rolloutLine(r *engine.RolloutView) rolloutLine {
	line := rolloutLine{ID: r.ID, Title: r.Release, Ring: string(r.Ring), State: string(r.State), Targeted: r.Counts.Targeted()}
	if r.Current >= 0 && r.Current < len(r.Windows) {
		w := r.Windows[r.Current]
		line.Window = fmt.Sprintf("window %s, %s to %s", w.ID, h.when(w.Opens), w.Closes.In(h.Zone).Format("15:04"))
	}
	for _, status := range rollout.Statuses {
		if n := r.Counts[status.Delivery]; n > 0 {
			line.Shares = append(line.Shares, share{status, n})
		}
	}
	return line
}

func (h *handler) when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(h.Zone).Format("Mon 2 Jan 15:04")
}
