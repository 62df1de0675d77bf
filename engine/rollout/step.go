package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/inventory"
)

// StepKind is one call to a host.
type StepKind string

const (
	ReadFacts    StepKind = "facts"
	StartJob     StepKind = "start"
	AskJob       StepKind = "ask"
	OrderRestart StepKind = "restart"
	ReadEvidence StepKind = "verify"
	RemoveJobs   StepKind = "remove"
	WriteStamp   StepKind = "stamp" // the baseline that was reached
	Probe        StepKind = "probe" // is the road open? its answer changes nothing but the contact
	Preflight    StepKind = "preflight"
	TakeDuty     StepKind = "take"
	GiveDuty     StepKind = "give"
	StopJob      StepKind = "cancel"
	AskRemovable StepKind = "removable"
)

// Step is a call that is owed to a host, as data. Rev is the fence: the answer to a step counts only while the
// advertisement is still as it was when the step was made.
type Step struct {
	Ad        string
	Rev       int
	Server    inventory.ServerID
	Do        StepKind
	Job       string
	JobKind   JobKind
	Jobs      []string // for RemoveJobs
	Updates   []string
	Services  []string
	After     int // last progress line known
	Boot      time.Time
	RestartID string
	Deadline  time.Time
	Duty      Duty // for TakeDuty and GiveDuty
	DrainID   string
	Stamp     inventory.Stamp // for WriteStamp
	Removals  []Removal       // of an uninstallation; the engine fills them in from the plan
	Packages  []Package       // of a job that stages or installs them; the engine fills them in too
	Files     []File          // that do not come from the server's own source
}

// Contact is what is known of the conversation with one host since this process started. It is never stored: after a crash it
// is empty, and an empty contact makes the first step a question.
type Contact struct {
	Asked   bool // the host was asked about the current job or restart since this process started
	Told    bool // the host has the current job or restart order
	Next    time.Time
	Heard   time.Time // newest answer
	Tried   time.Time // newest end of a call, answered or not
	Silent  int       // calls in a row without an answer
	Since   time.Time // start of that silence
	Good    int       // good answers in a row while being verified
	Percent int
	Phase   string
	KB      string
	Seq     int
	Trouble string // newest trouble, in plain words
	Network bool   // that trouble was the road, not the host
	// Handed counts the duties that the host took or gave back since the advertisement came to the state HandedRev; HandedWords is the
	// evidence. In any other state the count means nothing.
	Handed      int
	HandedRev   int
	HandedWords []string
}

// fresh is the contact after a transition that this process made itself: nothing was sent for the new state yet.
func (c Contact) fresh(now time.Time) Contact {
	return Contact{Asked: true, Heard: c.Heard, Next: now, Silent: c.Silent, Since: c.Since}
}

// Owed gives the call that an advertisement owes to its host now; ok is false when it owes none.
func Owed(ad *Advertisement, c Contact) (step Step, ok bool) {
	step = Step{Ad: ad.ID, Rev: ad.Rev, Server: ad.Server, Job: ad.Job, JobKind: ad.JobKind, Updates: ad.Updates,
		After: c.Seq, Boot: ad.Boot, RestartID: ad.RestartID, Deadline: ad.Deadline}
	doing := ad.Delivery
	if doing == Unknown {
		doing = ad.Was
	}
	switch {
	case ad.Drain == Draining || ad.Drain == Returning:
		return ad.drainStep(c, step), true
	case ad.Stopping:
		step.Do = StopJob
		return step, true
	}
	switch doing {
	case NotReceived:
		step.Do = Preflight
		return step, !ad.unmanaged()
	case Staging, Running:
		step.Do, step.Updates = AskJob, ad.doing()
		if c.Asked && !c.Told {
			step.Do = StartJob
		}
	case Restarting:
		step.Do = ReadEvidence
		if c.Asked && !c.Told {
			step.Do = OrderRestart
		}
	case Verifying:
		step.Do, step.Services = ReadEvidence, ad.Services
	default:
		if ad.Prove && ad.Removable == nil && doing == Succeeded && len(ad.Updates) > 0 && !ad.Trial.Answers(ad.Updates) {
			step.Do = AskRemovable
			return step, true
		}
		step.Do, step.Jobs = RemoveJobs, leftovers(ad)
		return step, doing.Final() && len(step.Jobs) > 0
	}
	return step, true
}

// leftovers lists the jobs that may still have a task and a folder on the host.
func leftovers(ad *Advertisement) []string {
	if ad.Job == "" || ad.JobCleaned {
		return ad.Leftover
	}
	return append(slices.Clone(ad.Leftover), ad.Job)
}

// JobID names a host job: rollout with its tag, server, kind and attempt. It is also the name of the host's task and folder.
func JobID(ad *Advertisement, kind JobKind) string {
	attempt := ad.Stages + 1
	if kind == JobInstall || kind == JobUninstall {
		attempt = ad.Attempts + 1
	}
	return fmt.Sprintf("%s-%s-%d", ad.hostName(), kind, attempt)
}

// RestartName names the next restart order of an advertisement.
func RestartName(ad *Advertisement) string {
	return fmt.Sprintf("%s-restart-%d", ad.hostName(), ad.Restarts+1)
}

// hostName begins the names of everything that is ordered on the host: rollout, tag and server.
func (ad *Advertisement) hostName() string {
	first, server, _ := strings.Cut(ad.ID, "-")
	return first + "-" + ad.Tag + "-" + server
}

// AdvertisementID names one server in one rollout.
func AdvertisementID(rollout string, server inventory.ServerID) string {
	return strings.ToLower(strings.ReplaceAll(rollout, "-", "")) + "-" + string(server)
}

// pause is how long to wait before the next call after n calls in a row without an answer.
func (p Policy) pause(n int) time.Duration {
	d := p.RetryFirst
	for range min(n-1, 10) {
		d = min(2*d, p.RetryMost)
	}
	return d
}
