package engine

import (
	"cmp"
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
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
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
		err = approval.NeedsRole(r.actor, r.command.Action(), kind.roles...)
	} else if err = cmp.Or(e.refuseForRoom(kind), e.refuseForeign(r.actor, r.command)); err == nil {
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
	overruled := e.overruled(changed)
	for _, part := range chunksByWeight(both) {
		e.must(serversImported{Source: c.Source, Servers: part, Added: len(added), Changed: len(changed), Same: len(unchanged)}, actor, "", now)
	}
	words := []string{fmt.Sprintf("%s added, %d changed, %d unchanged", count(len(added), "server"), len(changed), len(unchanged))}
	var ids []inventory.ServerID
	for _, s := range append(both, unchanged...) {
		ids = append(ids, s.ID)
	}
	return strings.Join(append(append(words, overruled...), e.sharedWindows(ids)...), "; "), nil
}

func (e *Engine) importBulletin(actor approval.Actor, c ImportBulletin, now time.Time) (string, error) {
	b := c.Bulletin
	if b.ID == "" {
		return "", fmt.Errorf("the bulletin has no id, such as 2026-Nov: is %s whole?", cmp.Or(c.Source, "its document"))
	}
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

func (e *Engine) recordAcceptance(actor approval.Actor, c RecordAcceptance, now time.Time) (string, error) {
	a, ok := e.state.acceptance[c.Change]
	if !ok {
		return "", fmt.Errorf("acceptance of %s is not open: it opens when Dev is through", c.Change)
	}
	switch c.Result {
	case pilot.Passed, pilot.FailedTest:
	case pilot.Workaround:
		if !actor.Has(approval.Lead) {
			return "", approval.NeedsRole(actor, "to decide on a workaround", approval.Lead)
		}
	default:
		return "", fmt.Errorf("result %q is not known: use passed, failed or workaround", c.Result)
	}
	if release := e.state.releases[e.state.changes[c.Change].Release]; c.Update != "" && !slices.Contains(release.Active(), c.Update) {
		return "", fmt.Errorf("%s does not hold %s: it holds %s", release.ID, c.Update, strings.Join(release.Active(), ", "))
	}
	given := pilot.Answer{Result: c.Result, By: actor.Name, At: now, Note: c.Note, Update: c.Update}
	if _, err := a.Record(c.Application, given); err != nil {
		return "", err
	}
	e.must(acceptanceRecorded{Change: c.Change, Application: c.Application, Answer: given}, actor, c.Note, now)
	return fmt.Sprintf("%s: %s", c.Application, c.Result), nil
}
