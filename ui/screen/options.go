package screen

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Options are what one session's console is made of.
type Options struct {
	Actor   approval.Actor
	Console engine.Console
	Theme   part.Theme
	Zone    *time.Location // the fleet's; nil is UTC
	Title   string         // stands beside the name: "demo"
	Leaving string         // what happens to the work when the person leaves, where it is not the usual
	Copy    func(string)   // puts text on the terminal's clipboard (OSC 52); nil when that is out of reach
	Inbox   desk.Inbox     // where documents lie that may be imported; nil is nowhere
	Windows []string       // the ids of the windows that the configuration knows
	Address string         // host and port that the person reached over SSH; empty on the console's own machine
	Mouse   bool           // the console takes the mouse from the terminal from the beginning
	// Place is what the person's console gave to Keep before its session was lost; nil begins anew.
	Place []byte
	// Keep takes where the person is, at each change; nothing means that they left on purpose. nil keeps nothing.
	Keep func(place []byte)
	// Closing ends the console: what is sent is the reason, for Farewell. Closing it ends it without words.
	Closing <-chan string
	// Now is the wall's clock, for what depends on how fast a person types. nil is time.Now.
	Now func() time.Time
}
