package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// needs lists what a person must look at next; what cannot wait comes first.
func (m *maker) needs(n *Night) []Need {
	list := []Need{}
	for _, ask := range []func(*Night) []Need{m.stoppedNeeds, m.lostNeeds, m.changeNeeds, m.acceptanceNeeds, m.failureNeeds, m.lockNeeds, m.leftNeeds} {
		list = append(list, ask(n)...)
	}
	slices.SortStableFunc(list, func(a, b Need) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

func rank(n Need) int {
	if n.Urgent {
		return 0
	}
	return 1
}

func (m *maker) stoppedNeeds(n *Night) []Need {
	var list []Need
	for _, s := range n.Stops {
		switch {
		case s.Ended == nil:
			list = append(list, Need{Urgent: true, Words: sentence(fmt.Sprintf("%s (%s) is %s", s.Rollout, s.Ring, s.State), s.Reason) +
				" Investigate, then resume it or close it."})
		case s.State == rollout.Halted && s.By == engineActor && s.Ended.Step == "closed":
			need := Need{Urgent: true, Words: fmt.Sprintf(
				"%s (%s) was halted by the rule %q and closed: find the cause before any other server gets this release.", s.Rollout, s.Ring, s.Rule)}
			if s.Trigger != nil {
				need.Servers = []ServerName{s.Trigger.Server}
			}
			list = append(list, need)
		}
	}
	return list
}

// lostNeeds names the servers that may have the update and were not heard of since, and those that are being asked.
func (m *maker) lostNeeds(n *Night) []Need {
	lost := pick(n.Servers, func(s Server) bool {
		return s.CountedAs == AccountFailed && s.MayBeInstalled && s.Compliance != rollout.AwaitsRestart
	})
	asked := pick(n.Servers, func(s Server) bool { return s.Status == string(rollout.Unknown) })
	owed := pick(n.Servers, func(s Server) bool { return s.Compliance == rollout.AwaitsRestart && s.CountedAs != AccountOpen })
	return some(
		Need{true, count(len(asked), "server") + " lost contact after the start: they are being asked; look at them from the hypervisor or the remote console.", asked},
		Need{true, count(len(lost), "server") + " failed after an installation was ordered, and nothing was read since: get each of them up and read its build.", lost},
		Need{false, count(len(owed), "server") + " still to be restarted for the update to take effect: do it in the next window.", owed},
	)
}

func (m *maker) changeNeeds(*Night) []Need {
	c := m.in.Change
	switch {
	case c.ConfirmationOverdue(m.in.Now):
		return []Need{{Urgent: true, Words: fmt.Sprintf("%s: the board's confirmation of the emergency is overdue since %s.", c.ID, m.clock(c.ConfirmBy))}}
	case c.Priority == approval.Emergency && c.State == approval.Authorised && !c.ConfirmBy.IsZero():
		return []Need{{Words: fmt.Sprintf("%s: the board confirms the emergency until %s.", c.ID, m.clock(c.ConfirmBy))}}
	case c.State == approval.Submitted:
		return []Need{{Words: c.ID + " waits for the change authority."}}
	case c.State == approval.Authorised:
		return []Need{{Words: c.ID + " waits for the change board."}}
	}
	return nil
}

func (m *maker) acceptanceNeeds(*Night) []Need {
	if blocks := m.in.Acceptance.Blocks(); len(blocks) > 0 {
		return []Need{{Urgent: true, Words: fmt.Sprintf("Acceptance failed for %s: drop the update, exclude its servers, or record a workaround.", strings.Join(blocks, ", "))}}
	}
	return nil
}

// failureNeeds says for each kind of failure what to do. Unread and owed ones have needs of their own.
func (m *maker) failureNeeds(n *Night) []Need {
	told := map[string]bool{}
	for _, s := range n.Servers {
		told[string(s.ID)] = s.MayBeInstalled || s.Compliance == rollout.AwaitsRestart
	}
	var list []Need
	for _, g := range n.Failures {
		if g.Status != string(rollout.Failed) {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(g.Servers), func(s ServerName) bool { return told[string(s.ID)] })
		if len(left) > 0 {
			list = append(list, Need{Words: fmt.Sprintf("%s failed with %s (%s). %s", count(len(left), "server"), cmp.Or(g.Code, "no code"), g.Meaning, g.Next), Servers: left})
		}
	}
	return list
}

// lockNeeds names clusters whose lock a failed server still holds: its peers cannot be patched.
func (m *maker) lockNeeds(n *Night) []Need {
	var list []Need
	for _, s := range n.Servers {
		if ad := m.ads[s.ID]; ad != nil && ad.Lock != "" && ad.Delivery.Final() {
			list = append(list, Need{Words: fmt.Sprintf("Cluster %s is still locked: see that its member is well, then break the lock.", ad.Lock), Servers: []ServerName{{s.ID, s.Name}}})
		}
	}
	return list
}

// leftNeeds names the servers that still lack the update without a failure of their own.
func (m *maker) leftNeeds(n *Night) []Need {
	unreachable := pick(n.Servers, func(s Server) bool { return s.CountedAs == AccountUnreachable })
	missed := pick(n.Servers, func(s Server) bool { return s.CountedAs == AccountWindowMissed })
	unplanned := pick(n.Servers, func(s Server) bool { return s.CountedAs == AccountUnplanned })
	var left []ServerName
	if n.Over {
		left = pick(n.Servers, func(s Server) bool { return s.CountedAs == AccountNotStarted })
	}
	return some(
		Need{false, count(len(unreachable), "server") + " could not be reached: check power, network and WinRM, then plan them again.", unreachable},
		Need{false, count(len(missed), "server") + " without a start before the last window closed: give each a place in the next window.", missed},
		Need{false, count(len(left), "server") + " did not start, and may still lack the release: a new plan is needed.", left},
		Need{false, count(len(unplanned), "server") + " came into the inventory after the plan was frozen: a plan of their own is needed.", unplanned},
	)
}

func pick(servers []Server, fits func(Server) bool) []ServerName {
	var names []ServerName
	for _, s := range servers {
		if fits(s) {
			names = append(names, ServerName{s.ID, s.Name})
		}
	}
	return names
}

// some leaves out needs that concern nobody.
func some(list ...Need) []Need {
	return slices.DeleteFunc(list, func(n Need) bool { return len(n.Servers) == 0 })
}
