package desk

import (
	"patchdeck/engine"
	"patchdeck/ui/part"
)

// Screen is one screen of the console, or a page opened on top of one.
type Screen interface {
	// Title names it in help.
	Title() string
	// Init is called each time it comes to the front; the desk holds the newest view then.
	Init() part.Cmd
	// Update takes Viewed and the answers to its own commands. Keys do not come here: they go through Bindings, or Type.
	Update(part.Msg) part.Cmd
	// View draws at most height lines of at most width columns.
	View(width, height int) []string
	// Bindings are all its keys. Those that lead to a command which the person may not give are left out by the root.
	Bindings() []part.Binding
}

// Typist is a screen that may hold a text field. While Typing, keys go to Type and are no commands.
type Typist interface {
	Typing() bool
	Type(part.Key)
}

// Follower is a typist whose typing leads to work that must not hold up the session's loop.
type Follower interface {
	// Follow is asked for after each key that was typed.
	Follow() part.Cmd
}

// Finder is a screen that can show the thing with an id: a server, a change request or a rollout.
type Finder interface {
	// Find selects the thing; false when the screen does not have it.
	Find(id string) bool
}

// Focuser is a screen with several parts beside each other that a person may go to with the mouse.
type Focuser interface {
	// Focus makes keys go to a part of the screen, if it is one of those that take them.
	Focus(part.Pointed)
}

// Viewed says that the desk holds a newer view.
type Viewed struct{}

// Answered is the outcome of commands that a screen gave.
type Answered struct {
	Words string
	Done  []engine.Command
	Err   error
	Leave Screen // the page that is through when the engine has done it
}
