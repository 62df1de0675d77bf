package simulator

import (
	"time"

	"patchdeck/remote/simulator/wsman"
)

// fault is one thing that can be wrong with a server. Its effects are fields: what is zero has no effect.
type fault struct {
	name string
	// usual and harsh are how many of a thousand servers have it at that level.
	usual, harsh int
	// scores: an installation started and the server fails by the update itself or by its restart.
	scores bool
	// hopeless: no client can bring the server to the update, however patient.
	hopeless bool
	// attempts is how many attempts of a job kind it spoils; 0 spoils all of them.
	attempts int

	away        wsman.Reach       // how the server meets packets from the first moment on, or from leaves on
	leaves      bool              // away begins when the result of the first scan was read
	freeBytes   int64             // all that is left on the system drive
	fails       map[string]string // job kind -> HRESULT with which it ends
	pretends    bool              // the agent reports success and changed nothing
	hangs       bool              // the installation never ends
	loses       bool              // the network is gone for some minutes while an installation runs
	stretch     float64           // factor on the time of an installation
	undone      bool              // the start after the restart rolls the update back
	neverBack   bool              // the server does not answer after its restart
	bootStretch float64           // factor on the time of a restart
	idleService bool              // the server's main service does not start after the restart

	skews  bool          // its clock is some minutes off
	noise  []pending     // signs of a pending restart that never go away and mean nothing
	spoils []wsman.Spoil // how replies are damaged now and then
	fault  uint32        // what WinRM answers to the first requests after a restart
}

// fates are exclusive: a server has one of them or none. Weights are multiples of five, so that a block of 200 servers
// holds each exactly as often as it says.
var fates = []fault{
	{name: "switched off", usual: 5, harsh: 10, hopeless: true, away: wsman.Silent},
	{name: "off the network after its scan", usual: 5, harsh: 10, hopeless: true, away: wsman.Refusing, leaves: true},
	{name: "system drive full", usual: 5, harsh: 10, hopeless: true, freeBytes: 700 << 20,
		fails: map[string]string{"stage": diskFull, "install": diskFull}},
	{name: "installation fails", usual: 10, harsh: 20, scores: true, hopeless: true,
		fails: map[string]string{"install": installers}},
	{name: "rolled back at the start", usual: 5, harsh: 15, scores: true, hopeless: true, undone: true, bootStretch: 2.2},
	{name: "success without an update", usual: 5, harsh: 10, scores: true, attempts: 1, pretends: true},
	{name: "does not come back", harsh: 5, scores: true, hopeless: true, neverBack: true},
	{name: "service does not start", harsh: 5, scores: true, hopeless: true, idleService: true},
	{name: "installation hangs", harsh: 5, scores: true, hopeless: true, hangs: true},
	{name: "update source out of reach", usual: 30, harsh: 60, attempts: 1, fails: map[string]string{"stage": networkLost}},
	{name: "scan interrupted", usual: 10, harsh: 20, attempts: 1, fails: map[string]string{"scan": soapFault}},
	{name: "slow installation", usual: 30, harsh: 50, stretch: 2.5},
	{name: "network lost while installing", usual: 25, harsh: 50, attempts: 1, loses: true},
	{name: "slow start", usual: 20, harsh: 30, bootStretch: 3, fault: 2147943418},
}

// nuisances are independent of the fate and of each other. None of them keeps a patient client from its goal.
var nuisances = []fault{
	{name: "clock off", usual: 30, harsh: 60, skews: true},
	{name: "file renames pending", usual: 80, harsh: 120, noise: []pending{
		{Reason: "file_rename", Detail: `\??\C:\Windows\Temp\~nsu.tmp`}}},
	{name: "configuration client waits", usual: 20, harsh: 40, noise: []pending{
		{Reason: "configuration_manager", Detail: "IsHardRebootPending"}}},
	{name: "damaged replies", usual: 50, harsh: 120, spoils: []wsman.Spoil{
		wsman.EmptyBody, wsman.Garbage, wsman.Truncated, wsman.Stall, wsman.Reset, wsman.HTMLPage}},
	{name: "endless replies", harsh: 10, spoils: []wsman.Spoil{wsman.Endless}},
}

// cohort is the one kind of server that a harsh night's update breaks, and how: a pilot on Dev does not show it.
var cohort = struct {
	product     string
	environment string
	lot         []fault
	odds        float64 // share of the first of lot, the others have the second
}{
	product: "Windows Server 2019", environment: "Prod", odds: 0.85,
	lot: []fault{
		{name: "cohort rolled back at the start", scores: true, hopeless: true, undone: true, bootStretch: 2.2},
		{name: "cohort does not come back", scores: true, hopeless: true, neverBack: true},
	},
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

// fateOf gives a server its one fate. Servers without risk are spared what would end them: an ordinary night does not
// begin with a broken pilot.
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

// nuisancesOf draws each nuisance for a server.
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
