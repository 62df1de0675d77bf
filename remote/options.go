package remote

import (
	"log/slog"
	"time"
)

// Options say how servers are reached. Limits are wall time, also with a simulated fleet; a zero takes the default.
type Options struct {
	// Credentials gives the credential of that name. It may be slow (a password command); the answer is kept for a while
	// and asked for again after a server refused it.
	Credentials func(name string) (Credential, error)

	ConnectLimit     time.Duration // until a connection stands (10 s)
	OperationTimeout time.Duration // how long a server may hold a request back before it says "nothing yet" (20 s)
	ReadLimit        time.Duration // until a whole reply is here (OperationTimeout + 10 s)
	CallLimit        time.Duration // for a whole call whose context allows more (3 min)
	HoldTime         time.Duration // how long a refused password is not tried again on a server (15 min)
	IdleLimit        time.Duration // how long an unused connection and its shell are kept (90 s)

	FleetLimit int // conversations at once (256)
	SiteLimit  int // conversations at once with the servers of one site (64)
	OpenLimit  int // connections kept open, those in use included (1000)

	// Now is the clock that stamps facts: fleet time with a simulated fleet (time.Now).
	Now    func() time.Time
	Logger *slog.Logger // nil discards
}

// shellIdle is how long a server keeps a shell that we forgot: long enough for a slow call, short enough that shells of a
// process that died do not use up the account's thirty.
const shellIdle = 15 * time.Minute

// commandsPerShell is when a shell is replaced: servers count every command of a shell against a quota of 1,500 and give
// nothing back when it ends.
const commandsPerShell = 1000

func (o Options) withDefaults() Options {
	if o.OperationTimeout == 0 {
		o.OperationTimeout = 20 * time.Second
		if o.ReadLimit > 0 { // a server that has nothing to say must have time to say so
			o.OperationTimeout = min(o.OperationTimeout, max(o.ReadLimit/2, 500*time.Millisecond))
		}
	}
	setDefault(&o.ReadLimit, o.OperationTimeout+10*time.Second)
	setDefault(&o.ConnectLimit, 10*time.Second)
	setDefault(&o.CallLimit, 3*time.Minute)
	setDefault(&o.HoldTime, 15*time.Minute)
	setDefault(&o.IdleLimit, 90*time.Second)
	setDefault(&o.FleetLimit, 256)
	setDefault(&o.SiteLimit, 64)
	setDefault(&o.OpenLimit, 1000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
