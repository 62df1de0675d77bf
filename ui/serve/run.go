package serve

import (
	"bytes"
	"io"

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
	streams := command.Streams{In: x.channel, Out: x.channel, Err: x.channel.Stderr()}
	if x.terminal {
		streams.Out, streams.Err = terminalWriter{x.channel}, terminalWriter{x.channel}
	}
	return command.Execute(x.ctx, x.server.options.Command(streams, x.actor), words)
}

// terminalWriter ends lines as a raw terminal needs it.
type terminalWriter struct{ w io.Writer }

func (t terminalWriter) Write(p []byte) (int, error) {
	if _, err := t.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
