package serve

import (
	"bytes"
	"io"
	"strconv"

	"patchdeck/ui/command"
)

// command runs the words that the client sent.
func (x *session) command() int {
	x.onFinish(x.cancel)
	words, err := splitWords(x.words)
	if err != nil {
		x.say("patchdeck: the command cannot be read: " + err.Error())
		return command.Usage
	}
	streams := command.Streams{In: x.channel, Out: x.channel, Err: x.channel.Stderr(), Columns: x.columns()}
	if x.terminal {
		streams.Out, streams.Err = terminalWriter{x.channel}, terminalWriter{x.channel}
	}
	return command.Execute(x.ctx, x.server.options.Command(streams, x.actor), words)
}

// columns is how wide the terminal is that a command prints to; 0 when there is none, or nobody says.
func (x *session) columns() int {
	if x.terminal {
		select {
		case size := <-x.sizes:
			return size.Width
		default:
			return 0
		}
	}
	n, err := strconv.ParseUint(Visitor{Environment: x.environment}.Getenv(columnsVariable), 10, 16)
	if err != nil {
		return 0
	}
	return int(min(n, mostColumns))
}

// terminalWriter ends lines as a raw terminal needs it.
type terminalWriter struct{ w io.Writer }

func (t terminalWriter) Write(p []byte) (int, error) {
	if _, err := t.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
