package report

import (
	"fmt"
	"strings"
)

// headline says how the night went, in one sentence.
func (m *maker) headline(n *Night) string {
	t := n.Totals
	rest := restWords(t.Counts)
	switch halted := m.haltedBy(); {
	case t.Targeted == 0:
		return "No server needed an update of this release."
	case halted != nil:
		where := string(halted.Ring)
		for _, s := range n.Stops {
			if s.Rollout == halted.ID && s.Trigger != nil {
				where = fmt.Sprintf("%s in window %s", halted.Ring, s.Trigger.Window)
			}
		}
		return fmt.Sprintf("The stop rule halted %s: %d of %s patched and verified%s.", where, t.Succeeded, were(t.Targeted), rest)
	case len(m.ads) == 0:
		return fmt.Sprintf("Nothing has started: %s is %s, and %s a place in its plan.", m.in.Change.ID, m.in.Change.State, have(t.Targeted))
	case !n.Over:
		return fmt.Sprintf("The night is under way: %d of %s patched and verified so far%s.", t.Succeeded, were(t.Targeted), rest)
	case t.Succeeded == t.Targeted && t.Targeted == 1:
		return "The one targeted server was patched and verified."
	case t.Succeeded == t.Targeted:
		return fmt.Sprintf("All %d servers were patched and verified.", t.Targeted)
	default:
		return fmt.Sprintf("%d of %s patched and verified%s.", t.Succeeded, were(t.Targeted), rest)
	}
}

// restWords lists what did not succeed: "; 4 failed, 2 could not be reached".
func restWords(c Counts) string {
	var parts []string
	for _, p := range []struct {
		n     int
		words string
	}{
		{c.Failed, "failed"}, {c.Unreachable, "could not be reached"}, {c.WindowMissed, "missed the window"},
		{c.NotStarted, "did not start"}, {c.Open, "are under way"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.words))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

func were(n int) string {
	if n == 1 {
		return "1 server was"
	}
	return fmt.Sprintf("%d servers were", n)
}

func have(n int) string {
	if n == 1 {
		return "1 server has"
	}
	return fmt.Sprintf("%d servers have", n)
}

// count puts a number before a noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
