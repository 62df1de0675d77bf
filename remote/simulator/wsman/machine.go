package wsman

import "context"

// Machine is the Windows server behind one endpoint, as the protocol sees it. Its methods are called from many
// goroutines at once and must not block, but for Run.
type Machine interface {
	// Reach tells what a packet to the machine meets at this moment.
	Reach() Reach
	// Boot counts the starts of the machine: shells and commands of an earlier boot are gone.
	Boot() int
	// Password gives the password of an account (without domain, any case); ok is false for an unknown account.
	Password(user string) (password string, ok bool)
	// Run executes one command to its end. ctx ends when the client terminates the command or the machine goes down.
	Run(ctx context.Context, command Command) Exit
	// Spoil tells how the machine damages the reply to the request at hand; NoSpoil for a healthy one.
	Spoil(action Action) Spoil
}

// Command is what a client asked to run: the command line as one string, and all of standard input.
type Command struct {
	Line  string
	Stdin []byte
	User  string
}

// Exit is a finished process.
type Exit struct {
	Code           int
	Stdout, Stderr []byte
}

// Reach is the state of the road to a machine.
type Reach int

const (
	Answering   Reach = iota // WinRM answers
	Silent                   // packets vanish: connections hang until the client gives up
	Refusing                 // the kernel answers, nobody listens: connection refused or reset
	Unavailable              // http.sys answers 503 with a page of HTML: WinRM is not up yet
)

// Action names a WS-Management request.
type Action string

const (
	Create  Action = "Create"
	Execute Action = "Command"
	Send    Action = "Send"
	Receive Action = "Receive"
	Signal  Action = "Signal"
	Delete  Action = "Delete"
)

// Spoil is one way to damage a reply.
type Spoil int

const (
	NoSpoil    Spoil = iota
	EmptyBody        // 200 without a body
	Garbage          // 200 with text that is no XML
	Truncated        // the reply ends in the middle of the XML
	Stall            // headers, then nothing
	Endless          // a body that never ends
	Reset            // the connection is reset
	HTMLPage         // 200 with a page of HTML
	Mute             // nothing at all, not even headers
	HalfBody         // headers and one half of the reply, then nothing
	Drip             // the reply, a few bytes at a time
	EmptyError       // 500 without a body
	LoginAgain       // 401: the server forgot the login
)
