package report

import (
	"fmt"

	"patchdeck/engine/rollout"
)

// Account is where a server counts in the totals of a night.
type Account string

const (
	AccountSucceeded     Account = "succeeded"
	AccountFailed        Account = "failed"
	AccountUnreachable   Account = "unreachable"
	AccountWindowMissed  Account = "window_missed"
	AccountNotStarted    Account = "not_started"
	AccountOpen          Account = "open" // an installation was ordered, and its end is not known yet
	AccountExcluded      Account = "excluded"
	AccountNotApplicable Account = "not_applicable"
	AccountUnplanned     Account = "unplanned" // in the inventory, not in the plan
)

// accounts says where each final status counts. Skipped servers never got their turn.
var accounts = map[rollout.Delivery]Account{
	rollout.Succeeded:     AccountSucceeded,
	rollout.Failed:        AccountFailed,
	rollout.Unreachable:   AccountUnreachable,
	rollout.WindowMissed:  AccountWindowMissed,
	rollout.NotStarted:    AccountNotStarted,
	rollout.Cancelled:     AccountNotStarted,
	rollout.Excluded:      AccountExcluded,
	rollout.NotApplicable: AccountNotApplicable,
}

// accountFor gives the account of an advertisement. Before its end it is open once an installation was ordered.
func accountFor(ad *rollout.Advertisement) (Account, error) {
	status, known := statusNamed(string(ad.Delivery))
	switch account, final := accounts[ad.Delivery]; {
	case final:
		return account, nil
	case !known || status.Final:
		return "", fmt.Errorf("advertisement %s has the status %q, which this version does not know: use the version that wrote it", ad.ID, ad.Delivery)
	case status.Started || ad.Attempts > 0:
		return AccountOpen, nil
	default:
		return AccountNotStarted, nil
	}
}

// statusNamed gives the line of the table of statuses with this word.
func statusNamed(word string) (rollout.Status, bool) {
	for _, s := range rollout.Statuses {
		if string(s.Delivery) == word {
			return s, true
		}
	}
	return rollout.Status{}, false
}

// Counts are servers by account. Targeted equals the sum of the accounts from Succeeded to Open.
type Counts struct {
	Targeted      int `json:"targeted"`
	Succeeded     int `json:"succeeded"`
	Failed        int `json:"failed"`
	Unreachable   int `json:"unreachable"`
	WindowMissed  int `json:"window_missed"`
	NotStarted    int `json:"not_started"`
	Open          int `json:"open"`
	Excluded      int `json:"excluded"`
	NotApplicable int `json:"not_applicable"`
}

// count adds one server. Whether it is targeted comes from the plan and the table of statuses, not from its account, so that the two
// can be held against each other.
func (c *Counts) count(s Server) {
	if s.Targeted {
		c.Targeted++
	}
	if place := c.place(s.CountedAs); place != nil {
		*place++
	}
}

func (c *Counts) place(a Account) *int {
	return map[Account]*int{
		AccountSucceeded: &c.Succeeded, AccountFailed: &c.Failed, AccountUnreachable: &c.Unreachable,
		AccountWindowMissed: &c.WindowMissed, AccountNotStarted: &c.NotStarted, AccountOpen: &c.Open,
		AccountExcluded: &c.Excluded, AccountNotApplicable: &c.NotApplicable,
	}[a]
}

// outcomes is what the targeted servers must add up to.
func (c Counts) outcomes() int {
	return c.Succeeded + c.Failed + c.Unreachable + c.WindowMissed + c.NotStarted + c.Open
}

// plus adds two counts.
func (c Counts) plus(o Counts) Counts {
	return Counts{c.Targeted + o.Targeted, c.Succeeded + o.Succeeded, c.Failed + o.Failed, c.Unreachable + o.Unreachable,
		c.WindowMissed + o.WindowMissed, c.NotStarted + o.NotStarted, c.Open + o.Open, c.Excluded + o.Excluded, c.NotApplicable + o.NotApplicable}
}

// Totals are the counts of the whole night, with every server that is known.
type Totals struct {
	Servers int `json:"servers"` // targeted, excluded, not applicable and unplanned ones
	Counts
	Unplanned int `json:"unplanned"`
	// Pending are the servers that can still change by themselves; with none the night is over.
	Pending int `json:"pending"`
}

// conserved holds the totals against themselves, and against the windows: no server is lost and none counts twice.
func (n *Night) conserved() error {
	t := n.Totals
	switch inAccounts := t.Targeted + t.Excluded + t.NotApplicable + t.Unplanned; {
	case t.Targeted != t.outcomes():
		return fmt.Errorf("the report does not add up: %d servers are targeted, their outcomes are %d: %+v", t.Targeted, t.outcomes(), t)
	case t.Servers != inAccounts:
		return fmt.Errorf("the report does not add up: %d servers are known, the accounts hold %d: %+v", t.Servers, inAccounts, t)
	}
	var windows Counts
	for _, w := range n.Windows {
		windows = windows.plus(w.Counts)
	}
	outside := t.Counts.NotApplicable - windows.NotApplicable // those that the plan itself left out have no window
	windows.NotApplicable += outside
	if windows != t.Counts || outside < 0 {
		return fmt.Errorf("the report does not add up: its windows hold %+v, its totals are %+v", windows, t.Counts)
	}
	return nil
}

// Summary is the account of a night for scripts: one object, the last line of a run.
type Summary struct {
	Servers       int    `json:"servers"`
	Targeted      int    `json:"targeted"`
	Succeeded     int    `json:"succeeded"`
	Failed        int    `json:"failed"`
	Unreachable   int    `json:"unreachable"`
	WindowMissed  int    `json:"window_missed"`
	NotStarted    int    `json:"not_started"`
	Open          int    `json:"open,omitempty"` // only before the night is over; a term of targeted
	Excluded      int    `json:"excluded"`
	NotApplicable int    `json:"not_applicable"`
	Halted        bool   `json:"halted"`
	AuditEntries  uint64 `json:"audit_entries"`
	AuditHead     string `json:"audit_head"` // hexadecimal
	Report        string `json:"report"`     // path of the written report; whoever writes it fills it in
}

// Summary gives the account of the night, without the path of a report.
func (n Night) Summary() Summary {
	t := n.Totals
	return Summary{Servers: t.Servers, Targeted: t.Targeted, Succeeded: t.Succeeded, Failed: t.Failed, Unreachable: t.Unreachable,
		WindowMissed: t.WindowMissed, NotStarted: t.NotStarted, Open: t.Open, Excluded: t.Excluded, NotApplicable: t.NotApplicable,
		Halted: n.Halted, AuditEntries: n.Audit.Entries, AuditHead: n.Audit.Head}
}
