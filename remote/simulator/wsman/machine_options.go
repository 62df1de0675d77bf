package wsman

import (
	"context"
	"time"
)

// What a Machine may know beyond the interface Machine; each is asked for by a type assertion.

// InputReader knows which command lines read standard input: those start when it has arrived to its end, all others at
// once.
type InputReader interface {
	NeedsInput(line string) bool
}

// Conversing knows the programs that read standard input line by line and answer each line before they read the next. They
// start at once and end with their input, or with the first line that they answer by an exit code other than zero.
type Conversing interface {
	// Converse starts such a program and gives what answers one line; it is called for one line at a time. For every other
	// command line it gives nil.
	Converse(line, user string) Conversation
}

// Conversation answers one line of standard input, without its line end.
type Conversation func(ctx context.Context, line []byte) Exit

// Named is the computer's name, as it stands in NTLM challenges and in faults.
type Named interface {
	ComputerName() string
}

// Versioned is the operating system's version ("10.0.20348"), as Identify tells it to those who logged in.
type Versioned interface {
	Version() string
}

// Faulty answers requests with a fault of its own choice instead of doing them: 2147943418 while a profile unloads after
// a restart, 5 for access denied, 170 for busy, 995 for aborted. Zero does the request.
type Faulty interface {
	Fault(action Action) uint32
}

// Polite is a machine that may close its connections as it goes down, instead of having them reset.
type Polite interface {
	ClosesConnections() bool
}

// Slow is a machine whose replies take their time, wall time.
type Slow interface {
	Delay(action Action) time.Duration
}
