package wsman

import (
	"strings"
	"testing"

	"patchdeck/remote/simulator/wsman/soap"
)

// talking is a client with a program that answers line by line.
type talking struct {
	*client
	t              *testing.T
	shell, command string
}

func talk(t *testing.T) talking {
	t.Helper()
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	return talking{c, t, shell, c.command(shell, "talk")}
}

func (c talking) say(input string, last bool) {
	c.t.Helper()
	if reply := c.post(c.sendEnvelope(c.shell, c.command, input, last)); reply.status != 200 {
		c.t.Fatalf("%q: %s", input, reply.body)
	}
}

func (c talking) hear(stream, want string, done bool) {
	c.t.Helper()
	if reply := c.receive(c.shell, c.command); reply.stream(stream) != want || reply.done() != done {
		c.t.Errorf("%s %q, done %v; want %q, %v", stream, reply.stream(stream), reply.done(), want, done)
	}
}

func TestAProgramThatConversesAnswersEveryLineOnce(t *testing.T) {
	c := talk(t)
	for _, line := range []string{"one", "two", strings.Repeat("long", 50_000)} {
		c.say(line+"\r\n", false)
		c.hear("stdout", "you said "+line, false)
	}
	c.say("?\n", false)
	c.hear("stderr", "what?", false)
	c.say("and\n", false)
	c.hear("stdout", "you said and", false)
}

func TestALineThatComesInPiecesIsAnsweredAtItsEnd(t *testing.T) {
	c := talk(t)
	c.say("in ", false)
	wait := c.post(c.receiveEnvelope(c.shell, c.command, "<w:OperationTimeout>PT0.5S</w:OperationTimeout>"))
	if wait.faultCode() != "2150858793" {
		t.Fatalf("half a line was answered: %s", wait.body)
	}
	c.say("pieces\n", false)
	c.hear("stdout", "you said in pieces", false)
}

func TestAProgramThatConversesEndsWithItsInputAndAnswersAnUnfinishedLineBefore(t *testing.T) {
	c := talk(t)
	c.say("no end of line", true)
	var said strings.Builder
	for done := false; !done; {
		reply := c.receive(c.shell, c.command)
		said.WriteString(reply.stream("stdout"))
		if done = reply.done(); done && reply.find(`<rsp:ExitCode>(\d+)<`) != "0" {
			t.Errorf("exit code: %s", reply.body)
		}
	}
	if said.String() != "you said no end of line" {
		t.Errorf("said %q", said.String())
	}
}

func TestAProgramThatConversesEndsByItselfOrByASignal(t *testing.T) {
	c := talk(t)
	c.say("bye\nnobody hears this\n", false)
	if reply := c.receive(c.shell, c.command); !reply.done() || reply.find(`<rsp:ExitCode>(\d+)<`) != "7" || reply.stream("stdout") != "bye "+testUser {
		t.Errorf("%s", reply.body)
	}
	c = talk(t)
	if reply := c.post(c.signalEnvelope(c.shell, c.command, soap.SignalControlC)); reply.status != 200 {
		t.Fatalf("%s", reply.body)
	}
	if reply := c.receive(c.shell, c.command); !reply.done() || reply.find(`<rsp:ExitCode>(-?\d+)<`) != "-1073741510" {
		t.Errorf("%s", reply.body)
	}
}
