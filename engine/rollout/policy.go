package rollout

import (
	"strconv"
	"time"

	"patchdeck/engine/inventory"
)

// Policy is every number of the rollout rules. Durations are in the engine's time (fleet time with a simulated fleet).
type Policy struct {
	StageLead   time.Duration // how long before its window a server is reached and staged
	StageSpread time.Duration // staging starts are spread over this, so that a site is not hit at once
	StageLimit  int           // stage jobs under way at once in one rollout
	SiteStages  int           // and in one site, over all rollouts: transfers share its line; 0 is no limit
	SiteLimit   int           // servers in work at once in one site; 0 is no limit

	Poll       time.Duration // between two questions about a running job
	ReadyPoll  time.Duration // between two questions to a server that restarts or is verified
	RetryFirst time.Duration // first pause after a call without an answer; it doubles
	RetryMost  time.Duration // longest such pause

	SilentAfter    time.Duration // without an answer for so long, a started server is unknown
	LostAfter      time.Duration // an unknown server fails so long after it became unknown
	InstallTime    time.Duration // an install job that runs longer has failed
	RestartTime    time.Duration // a server is due back so long after the restart was ordered, then it is unknown
	VerifyTime     time.Duration // evidence is due so long after the server came back
	RestartReserve time.Duration // kept free in the window for the restart
	CheckReserve   time.Duration // and for the check after it
	Countdown      time.Duration // that people who are logged on see before a restart; 0 is none
	GoodProbes     int           // good answers in a row that make a server ready

	MaxStages   int           // stage jobs a server gets
	MaxAttempts int           // install jobs a server gets
	MaxRestarts int           // restarts we order for one server
	RetryDelay  time.Duration // before the next install job
	DiskNeeded  int64         // bytes free on the system drive that an installation takes

	DrainTime    time.Duration // a server that is not out of service so long after that was ordered has failed
	DrainReserve time.Duration // kept free in the window for taking roles or a cluster node out of service
	BackupWithin time.Duration // a preflight demands a good backup not older than this; 0 demands none

	// Expected is how long an installation takes, without restart and check, on a base build of which fewer than MinSamples were
	// measured.
	Expected        map[int]time.Duration
	ExpectedDefault time.Duration
	MinSamples      int
	Experience      int // verified successes of a release on a base build that end the ramp from 1

	Warn, Halt      int // the stop rule's score: halve at Warn, stop at Halt
	FailureScore    int
	SuccessScore    int
	PilotFailures   int // failures of any kind that stop a pilot
	HardPilot       int // hard failures that stop a pilot, a window, a rollout
	HardWindow      int
	HardRollout     int
	SameCode        int // failures in a row with one code, that do not score, which pause
	ConsoleFailures int // servers in a row without an answer that mean trouble on our side
	EmergencyLimit  int
	PilotRemovals   int // updates that a pilot server takes away and installs again to prove that they can be removed; 0 is none
	LeastCeiling    int
	Controllers     int           // domain controllers of one domain that may be away at once
	Grace           time.Duration // from a change request to its enforcement date, where none is named
	Confidence      int           // plays of 100 in which everybody fits, before a forecast calls a limit enough
}

// DefaultPolicy is what we would use: the stop rule's numbers are a CUSUM test of 4 % against 20 % failures in hundredths of
// a log-likelihood ratio.
func DefaultPolicy() Policy {
	return Policy{
		StageLead: 90 * time.Minute, StageSpread: 20 * time.Minute, StageLimit: 64, SiteStages: 48, SiteLimit: 0,
		Poll: 15 * time.Second, ReadyPoll: 20 * time.Second, RetryFirst: 30 * time.Second, RetryMost: 10 * time.Minute,
		SilentAfter: 10 * time.Minute, LostAfter: 45 * time.Minute,
		InstallTime: 2 * time.Hour, RestartTime: 30 * time.Minute, VerifyTime: 30 * time.Minute,
		RestartReserve: 10 * time.Minute, CheckReserve: 5 * time.Minute, GoodProbes: 2,
		MaxStages: 4, MaxAttempts: 3, MaxRestarts: 2, RetryDelay: 3 * time.Minute,
		DiskNeeded: 6 << 30, DrainTime: 20 * time.Minute, DrainReserve: 5 * time.Minute,
		Expected: map[int]time.Duration{
			14393: 30 * time.Minute, 17763: 25 * time.Minute, 20348: 20 * time.Minute, 26100: 20 * time.Minute,
		},
		ExpectedDefault: 30 * time.Minute, MinSamples: 5, Experience: 20,
		Warn: 350, Halt: 700, FailureScore: 161, SuccessScore: 18,
		PilotFailures: 2, HardPilot: 1, HardWindow: 2, HardRollout: 5, SameCode: 5, ConsoleFailures: 8,
		EmergencyLimit: 128, PilotRemovals: 20, LeastCeiling: 32, Controllers: 1, Grace: 7 * day, Confidence: 95,
	}
}

// WithCountdown plans for the countdown before every restart: a window keeps its time free, and a server is due back so much later.
func (p Policy) WithCountdown() Policy {
	p.RestartReserve += p.Countdown
	p.RestartTime += p.Countdown
	return p
}

// WithFloor raises every pause between calls to at least floor: with compressed time, a pause that is short on the wall would load
// the machine, and a read limit of the wall would look like a long silence.
func (p Policy) WithFloor(pause, silence time.Duration) Policy {
	for _, d := range []*time.Duration{&p.Poll, &p.ReadyPoll, &p.RetryFirst} {
		*d = max(*d, pause)
	}
	p.RetryMost = max(p.RetryMost, p.RetryFirst)
	p.SilentAfter = max(p.SilentAfter, silence)
	return p
}

// drainReserve is the time that taking a server out of service is planned with; monitoring alone takes seconds.
func (p Policy) drainReserve(ad *Advertisement) time.Duration {
	if len(ad.Duties) > 1 {
		return p.DrainReserve
	}
	return 0
}

// OutOfService is the longest that a server may be away from its monitoring by our order.
func (p Policy) OutOfService() time.Duration {
	return p.DrainTime + p.InstallTime + p.RestartTime + p.VerifyTime + p.LostAfter
}

// Base names the base build of the server, as it was when it was read last.
func (ad *Advertisement) Base() string { return base(ad.Before) }

// base names a base build in the rollout's counters: "10.0.20348".
func base(b inventory.Build) string {
	text := make([]byte, 0, 16)
	text = strconv.AppendInt(text, int64(b[0]), 10)
	text = strconv.AppendInt(append(text, '.'), int64(b[1]), 10)
	text = strconv.AppendInt(append(text, '.'), int64(b[2]), 10)
	return string(text)
}
