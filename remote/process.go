package remote

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"patchdeck/assets"
	"patchdeck/remote/soap"
	"patchdeck/remote/transport"
)

// kept is a process of the bootstrap that answers one script after another: starting one takes a server half a second and us
// two requests. It runs the scripts that only read. A script that changes something has a process of its own, so that
// everything before its last piece of input is known to have done nothing.
type kept struct {
	shell, command string   // empty without a process; a process lives in its shell
	calls          int      // made to it
	scripts        []string // that it was sent
}

// callsPerProcess is when a kept process is replaced: what a process remembers of the server (its time zone, the modules that
// it has) grows old, and so does its memory.
const callsPerProcess = 200

// errGone says that a kept process was not there any more.
var errGone = errors.New("the process that answers is gone")

// run runs a script on the server. sent tells whether its input may have arrived as a whole: before that it can have done
// nothing, since the bootstrap reads a whole line first. A connection, shell or process that turns out to be stale is
// replaced once: always before that, and after it when the script only reads.
func (h *host) run(ctx context.Context, o *order) (out output, sent bool, err error) {
	reused := h.conn != nil || h.shell != ""
	attempt := h.ask
	if o.changes() {
		attempt = h.command
	}
	out, sent, err = attempt(ctx, o)
	if err != nil && (!sent || !o.changes()) && reused && isStale(err) {
		out, sent, err = attempt(ctx, o)
	}
	return out, sent, err
}

// isStale tells whether an error may come from a connection, shell or process of before, as after a restart.
func isStale(err error) bool {
	var broken *transport.Error
	return errors.As(err, &broken) && (broken.Kind == transport.Broken || broken.Kind == transport.LoginLost) ||
		isFault(err, soap.Gone, soap.MaxCommands, soap.ProfileGone) || errors.Is(err, errGone)
}

// command runs a script in a process of its own.
func (h *host) command(ctx context.Context, o *order) (out output, sent bool, err error) {
	command, err := h.begin(ctx)
	if err != nil {
		return output{}, false, err
	}
	if sent, err = h.send(ctx, command, o.line(false), true); err == nil {
		out, err = h.receive(ctx, command, "")
	}
	if err != nil {
		h.abandon(err)
		return output{}, sent, err
	}
	if err := h.terminate(ctx, command); err != nil {
		h.abandon(err) // the result is here; only the connection is in doubt
	}
	return out, sent, nil
}

// ask runs a script in the kept process, and starts one if there is none.
func (h *host) ask(ctx context.Context, o *order) (out output, sent bool, err error) {
	fresh, err := h.keep(ctx)
	if err != nil {
		return output{}, false, err
	}
	known := slices.Contains(h.kept.scripts, o.script.Name)
	if sent, err = h.send(ctx, h.kept.command, o.line(known), false); err == nil {
		out, err = h.receive(ctx, h.kept.command, o.end())
	}
	if err == nil && out.ended {
		h.kept = kept{}
		if !fresh && !bytes.Contains(out.stdout, []byte(o.nonce)) {
			err = errGone
		}
	}
	switch {
	case errors.Is(err, errGone):
		return output{}, sent, err
	case isFault(err, soap.Gone) && !fresh:
		h.left.add(h.shell) // it may be the process alone that is gone
		h.shell, h.kept = "", kept{}
		return output{}, false, err
	case err != nil:
		h.abandon(err)
		return output{}, sent, err
	}
	if !known && bytes.Contains(out.stdout, []byte(`"ok":true`)) {
		h.kept.scripts = append(h.kept.scripts, o.script.Name)
	}
	return out, sent, nil
}

// keep sees to it that there is a kept process that can take a call. fresh tells that it was started now.
func (h *host) keep(ctx context.Context) (fresh bool, err error) {
	if err := h.ready(ctx); err != nil {
		return false, err
	}
	if h.kept.shell == h.shell && h.kept.command != "" {
		if h.kept.calls < callsPerProcess {
			h.kept.calls++
			h.commands++
			return false, nil
		}
		if err := h.terminate(ctx, h.kept.command); err != nil {
			h.abandon(err)
			return false, err
		}
	}
	h.kept = kept{}
	command, err := h.start(ctx)
	if err == nil {
		h.kept = kept{shell: h.shell, command: command, calls: 1}
	}
	return true, err
}

// begin brings a process to the point where it waits for input.
func (h *host) begin(ctx context.Context) (command string, err error) {
	if err := h.ready(ctx); err != nil {
		return "", err
	}
	return h.start(ctx)
}

// ready sees to it that there is a connection and a shell that has room.
func (h *host) ready(ctx context.Context) error {
	err := h.open(ctx)
	if err != nil {
		h.afterFailedStart(ctx, err)
	}
	return err
}

func (h *host) open(ctx context.Context) (err error) {
	if h.conn != nil && !h.conn.Alive() {
		h.hangUp()
	}
	if h.conn == nil {
		if h.conn, err = h.dial(ctx); err != nil {
			return err
		}
	}
	if h.commands >= commandsPerShell {
		h.deleteShell(ctx)
	}
	if h.shell != "" {
		return nil
	}
	if err := h.deleteLeftover(ctx); err != nil {
		return err
	}
	return h.createShell(ctx)
}

// start starts the bootstrap in the shell.
func (h *host) start(ctx context.Context) (command string, err error) {
	h.commands++
	var reply soap.Reply
	err = h.exchange(ctx, &soap.Request{Action: soap.Command, Line: bootstrapLine()}, &reply)
	if err == nil && !believableID(reply.CommandID) {
		err = unbelievable{errors.New("the server started a command and gave it no usable id")}
	}
	if err != nil {
		h.afterFailedStart(ctx, err)
	}
	return reply.CommandID, err
}

// terminate ends a command, whose place in the shell is free then.
func (h *host) terminate(ctx context.Context, command string) error {
	return h.exchange(ctx, &soap.Request{Action: soap.Signal, CommandID: command}, new(soap.Reply))
}

// bootstrapLine is the one command line that is ever run.
var bootstrapLine = sync.OnceValue(assets.BootstrapCommandLine)
