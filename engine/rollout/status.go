package rollout

import "fmt"

// Delivery is what an advertisement is doing on its server.
type Delivery string

const (
	NotReceived    Delivery = "not received"    // the server has not been reached for this advertisement yet
	Received       Delivery = "received"        // reached and fit; content not fetched yet
	Staging        Delivery = "staging"         // a stage job is ordered: the server fetches the content
	Staged         Delivery = "staged"          // content is on the server; its window is not open yet
	Waiting        Delivery = "waiting"         // its window is open; something else must come first (the reason is shown)
	Running        Delivery = "running"         // an install job is ordered
	Retrying       Delivery = "retrying"        // the last attempt failed in a way that passes; the next one has a time
	RestartPending Delivery = "restart pending" // installed; the restart is owed
	Restarting     Delivery = "restarting"      // the restart is ordered
	Verifying      Delivery = "verifying"       // back from the restart; the evidence is being read
	Succeeded      Delivery = "succeeded"       // verified on the server
	Failed         Delivery = "failed"
	Cancelled      Delivery = "cancelled" // skipped by a person before it started
	WindowMissed   Delivery = "window missed"
	Unreachable    Delivery = "unreachable"    // could not be reached before it started
	Unknown        Delivery = "unknown"        // contact was lost after it started; the host is being asked
	NotStarted     Delivery = "not started"    // the rollout stopped before its turn
	NotApplicable  Delivery = "not applicable" // nothing to do here, or already compliant
	Excluded       Delivery = "excluded"
)

// Compliance is what is true on the server, whatever the advertisement does.
type Compliance string

const (
	Compliant         Compliance = "compliant"
	Missing           Compliance = "missing"
	InstalledByOthers Compliance = "installed by others"
	AwaitsRestart     Compliance = "pending restart"
	DoesNotApply      Compliance = "not applicable"
	IsExcluded        Compliance = "excluded"
	IsExempt          Compliance = "exempt"
	HasFailed         Compliance = "failed"
	UnknownCompliance Compliance = "unknown"
)

// Tone groups statuses by how they look: a theme gives each tone its colours.
type Tone string

const (
	ToneFaint    Tone = "faint"
	TonePlain    Tone = "plain"
	ToneStage    Tone = "stage"
	ToneActive   Tone = "active"
	ToneRestart  Tone = "restart"
	ToneVerify   Tone = "verify"
	ToneGood     Tone = "good"
	ToneBad      Tone = "bad"
	ToneLost     Tone = "lost"
	ToneMissed   Tone = "missed"
	ToneExcluded Tone = "excluded"
)

// Status is one line of the table of statuses: theme, legend, help, reports and the plain mode read it.
type Status struct {
	Delivery Delivery
	Glyph    string // one column wide
	ASCII    string
	Tone     Tone
	Final    bool // the rollout does nothing more on its own
	Started  bool // an installation was ordered and its end is not known yet
	Targeted bool // counts among the targeted servers
	Meaning  string
}

// Statuses lists every delivery status in the order in which they are shown.
var Statuses = []Status{
	{NotReceived, "·", ".", ToneFaint, false, false, true, "the server has not been reached for this advertisement yet"},
	{Received, "○", "o", TonePlain, false, false, true, "reached and fit; the content is not fetched yet"},
	{Staging, "⇣", "v", ToneStage, false, false, true, "the server fetches the content"},
	{Staged, "○", "o", TonePlain, false, false, true, "content is on the server; the window is not open yet"},
	{Waiting, "○", "o", TonePlain, false, false, true, "the window is open; something else must come first"},
	{Running, "◐", ">", ToneActive, false, true, true, "the update is being installed"},
	{Retrying, "◐", ">", ToneActive, false, false, true, "the last attempt failed in a way that passes; it is tried again"},
	{RestartPending, "↻", "r", ToneRestart, false, true, true, "installed; the restart is owed"},
	{Restarting, "↻", "r", ToneRestart, false, true, true, "the restart is ordered; the server is not back yet"},
	{Verifying, "◌", "?", ToneVerify, false, true, true, "back from the restart; the evidence is being read"},
	{Succeeded, "●", "#", ToneGood, true, false, true, "verified on the server"},
	{Failed, "✗", "X", ToneBad, true, false, true, "failed; the code and its words say why"},
	{Unreachable, "!", "!", ToneLost, true, false, true, "could not be reached before it started"},
	{Unknown, "!", "!", ToneLost, false, true, true, "contact was lost after the start; the host is being asked"},
	{WindowMissed, "⊘", "/", ToneMissed, true, false, true, "did not start before its last window closed"},
	{NotStarted, "·", ".", ToneFaint, true, false, true, "the rollout stopped before its turn"},
	{Cancelled, "–", "-", ToneExcluded, true, false, true, "skipped by a person before it started, or optional and not asked for"},
	{Excluded, "–", "-", ToneExcluded, true, false, false, "taken out of the plan, with a reason"},
	{NotApplicable, "–", "-", ToneExcluded, true, false, false, "nothing to do here, or already compliant"},
}

var statusOf = func() map[Delivery]Status {
	m := make(map[Delivery]Status, len(Statuses))
	for _, s := range Statuses {
		m[s.Delivery] = s
	}
	return m
}()

// Status gives the table's line for a delivery status. A status that the table lacks is a mistake in the program.
func (d Delivery) Status() Status {
	s, ok := statusOf[d]
	if !ok {
		panic(fmt.Sprintf("rollout: delivery status %q is not in the table", string(d)))
	}
	return s
}

// Final tells whether the rollout does nothing more here on its own.
func (d Delivery) Final() bool { return d.Status().Final }

// Unfinished tells that the update was meant for the server, that the rollout does nothing more about it on its own, and that it is not
// verified there: a person may try it again.
func (d Delivery) Unfinished() bool {
	s := d.Status()
	return s.Final && s.Targeted && d != Succeeded
}

// Counts is the number of advertisements in each delivery status. Their sum is the number of advertisements.
type Counts map[Delivery]int

// Targeted is the number of servers that the rollout still means to patch or has patched: all but the excluded and the
// not applicable ones.
func (c Counts) Targeted() int {
	n := 0
	for d, k := range c {
		if d.Status().Targeted {
			n += k
		}
	}
	return n
}

// Open is the number of targeted servers without a final status.
func (c Counts) Open() int {
	n := 0
	for d, k := range c {
		if s := d.Status(); s.Targeted && !s.Final {
			n += k
		}
	}
	return n
}
