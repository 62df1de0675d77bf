package serve

import (
	"context"
	"fmt"
	"strings"
	"time"

	"patchdeck/ui/command"
	"patchdeck/ui/plain"
)

// PlainWord asks for the console as lines of text in place of a command.
const PlainWord = "--plain"

// wantsPlain tells that a session gets lines of text: it asked for them, or its client cannot draw a console.
func (x *session) wantsPlain() bool {
	if x.server.options.Plain == nil {
		return false
	}
	dumb := Visitor{Environment: x.environment}.Getenv("TERM") == "dumb"
	return x.words == PlainWord || x.words == quoteWords([]string{PlainWord}) || x.words == "" && (!x.terminal || dumb)
}

// plain runs the console as lines until its person leaves, goes idle, or is asked to.
func (x *session) plain() int {
	x.onFinish(x.cancel)
	idle := time.AfterFunc(x.server.limits.Idle, func() {
		x.finish(command.Done, fmt.Sprintf("Ended after %v without a line. Rollouts go on; connect again to follow them.", x.server.limits.Idle))
	})
	defer idle.Stop()
	o := plain.Options{Actor: x.actor, In: x.channel, Out: x.channel, Raw: x.terminal, Active: func() { idle.Reset(x.server.limits.Idle) }}
	streams := command.Streams{In: strings.NewReader(""), Out: x.channel, Err: x.channel}
	if x.terminal {
		o.Out = terminalWriter{x.channel}
		streams.Out, streams.Err = o.Out, o.Out
	}
	o.Command = func(ctx context.Context, line string) {
		words, err := splitWords(line)
		if err != nil {
			fmt.Fprintln(streams.Err, "patchdeck: the line cannot be read: "+err.Error())
			return
		}
		command.Execute(ctx, x.server.options.Command(streams, x.actor), words)
	}
	if err := x.server.options.Plain(x.ctx, o); err != nil {
		return command.Failure
	}
	return command.Done
}
