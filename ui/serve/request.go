package serve

import (
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/ui/command"
)

// Bounds of what a client may send before and in a session.
const (
	mostEnvironment = 16
	mostValue       = 256
	mostWords       = 64 << 10
	mostColumns     = 1000
	mostRows        = 400
)

// MouseVariable asks for a console that takes the mouse from the terminal, when it says anything.
const MouseVariable = "PATCHDECK_MOUSE"

// columnsVariable is how wide the terminal is to which a client without one of its own prints, as shells call it.
const columnsVariable = "COLUMNS"

// environmentNames is all of the client's environment that a session takes: what a terminal needs to be drawn on.
var environmentNames = map[string]bool{"COLORTERM": true, "NO_COLOR": true, "LANG": true, "LC_ALL": true, "LC_CTYPE": true, "COLORFGBG": true, MouseVariable: true, columnsVariable: true}

// Size is the size of a terminal in cells.
type Size struct{ Width, Height int }

// The payloads of RFC 4254, sections 6.2 to 6.7.
type (
	ptyRequest struct {
		Term          string
		Columns, Rows uint32
		Width, Height uint32 // in pixels
		Modes         string
	}
	windowChange struct {
		Columns, Rows uint32
		Width, Height uint32
	}
	environmentRequest struct{ Name, Value string }
	execRequest        struct{ Words string }
	signalRequest      struct{ Name string }
	exitStatus         struct{ Code uint32 }
)

// clamp keeps sizes that a screen can be drawn at: a client may claim anything.
func clamp(columns, rows uint32) Size {
	return Size{Width: int(min(columns, mostColumns)), Height: int(min(rows, mostRows))}
}

// take answers one request on a session's channel. It tells whether the request was granted.
func (x *session) take(request *gossh.Request) bool {
	switch request.Type {
	case "pty-req":
		var asked ptyRequest
		if x.started || x.terminal || gossh.Unmarshal(request.Payload, &asked) != nil || len(asked.Term) > mostValue {
			return false
		}
		x.terminal = true
		x.environment = append(x.environment, "TERM="+printable(asked.Term))
		x.resize(clamp(asked.Columns, asked.Rows))
		return true
	case "window-change":
		var asked windowChange
		if !x.terminal || gossh.Unmarshal(request.Payload, &asked) != nil {
			return false
		}
		x.resize(clamp(asked.Columns, asked.Rows))
		return true
	case "env":
		var asked environmentRequest
		if x.started || gossh.Unmarshal(request.Payload, &asked) != nil || !environmentNames[asked.Name] ||
			len(asked.Value) > mostValue || len(x.environment) >= mostEnvironment {
			return false
		}
		x.environment = append(x.environment, asked.Name+"="+printable(asked.Value))
		return true
	case "shell":
		return x.start("")
	case "exec":
		var asked execRequest
		if gossh.Unmarshal(request.Payload, &asked) != nil || len(asked.Words) > mostWords {
			return false
		}
		return x.start(asked.Words)
	case "signal":
		var asked signalRequest
		if gossh.Unmarshal(request.Payload, &asked) != nil {
			return false
		}
		if asked.Name == "INT" || asked.Name == "TERM" || asked.Name == "HUP" {
			x.finish(command.Failure, "")
		}
		return true
	}
	return false // no subsystems, no forwarding of agents, displays or anything else
}

// start fixes what the session is for; an empty command is a console.
func (x *session) start(words string) bool {
	if x.started {
		return false
	}
	x.started, x.words = true, strings.TrimSpace(words)
	return true
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
