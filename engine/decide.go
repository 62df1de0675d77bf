package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// decide checks a command's role, decides it, and records its events or its refusal. Nothing of a refused command is recorded but the
// refusal itself.
func (e *Engine) decide(r request, now time.Time) answer {
	kind := commandTable[r.command.Action()]
	if kind == nil {
		return answer{"", fmt.Errorf("command %T is not known", r.command)}
	}
	if n := weight(r.command); n > kind.limit {
		return answer{"", fmt.Errorf("the command weighs %d bytes, more than the %d that the audit trail takes: shorten its reason, or name fewer things at once", n, kind.limit)}
	}
	words, err := "", error(nil)
	if !May(r.actor, r.command.Action()) {
		err = approval.Refuse("%s takes one of the roles %v; %s holds %v", r.command.Action(), kind.roles, r.actor.Name, r.actor.RoleNames())
	} else if err = e.refuseForRoom(kind); err == nil {
		words, err = kind.decide(e, r.actor, r.command, now)
	}
	var denied *approval.Denied
	if errors.As(err, &denied) {
		e.must(commandDenied{Action: r.command.Action(), Words: denied.Words}, r.actor, reasonOf(r.command), now)
	}
	return answer{words, err}
}

// count says how many there are of a thing.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// demandReason refuses a command that changes what happens to servers without saying why.
func demandReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("a reason is needed: it goes into the audit trail")
	}
	return nil
}

// chunk is how many servers one audit entry holds at the most, and entryWeight how many bytes: an entry must stay below the trail's limit.
const (
	chunk       = 400
	entryWeight = 600_000
)

// weight is what a value takes in the audit trail.
func weight(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return math.MaxInt
	}
	return len(text)
}

// chunksByWeight splits servers over entries: they carry their facts and scans, which may be long.
func chunksByWeight(servers []inventory.Server) (parts [][]inventory.Server) {
	first, sum := 0, 0
	for i, s := range servers {
		n := weight(s)
		if i > first && (i-first == chunk || sum+n > entryWeight) {
			parts = append(parts, servers[first:i])
			first, sum = i, 0
		}
		sum += n
	}
	if first < len(servers) {
		parts = append(parts, servers[first:])
	}
	return parts
}

func (e *Engine) importServers(actor approval.Actor, c ImportServers, now time.Time) (string, error) {
	next := 1
	existing := make([]inventory.Server, 0, len(e.state.servers))
	for id := range e.state.retired { // an id is never given again
		if n, err := strconv.Atoi(strings.TrimPrefix(string(id), "s")); err == nil {
			next = max(next, n+1)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.state.servers)) {
		existing = append(existing, *e.state.servers[id])
		if n, err := strconv.Atoi(strings.TrimPrefix(string(id), "s")); err == nil {
			next = max(next, n+1)
		}
	}
	added, changed, unchanged := inventory.Merge(existing, c.Servers, func() inventory.ServerID {
		id := inventory.ServerID(fmt.Sprintf("s%05d", next))
		next++
		return id
	})
	both := append(slices.Clone(added), changed...)
	for _, part := range chunksByWeight(both) {
		e.must(serversImported{Source: c.Source, Servers: part, Added: len(added), Changed: len(changed), Same: len(unchanged)}, actor, "", now)
	}
	return fmt.Sprintf("%s added, %d changed, %d unchanged", count(len(added), "server"), len(changed), len(unchanged)), nil
}

func (e *Engine) importBulletin(actor approval.Actor, c ImportBulletin, now time.Time) (string, error) {
	b := c.Bulletin
	if was, ok := e.state.bulletins[b.ID]; ok {
		if was.SHA256 == b.SHA256 {
			return fmt.Sprintf("%s is in the catalogue already, unchanged", b.ID), nil
		}
		if b.Revised.Before(was.Revised) {
			return "", fmt.Errorf("%s in the catalogue was revised %s, later than this file (%s): fetch the newer document",
				b.ID, was.Revised.Format(time.DateOnly), b.Revised.Format(time.DateOnly))
		}
	}
	e.must(bulletinImported{Source: c.Source, Bulletin: b}, actor, "", now)
	return fmt.Sprintf("%s: %s for Windows Server, %s not readable", b.ID, count(len(b.Updates), "update"), count(b.SkippedCount, "record")), nil
}

func (e *Engine) orderSweep(actor approval.Actor, c Sweep, now time.Time) (string, error) {
	sweep := sweepState{Number: len(e.state.sweeps) + 1, Kind: c.Kind, Ordered: now, Servers: c.Servers}
	if err := e.sweepScope(&sweep, c, now); err != nil {
		return "", err
	}
	if len(sweep.Servers) == 0 {
		return "", fmt.Errorf("the inventory is empty: import servers first")
	}
	if kinds := []SweepKind{SweepFacts, SweepScan, SweepHealth}; !slices.Contains(kinds, c.Kind) {
		return "", fmt.Errorf("a sweep reads one of %q, not %q", kinds, c.Kind)
	}
	for _, id := range sweep.Servers {
		if e.state.servers[id] == nil {
			return "", fmt.Errorf("server %s is not in the inventory", id)
		}
	}
	e.must(sweepOrdered{sweep}, actor, "", now)
	return fmt.Sprintf("%s: reading %s of %s", sweep.id(), c.Kind, count(len(sweep.Servers), "server")), nil
}

func (e *Engine) createRelease(actor approval.Actor, c CreateRelease, now time.Time) (string, error) {
	b, ok := e.state.bulletins[c.Bulletin]
	switch {
	case c.ID == "":
		return "", fmt.Errorf("a release needs an id such as 2026-11-security")
	case !ok:
		return "", fmt.Errorf("bulletin %q is not in the catalogue: it holds %v", c.Bulletin, slices.Sorted(maps.Keys(e.state.bulletins)))
	}
	if _, ok := e.state.releases[c.ID]; ok {
		return "", fmt.Errorf("release %s exists already", c.ID)
	}
	release := approval.Release{ID: c.ID, Title: c.Title, Bulletin: b.ID, Owner: actor.Name, Created: now, Phase: approval.Identify, Rev: 1}
	for _, kb := range c.Updates {
		if !slices.ContainsFunc(b.Updates, func(u catalog.Update) bool { return u.KB == kb }) {
			return "", fmt.Errorf("%s holds no %s for Windows Server", b.ID, kb)
		}
	}
	for _, u := range b.Updates {
		missing := 0
		for _, s := range e.state.servers {
			if catalog.Relevant(u, *s).Verdict == catalog.Missing {
				missing++
			}
		}
		wanted := slices.Contains(c.Updates, u.KB)
		if !wanted && (len(c.Updates) > 0 || missing == 0) {
			continue
		}
		release.Updates = append(release.Updates, approval.ReleaseUpdate{KB: u.KB, Severity: u.Severity, Exploited: u.Exploited, Missing: missing,
			Why: whyIn(missing)})
	}
	if len(release.Updates) == 0 {
		return "", fmt.Errorf("no server's scan offers an update of %s: sweep facts and scan first, or name the updates", b.ID)
	}
	e.must(releaseCreated{release}, actor, c.Reason, now)
	return fmt.Sprintf("release %s holds %v", release.ID, release.Active()), nil
}

// whyIn is the relevance decision of an update of a release.
func whyIn(missing int) string {
	if missing == 0 {
		return "named by the lead; no scan offers it yet"
	}
	return fmt.Sprintf("the scan of %d servers offers it", missing)
}

func (e *Engine) dropUpdate(actor approval.Actor, c DropUpdate, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	release, ok := e.state.releases[c.Release]
	if !ok {
		return "", fmt.Errorf("release %q is not known", c.Release)
	}
	amendment := approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}
	after, err := release.Drop(c.KB, amendment)
	if err != nil {
		return "", err
	}
	if len(after.Active()) == 0 {
		return "", approval.Clash("%s is the last update of %s: reject the change request or close the rollout instead", c.KB, c.Release)
	}
	e.must(updateDropped{Release: c.Release, KB: c.KB, Amendment: amendment}, actor, c.Reason, now)
	e.narrowUpdates(actor, c, now)
	return fmt.Sprintf("%s dropped from %s", c.KB, c.Release), nil
}

// narrowUpdates takes a dropped update out of advertisements that have not started; one that is left with nothing to install is excluded.
func (e *Engine) narrowUpdates(actor approval.Actor, c DropUpdate, now time.Time) {
	for _, id := range e.openRollouts() {
		if e.state.rollouts[id].Release != c.Release {
			continue
		}
		for _, adID := range e.state.adsOf[id] {
			ad := e.state.ads[adID]
			waits := ad.Delivery == rollout.NotReceived || ad.Delivery == rollout.Staging || ad.Delivery == rollout.Staged || ad.Delivery == rollout.Retrying
			if !slices.Contains(ad.Updates, c.KB) || !waits {
				continue // what runs finishes; what is tried again later asks the release
			}
			left := slices.DeleteFunc(slices.Clone(ad.Updates), func(kb string) bool { return kb == c.KB })
			if len(left) == 0 {
				if m, err := ad.Narrow(outside(ad), c.KB+" was dropped: "+c.Reason); err == nil {
					e.must(*m, actor, c.Reason, now)
				}
				continue
			}
			again := rollout.Moved{Ad: ad.ID, Rollout: id, Server: ad.Server, From: ad.Delivery, To: rollout.NotReceived, Cause: c.KB + " was dropped", Updates: left, StopJob: ad.Delivery == rollout.Staging}
			e.must(again, actor, c.Reason, now)
			e.contacts.put(adID, rollout.Contact{})
		}
	}
}

// outside is where a server goes that has nothing left to install: out of the account, unless an installation was started on it.
func outside(ad *rollout.Advertisement) rollout.Delivery {
	if ad.Attempts > 0 {
		return rollout.Cancelled
	}
	return rollout.Excluded
}

func (e *Engine) recordAcceptance(actor approval.Actor, c RecordAcceptance, now time.Time) (string, error) {
	a, ok := e.state.acceptance[c.Change]
	if !ok {
		return "", fmt.Errorf("acceptance of %s is not open: it opens when Dev is through", c.Change)
	}
	switch c.Result {
	case pilot.Passed, pilot.FailedTest:
	case pilot.Workaround:
		if !actor.Has(approval.Lead) {
			return "", approval.Refuse("the lead decides on workarounds; %s holds %v", actor.Name, actor.RoleNames())
		}
	default:
		return "", fmt.Errorf("result %q is not known: use passed, failed or workaround", c.Result)
	}
	if release := e.state.releases[e.state.changes[c.Change].Release]; c.Update != "" && !slices.Contains(release.Active(), c.Update) {
		return "", fmt.Errorf("%s does not hold %s: it holds %v", release.ID, c.Update, release.Active())
	}
	given := pilot.Answer{Result: c.Result, By: actor.Name, At: now, Note: c.Note, Update: c.Update}
	if _, err := a.Record(c.Application, given); err != nil {
		return "", err
	}
	e.must(acceptanceRecorded{Change: c.Change, Application: c.Application, Answer: given}, actor, c.Note, now)
	return fmt.Sprintf("%s: %s", c.Application, c.Result), nil
}
