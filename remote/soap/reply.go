package soap

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reply is what a server answered. A reply with a Fault has nothing else that counts.
type Reply struct {
	Action    string
	RelatesTo string
	ShellID   string
	CommandID string // of a started command, or of the command whose output this is
	Stdout    []byte
	Stderr    []byte
	Done      bool // the command has ended
	ExitCode  int  // valid when Done; 0 when the server names none
	Fault     *Fault
}

// State that a command has reached when it ended.
const stateDone = shell + "/CommandState/Done"

// Read reads one reply. Stdout and Stderr are decoded behind what into held before, so that the output of one command
// can be gathered without copies; every other field is set anew.
func Read(data []byte, into *Reply) error {
	r := reader{reply: Reply{Stdout: into.Stdout, Stderr: into.Stderr}}
	s := scanner{data: data}
	if err := s.walk(&r); err != nil {
		return fmt.Errorf("the reply is not readable %w", err)
	}
	if r.fault.seen {
		r.reply.Fault = r.fault.value()
	}
	*into = r.reply
	return nil
}

type reader struct {
	reply  Reply
	stream *[]byte // where the text of the open Stream element goes
	shell  bool    // the open Selector names the shell
	fault  faultReader
}

func (r *reader) start(local, parent []byte, attributes attributes) error {
	if parent == nil && string(local) != "Envelope" {
		return errors.New("a SOAP envelope was expected, this begins with <" + clip(string(local)) + ">")
	}
	switch string(local) {
	case "Selector":
		r.shell = attributes.get("Name") == "ShellId"
	case "CommandState":
		r.reply.Done = attributes.get("State") == stateDone
		return r.command(attributes.get("CommandId"))
	case "Stream":
		switch attributes.get("Name") {
		case "stdout":
			r.stream = &r.reply.Stdout
		case "stderr":
			r.stream = &r.reply.Stderr
		default:
			return errors.New("a stream that nobody asked for")
		}
		return r.command(attributes.get("CommandId"))
	default:
		r.fault.start(local, attributes)
	}
	return nil
}

func (r *reader) end(local, parent, text []byte) error {
	switch string(local) {
	case "Action":
		r.reply.Action = trim(text)
	case "RelatesTo":
		r.reply.RelatesTo = trim(text)
	case "Selector":
		if r.shell {
			r.reply.ShellID = trim(text)
		}
	case "ShellId":
		r.reply.ShellID = trim(text)
	case "CommandId":
		return r.command(trim(text))
	case "ExitCode":
		// Windows writes a status like 0xC000013A as a signed or as an unsigned number.
		code, err := strconv.ParseInt(trim(text), 10, 64)
		if err != nil || int64(int32(code)) != code && int64(uint32(code)) != code {
			return errors.New("an exit code that is no number")
		}
		r.reply.ExitCode = int(code)
	case "Stream":
		return r.output(text)
	default:
		r.fault.end(local, parent, text)
	}
	return nil
}

// command notes whose output this is; one reply speaks of one command.
func (r *reader) command(id string) error {
	if id == "" || id == r.reply.CommandID {
		return nil
	}
	if r.reply.CommandID != "" {
		return errors.New("output of more than one command")
	}
	r.reply.CommandID = id
	return nil
}

func (r *reader) output(text []byte) error {
	if r.stream == nil || len(text) == 0 {
		return nil
	}
	var err error
	if *r.stream, err = base64.StdEncoding.AppendDecode(*r.stream, text); err != nil {
		return errors.New("output that is not base64")
	}
	r.stream = nil
	return nil
}

func trim(text []byte) string { return strings.TrimSpace(string(text)) }

// clip keeps text of a stranger short inside an error.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
