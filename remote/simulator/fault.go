package simulator

import (
	"slices"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// fault is one thing that can be wrong with a server. Its effects are fields: what is zero has no effect.
type fault struct {
	name string
	// words say what whoever looks after the server meets.
	words string
	// usual and harsh are how many of a thousand servers have it at that level.
	usual, harsh int
	// scores: an installation started and the server fails by the update itself or by its restart.
	scores bool
	// hopeless: no client can bring the server to the update, however patient.
	hopeless bool
	// attempts is how many attempts of a job kind, a restart or a drain it spoils; 0 spoils all of them.
	attempts int

	away    wsman.Reach // how the server meets packets from the first moment on, or from leaves on
	leaves  bool        // away begins when the result of the first scan was read
	refuses bool        // logins are refused

	jobEffects
	restartEffects
	peerEffects
	findings
	serviceEffects
}

// jobEffects are what goes wrong with jobs.
type jobEffects struct {
	fails     map[string]codes // job kind -> HRESULTs, with one of which it ends
	forbidden bool             // no task of SYSTEM may be registered
	idle      bool             // a registered task never begins
	pretends  bool             // the agent reports success and changed nothing
	hangs     bool             // the installation never ends
	mute      bool             // a job says nothing between its start and its end
	stubborn  bool             // a request to stop is not heeded
	loses     bool             // the network is gone for some minutes while an installation runs
	stretch   float64          // factor on the time of an installation
	drag      float64          // factor on the time of everything
	hides     bool             // the agent does not offer cumulative updates
	elsewhere bool             // the agent's search finds what nobody planned: superseded updates and hotpatches
	unmarked  bool             // the agent does not say that a restart is wanted
	packageEffects
}

// packageEffects are what goes wrong with packages of other vendors.
type packageEffects struct {
	exit    int  // the code with which an installer ends, where that is not 0
	hollow  bool // an installer ends well and leaves nothing
	altered bool // the content that the server gets is another than was announced
	clings  bool // a package's remover ends with an error
}

// restartEffects are what goes wrong with restarts.
type restartEffects struct {
	ignores     bool    // an ordered restart never begins
	restless    bool    // the server restarts by itself after an installation
	undone      bool    // the start after the restart rolls the update back
	neverBack   bool    // the server does not answer after its restart
	deaf        bool    // it is up after the restart, and WinRM is not
	twice       bool    // it restarts once more by itself
	relapses    bool    // WinRM answers, then goes away for some minutes
	bootStretch float64 // factor on the time of a restart
	idleService bool    // the server's main service does not start after the restart
	steps       bool    // its clock is off from the restart on
	fault       uint32  // what WinRM answers to the first requests after a restart
}

// peerEffects are what goes wrong between a server and others.
type peerEffects struct {
	stuckDrain  bool // the node cannot be drained
	outside     bool // the node does not join its cluster after a restart
	slowRepair  bool // the storage that a node missed is repaired for hours
	keepsRoles  bool // operation master roles do not move
	brokenWatch bool // the monitoring script ends with an error
}

// findings are what a look at the server shows.
type findings struct {
	freeBytes    int64     // all that is left on the system drive
	skews        bool      // its clock is some minutes off
	noise        []pending // signs of a pending restart that never go away and mean nothing
	disabled     string    // a service that updates need and that may not start
	language     string    // what PowerShell may do, where that is not everything
	staleBackup  bool      // the last good backup is weeks old
	wantsRestart bool      // installers of packages want a restart
}

// serviceEffects are what is wrong with WinRM itself.
type serviceEffects struct {
	spoils  []wsman.Spoil // how replies are damaged now and then
	raises  []raise       // with which faults requests end now and then
	delay   time.Duration // longest wait before a reply, wall time
	banner  string        // text around every result
	clixml  string        // what stands on the error stream of every script
	starved bool          // PowerShell runs out of memory now and then
}

// raise is a fault of WinRM that a share of the requests of one kind ends with.
type raise struct {
	action wsman.Action
	code   uint32
	odds   float64
}

// codes are HRESULTs of which each attempt draws one.
type codes []string

func (c codes) at(d draws, what string, attempt int) string {
	if len(c) == 0 {
		return ""
	}
	return c[d.below(len(c), "code of "+what, attempt)]
}

// healthy is the fate of a server with nothing wrong.
var healthy = fault{name: "healthy"}

// block is how many servers share out the weights of the fates exactly.
const block = 200

func (f *fault) weight(level Faults) int {
	switch level {
	case UsualFaults:
		return f.usual
	case HarshFaults:
		return f.harsh
	}
	return 0
}

// fateOf gives a server its one fate at a level. Servers without risk are spared what would end them: an ordinary night
// does not begin with a broken pilot.
func fateOf(p *profile, level Faults) *fault {
	if level == HarshFaults && p.product.name == cohort.product && p.environment == cohort.environment {
		if p.draws.fraction("cohort", 0) < cohort.odds {
			return &cohort.lot[0]
		}
		return &cohort.lot[1]
	}
	at := rankInBlock(p.draws.seed, p.index, block) * 1000 / block
	for i := range fates {
		f := &fates[i]
		if at -= f.weight(level); at >= 0 {
			continue
		}
		if p.risk == "none" && (f.scores || f.hopeless) {
			break
		}
		return f
	}
	return &healthy
}

// nuisancesOf draws each nuisance for a server at a level.
func nuisancesOf(p *profile, level Faults) (all []*fault) {
	for i := range nuisances {
		f := &nuisances[i]
		if p.draws.fraction(f.name, 0)*1000 < float64(f.weight(level)) {
			all = append(all, f)
		}
	}
	return all
}

// strikes tells whether the fault still acts at the attempt, counted from 1.
func (f *fault) strikes(attempt int) bool { return f.attempts == 0 || attempt <= f.attempts }

// troubled gives the first nuisance of the server for which a condition holds, or one without any effect.
func (h *host) troubled(by func(*fault) bool) *fault {
	if i := slices.IndexFunc(h.nuisances, by); i >= 0 {
		return h.nuisances[i]
	}
	return &healthy
}

// factor is the stretch s, where zero means none.
func factor(s float64) float64 {
	if s == 0 {
		return 1
	}
	return s
}

// stretched is d times the factor, in whole milliseconds.
func stretched(d time.Duration, s float64) time.Duration {
	return time.Duration(float64(d) * factor(s)).Truncate(time.Millisecond)
}
