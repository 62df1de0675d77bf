package remote

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

// line is one line of the ledger as these tests need it.
type line struct {
	At                time.Time
	Server, Event, By string
}

func (l *ledger) lines(t *testing.T) (all []line) {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for text := range strings.Lines(l.text.String()) {
		var one line
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.At.Compare(b.At) })
	return all
}

var duties = []rollout.Duty{rollout.Monitoring, rollout.MasterRoles, rollout.ClusterPlace}

// hand takes a duty from the server, or gives it back, until nothing is waited for.
func (n *trial) hand(duty rollout.Duty, call func(*Fleet, context.Context, engine.Target, engine.DutyOrder) (rollout.Handed, error)) {
	n.t.Helper()
	order := engine.DutyOrder{ID: "drain-1", Duty: duty, Change: "CHG-1", Length: 2 * time.Hour}
	n.until("the end of "+string(duty), func() bool {
		handed := must(n, func(ctx context.Context) (rollout.Handed, error) { return call(n.fleet, ctx, n.to, order) })
		return handed.Waiting == ""
	})
}

// leaveAndReturn takes every duty from a server, restarts it and gives everything back.
func (n *trial) leaveAndReturn() {
	for _, duty := range duties {
		n.hand(duty, (*Fleet).TakeDuty)
	}
	n.restart("restart-1")
	for _, duty := range slices.Backward(duties) {
		n.hand(duty, (*Fleet).GiveDuty)
	}
}

// A whole fleet leaves service and returns to it, on servers that forget shells and whose first drain fails: the ledger tells that each duty
// came back, in its order, and that no cluster ever missed two nodes.
func TestAFleetLeavesServiceAndReturnsToIt(t *testing.T) {
	n := try(t, 100, "shells-vanish=30,quota-used-up=30,drain-fails-once", 20000)
	turn := map[string]*sync.Mutex{} // one server of a cluster, one controller of the domain
	var night sync.WaitGroup
	for _, d := range n.all {
		one := turn[together(d)]
		if one == nil {
			one = new(sync.Mutex)
			turn[together(d)] = one
		}
		night.Go(func() {
			one.Lock()
			defer one.Unlock()
			n.at(d).leaveAndReturn()
		})
	}
	night.Wait()
	n.checkDuties()
}

// together names what must not be away together.
func together(d simulator.Description) string {
	switch {
	case d.Cluster != "":
		return d.Cluster
	case strings.Contains(d.Name, "-DC-"):
		return "domain"
	}
	return d.Name
}

// service is what the ledger tells of who serves whom, line by line.
type service struct {
	t         *testing.T
	group     map[string]string // server -> what must not be away together
	away      map[string]string // that -> who is
	suspended map[string]bool   // nodes of clusters
	silenced  map[string]bool   // servers whose alarms are down
	holder    map[string]string // role -> who holds it, once it moved
	lender    map[string]string // role -> who is to have it back
	seen      map[string]int    // events
}

// checkDuties reads in the ledger what became of everybody's duties.
func (n *trial) checkDuties() {
	n.t.Helper()
	s := service{n.t, map[string]string{}, map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]string{}, map[string]string{}, map[string]int{}}
	for _, d := range n.all {
		s.group[d.Name] = together(d)
	}
	for _, l := range n.ledger.lines(n.t) {
		s.take(l)
	}
	for server := range s.silenced {
		n.t.Errorf("monitoring of %s stayed suspended", server)
	}
	for server := range s.suspended {
		n.t.Errorf("%s stayed out of its cluster", server)
	}
	for role, lender := range s.lender {
		n.t.Errorf("%s did not return to %s", role, lender)
	}
	if seen := s.seen; seen["restarted"] != len(n.all) || seen["node_drained"] == 0 || seen["drain_failed"] != seen["node_drained"] ||
		seen["role_returned"] != 5 || seen["monitoring"] < len(n.all)/2 {
		n.t.Errorf("%d servers, %v", len(n.all), seen)
	}
}

func (s *service) take(l line) {
	s.seen[l.Event]++
	role, to, _ := strings.Cut(l.By, " to ")
	switch l.Event {
	case "monitoring":
		if delete(s.silenced, l.Server); strings.HasPrefix(l.By, "suspend") {
			s.silenced[l.Server] = true
		}
	case "node_suspended":
		s.suspended[l.Server] = true
	case "node_resumed":
		delete(s.suspended, l.Server)
	case "role_moved":
		s.holder[role], s.lender[role] = to, l.Server
	case "role_returned":
		s.holder[role] = to
		delete(s.lender, role)
	case "going_down":
		s.leave(l.Server)
	case "restarted":
		delete(s.away, s.group[l.Server])
	}
}

func (s *service) leave(server string) {
	group := s.group[server]
	if who := s.away[group]; who != "" {
		s.t.Errorf("%s went down while %s was", server, who)
	}
	s.away[group] = server
	for role, holder := range s.holder {
		if holder == server {
			s.t.Errorf("%s went down with the role %s", server, role)
		}
	}
	if group != server && group != "domain" && !s.suspended[server] {
		s.t.Errorf("%s went down and was not suspended", server)
	}
}
