package command

import (
	"context"
	"io"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// Streams are the three streams of one call.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Columns is the width of the terminal that Out is; 0 when it is none, or nobody knows: nothing is cut then.
	Columns int
}

// Environment is everything that a call needs from outside. A hook that is nil takes its commands out of the tree.
type Environment struct {
	Streams
	// Remote is set over SSH: no files but "-", no --data, and nothing that starts processes.
	Remote  bool
	Version string
	// DefaultData is the data folder when --data is not given.
	DefaultData string

	// Open connects a verb with an engine: the daemon's own, or one opened on the data folder for as long as the verb takes.
	// reads says that the verb changes nothing: an engine that is opened for it alone need not work meanwhile.
	Open func(ctx context.Context, data string, reads bool) (*Session, error)
	// Forward hands a verb to the process that holds the store. handled is false when no process does; the verb then
	// runs here. The words contain no file names: streams.In and streams.Out are the files that were named.
	Forward func(ctx context.Context, data string, words []string, streams Streams) (handled bool, code int, err error)

	// OpenFile and CreateFile reach the files of the person who calls; nil means that there is only "-".
	OpenFile   func(name string) (io.ReadCloser, error)
	CreateFile func(name string) (Draft, error)
	// Secret reads a variable of the caller's own process; nil over SSH, where it would be the daemon's.
	Secret func(variable string) (value string, ok bool)

	// Probe reads the facts of one server at an address, with the credentials in the options and no others.
	Probe func(ctx context.Context, options ProbeOptions) (inventory.Facts, error)

	// Discover connects to ranges of the network and tells who answers. Nothing is sent.
	Discover discover

	// Report gives what writes the report of a change request, as a page and as data.
	Report func(ctx context.Context, session *Session, change string) (html, json func(io.Writer) error, err error)

	// Store reaches the store itself.
	Store StoreHooks

	// Doctor looks at everything on this machine that patchdeck stands on.
	Doctor func(ctx context.Context, data string) []Finding

	// Faults is what a simulated fleet can suffer from.
	Faults Faults

	// Attach opens the console.
	Attach   func(ctx context.Context, data string, look Look) error
	Demo     func(ctx context.Context, options DemoOptions) error
	Simulate func(ctx context.Context, options SimulateOptions) error
	Serve    func(ctx context.Context, options ServeOptions) error
	Init     func(ctx context.Context, data string) error
}

// Look is how a person wants the console.
type Look struct {
	Plain bool // as lines of text
	Mouse bool // it takes the mouse from the terminal
}

// Faults are the faults of a simulated fleet: what --faults accepts.
type Faults struct {
	Known []Fault
	Check func(text string) error
}

// Fault is one of them, with what people meet.
type Fault struct{ Name, Words string }

// Session is an engine as one person reaches it.
type Session struct {
	Console engine.Console
	Actor   approval.Actor
	Zone    *time.Location // in which times are printed; nil is UTC
	Windows []string       // the ids that an inventory file may name
	Users   []User
	Backup  func(io.Writer) (StoreReport, error) // writes everything as it is at this moment
	Free    func() (bytes uint64, err error)     // room on the store's disk
	Close   func()                               // may be nil
}

// User is a person of the users file, as "users" lists them.
type User struct {
	Name         string   `json:"name"`
	Roles        []string `json:"roles"`
	Fingerprints []string `json:"fingerprints"` // SHA-256 of the public keys
	OSUser       string   `json:"os_user,omitempty"`
}

// Draft is a file being written: it appears under its name, whole, when it is kept, and not at all when it is dropped.
type Draft interface {
	io.Writer
	// Private makes that only its owner may read it.
	Private()
	Keep() error
	Drop()
}

// DemoOptions are the flags of "patchdeck demo".
type DemoOptions struct {
	Streams
	Headless  bool
	Servers   int
	Seed      uint64
	Speed     float64 // simulated seconds a second; 0 lets the demo choose
	Bulletin  string  // file; empty is the demo's own
	Faults    string  // a level, and names of faults
	Emergency bool
	Data      string // folder; empty is a temporary one
	Fleet     string // file with the lines of "simulate --json"; empty starts a fleet
	JSON      bool
}

// SimulateOptions are the flags of "patchdeck simulate".
type SimulateOptions struct {
	Streams
	Servers int
	Seed    uint64
	Speed   float64
	Faults  string
	// Bulletin is a CVRF document with the updates that the fleet's agents find; empty is the demo's own.
	Bulletin string
	TLS      bool
	Ledger   string // file; empty is none
	CSV      string // file that gets the fleet's inventory; empty is none
	JSON     bool
}

// ServeOptions are the flags of "patchdeck serve".
type ServeOptions struct {
	Streams
	Data   string
	Config string // file; empty is config.yaml in the data folder
	Listen string // address; empty is the configured one
	Fleet  string // file with the lines of "simulate --json"; empty is the real fleet
}

// ProbeOptions are the flags of "patchdeck inventory probe --address".
type ProbeOptions struct {
	Address  string // host:port
	Scheme   string // "http" (sealed) or "https"
	User     string
	Password string
	CA       []byte // certificates in PEM; none are the system's
}
