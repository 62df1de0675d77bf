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
	// AwaitContent makes the servers of a site wait until a release's content is reported ready there.
	AwaitContent struct {
		Release, Site string
		Priority      int
		Reason        string
	}
	// ReportContent tells how a transfer goes, with the hashes of the files as they were found at the site.
	ReportContent struct {
		Release, Site string
		State         rollout.Transfer
		Files         map[string]string // SHA-256 by name
		Note          string
	}
	// ForgetContent lets the servers of a site fetch for themselves again.
	ForgetContent struct{ Release, Site, Reason string }

	siteContentPut    struct{ rollout.SiteContent }
	siteContentForgot struct {
		Release string `json:"release"`
		Site    string `json:"site"`
	}
)

func (AwaitContent) Action() string  { return "site.await" }
func (ReportContent) Action() string { return "site.report" }
func (ForgetContent) Action() string { return "site.forget" }

// SiteStanding is how a site of a rollout stands whose servers wait for its content, or waited.
type SiteStanding struct {
	rollout.SiteContent
	Servers int    // of the rollout, that have not ended
	Why     string // why they wait; empty when the content is ready
}

func init() {
	offer((*Engine).awaitContent, approval.Lead, approval.Administrator)
	offer((*Engine).reportContent, approval.Lead, approval.Administrator, approval.OnCall)
	offer((*Engine).forgetContent, approval.Lead, approval.Administrator, approval.OnCall)
	keep("site-content", (*state).putContent, func(s *state, id string) any {
		if c, ok := s.contents[id]; ok {
			return c
		}
		return nil
	})
	register("site.content",
		func(e siteContentPut) string { return e.ID() },
		func(e siteContentPut) string {
			return strings.TrimSpace(fmt.Sprintf("%s, %s checked %s", e.State, count(len(e.Checked), "file"), e.Note))
		},
		func(s *state, e siteContentPut, _ time.Time) error { s.putContent(e.SiteContent); return nil })
	register("site.forgotten",
		func(e siteContentForgot) string { return rollout.SiteContent{Release: e.Release, Site: e.Site}.ID() },
		func(siteContentForgot) string { return "its servers fetch for themselves" },
		func(s *state, e siteContentForgot, _ time.Time) error {
			id := rollout.SiteContent{Release: e.Release, Site: e.Site}.ID()
			delete(s.contents, id)
			s.mark("site-content", id)
			return nil
		})
	nouns = append(nouns, noun{follow: (*Engine).followContent, show: func(e *Engine, v *View, _ time.Time) {
		v.Contents = sortedValues(e.state.contents, func(c rollout.SiteContent) string { return fmt.Sprintf("%s %06d %s", c.Release, c.Priority, c.Site) })
	}, needs: needContents})
}

func (s *state) putContent(c rollout.SiteContent) {
	s.contents[c.ID()] = c
	s.mark("site-content", c.ID())
}

// followContent looks at the servers of a site again when its content changed.
func (e *Engine) followContent(event any, _ approval.Actor, _ time.Time) {
	var release, site string
	switch x := event.(type) {
	case siteContentPut:
		release, site = x.Release, x.Site
	case siteContentForgot:
		release, site = x.Release, x.Site
	default:
		return
	}
	for _, id := range e.openRollouts() {
		if e.state.rollouts[id].Release != release {
			continue
		}
		for _, ad := range e.state.adsOf[id] {
			if strings.EqualFold(e.state.ads[ad].Site, site) {
				e.touch(ad)
			}
		}
	}
}

// mostPriority bounds the order in which sites are served.
const mostPriority = 999

func (e *Engine) awaitContent(actor approval.Actor, c AwaitContent, now time.Time) (string, error) {
	if _, err := e.reasonedRelease(c.Release, c.Reason); err != nil {
		return "", err
	}
	if c.Priority < 0 || c.Priority > mostPriority {
		return "", fmt.Errorf("priority %d: use 0 (first) to %d", c.Priority, mostPriority)
	}
	site, servers, err := e.site(c.Site)
	if err != nil {
		return "", err
	}
	next := rollout.SiteContent{Release: c.Release, Site: site, Priority: c.Priority, State: rollout.TransferWaiting, Signed: signed(actor, c.Reason, now)}
	if was, ok := e.state.contents[next.ID()]; ok {
		return "", approval.Clash("%s waits for the content of %s already: %s since %s (%s)", site, c.Release, was.State, was.At.In(e.options.Zone).Format("2 Jan 15:04"), was.By)
	}
	e.must(siteContentPut{next}, actor, c.Reason, now)
	return fmt.Sprintf("the %s of %s wait for the content of %s until it is reported ready there", count(servers, "server"), site, c.Release), nil
}

func (e *Engine) reportContent(actor approval.Actor, c ReportContent, now time.Time) (string, error) {
	was, err := e.content(c.Release, c.Site)
	if err != nil {
		return "", err
	}
	if c.State == rollout.TransferFailed && strings.TrimSpace(c.Note) == "" {
		return "", fmt.Errorf("a note is needed: what went wrong")
	}
	next, err := was.Report(c.State, c.Files, e.keptFiles(c.Release), c.Note)
	if err != nil {
		return "", err
	}
	next.Signed = signed(actor, was.Reason, now)
	e.must(siteContentPut{next}, actor, c.Note, now)
	switch {
	case next.State == rollout.TransferFailed && c.State != rollout.TransferFailed:
		return "", approval.Clash("noted as failed: %s", next.Why())
	case next.State == rollout.TransferReady:
		return fmt.Sprintf("%s is ready for %s, %s checked: its servers go ahead in their windows", next.Site, next.Release, count(len(next.Checked), "file")), nil
	}
	return fmt.Sprintf("%s; its servers wait", next.Why()), nil
}

func (e *Engine) forgetContent(actor approval.Actor, c ForgetContent, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	was, err := e.content(c.Release, c.Site)
	if err != nil {
		return "", err
	}
	e.must(siteContentForgot{was.Release, was.Site}, actor, c.Reason, now)
	return fmt.Sprintf("the servers of %s fetch %s for themselves", was.Site, was.Release), nil
}

func (e *Engine) content(release, site string) (rollout.SiteContent, error) {
	c, ok := e.state.contents[rollout.SiteContent{Release: release, Site: site}.ID()]
	if !ok {
		return c, fmt.Errorf("no server of site %.80q waits for the content of %.80q: site await lets them, see patchdeck site list", site, release)
	}
	return c, nil
}

// site gives the name of a site as the inventory writes it, and its servers.
func (e *Engine) site(name string) (site string, servers int, err error) {
	var sites []string
	for _, s := range e.state.servers {
		if !slices.Contains(sites, s.Site) {
			sites = append(sites, s.Site)
		}
		if strings.EqualFold(s.Site, strings.TrimSpace(name)) && s.Site != "" {
			if servers++; site == "" || s.Site < site {
				site = s.Site
			}
		}
	}
	if servers == 0 {
		slices.Sort(sites)
		return "", 0, fmt.Errorf("no server stands at site %.80q: %s", name, known(sites))
	}
	return site, servers, nil
}

// keptFiles are the source files that this console keeps of a release's active updates, with their hashes.
func (e *Engine) keptFiles(release string) map[string]string {
	files := map[string]string{}
	for _, kb := range e.state.releases[release].Active() {
		for _, f := range e.state.dossiers[kb].Files {
			files[f.Name] = f.SHA256
		}
	}
	return files
}

// unready says of each site of a rollout whose content is not there why its servers wait, by the site in lower case.
func (e *Engine) unready(r *rollout.Rollout) map[string]string {
	var waits map[string]string
	for _, c := range e.state.contents {
		if why := c.Why(); c.Release == r.Release && why != "" && r.Ring != rollout.Rollback {
			if waits == nil {
				waits = map[string]string{}
			}
			waits[strings.ToLower(c.Site)] = why
		}
	}
	return waits
}

// sites are the standings of a rollout's sites whose content is awaited.
func (e *Engine) sites(r *rollout.Rollout, cells []Cell) (list []SiteStanding) {
	for _, c := range e.state.contents {
		if c.Release != r.Release || r.Ring == rollout.Rollback {
			continue
		}
		s := SiteStanding{SiteContent: c, Why: c.Why()}
		for i := range cells {
			if !cells[i].Delivery.Final() && strings.EqualFold(cells[i].Site, c.Site) {
				s.Servers++
			}
		}
		if s.Servers > 0 {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b SiteStanding) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), strings.Compare(a.Site, b.Site))
	})
	return list
}

// needContents names the sites for whose content servers wait although their window is open or opens soon.
func needContents(e *Engine, v *View, now time.Time, add addNeed) {
	for i := range v.Rollouts {
		r := &v.Rollouts[i]
		if r.State == rollout.Closed || len(r.Sites) == 0 {
			continue
		}
		soon := slices.ContainsFunc(r.Windows, func(w WindowView) bool {
			return now.Before(w.Closes) && !now.Before(w.Opens.Add(-e.options.Policy.StageLead))
		})
		for _, s := range r.Sites {
			if s.Why != "" && soon {
				add(true, r.ID, "%s: %s; %s wait: report it with site report, or let them fetch for themselves with site forget", r.ID, s.Why, count(s.Servers, "server"))
			}
		}
	}
}

// lines are how many servers of a rollout fetch over the line of their site before their first window, and how much, counted once.
type lines struct {
	servers int // advertisements of the rollout when it was counted
	bytes   map[[2]string]int64
}

// leadOf is how long before its window a server begins to fetch.
func (e *Engine) leadOf(ad *rollout.Advertisement) time.Duration {
	s := e.state.servers[ad.Server]
	if s == nil || s.LinkMbit == 0 {
		return e.options.Policy.StageLead
	}
	d := e.docket(ad.Rollout)
	if d.lines.servers != len(e.state.adsOf[ad.Rollout]) {
		d.lines = lines{len(e.state.adsOf[ad.Rollout]), map[[2]string]int64{}}
		for _, id := range e.state.adsOf[ad.Rollout] {
			other := e.state.ads[id]
			if o := e.state.servers[other.Server]; o != nil && o.LinkMbit > 0 && len(other.Windows) > 0 {
				d.lines.bytes[[2]string{other.Site, other.Windows[0]}] += e.sizeOf(o, other.Updates)
			}
		}
	}
	return e.options.Policy.Lead(d.lines.bytes[[2]string{ad.Site, ad.Windows[0]}], s.LinkMbit)
}

// sizeOf is what a server fetches: as its update agent stated, else as the catalogue has it.
func (e *Engine) sizeOf(s *inventory.Server, updates []string) (bytes int64) {
	offered := map[string]int64{}
	if s.Scan != nil {
		for _, o := range s.Scan.Offered {
			offered[o.KB] = o.Size
		}
	}
	for _, kb := range updates {
		if size := offered[kb]; size > 0 {
			bytes += size
		} else if _, u, ok := e.findUpdate(kb, ""); ok {
			bytes += u.Size
		}
	}
	return bytes
}

// slowLines names, for the plan, the sites over whose line the content cannot be fetched before the first window in which it is needed.
func (e *Engine) slowLines(plan rollout.Plan, now time.Time) (findings []rollout.Finding) {
	type line struct{ site, window string }
	need, mbit, servers := map[line]int64{}, map[line]int{}, map[line]int{}
	for _, a := range plan.Assignments {
		s := e.state.servers[a.Server]
		if s == nil || s.LinkMbit == 0 || len(a.Windows) == 0 {
			continue
		}
		at := line{s.Site, a.Windows[0]}
		need[at] += e.sizeOf(s, a.Updates)
		mbit[at] = max(mbit[at], s.LinkMbit)
		servers[at]++
	}
	for _, at := range slices.SortedFunc(maps.Keys(need), func(a, b line) int {
		return cmp.Or(strings.Compare(a.site, b.site), strings.Compare(a.window, b.window))
	}) {
		w, _ := plan.Window(at.window)
		lead := e.options.Policy.Lead(need[at], mbit[at])
		if lead <= e.options.Policy.StageLead || !now.Add(lead).After(w.Opens) {
			continue
		}
		findings = append(findings, rollout.Finding{Words: fmt.Sprintf(
			"site %s: %.1f GB for %s over %d Mbit/s take about %.0f h, and window %s opens before that: bring the content there by hand, or map them to a later window",
			at.site, float64(need[at])/(1<<30), count(servers[at], "server"), mbit[at], rollout.FetchHours(need[at], mbit[at]), w.ID)})
	}
	return findings
}
