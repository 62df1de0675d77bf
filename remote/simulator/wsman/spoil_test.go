package wsman

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"patchdeck/remote/simulator/wsman/soap"
)

func spoiled(t *testing.T, how Spoil) *client {
	machine := newTestMachine()
	machine.spoil = map[Action]Spoil{Create: how}
	_, address := serve(t, machine, basicOptions)
	return newClient(t, address)
}

func TestDamagedReplies(t *testing.T) {
	for how, check := range map[Spoil]func(answer) bool{
		EmptyBody: func(a answer) bool { return a.body == "" },
		Garbage:   func(a answer) bool { return a.body != "" && !strings.Contains(a.body, "<s:") },
		HTMLPage:  func(a answer) bool { return strings.HasPrefix(a.body, "<html>") },
		Truncated: func(a answer) bool {
			return strings.HasPrefix(a.body, "<s:Env") && !strings.Contains(a.body, "</s:Env")
		},
	} {
		c := spoiled(t, how)
		reply, err := c.try(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
		if err != nil || reply.status != http.StatusOK || !check(reply) {
			t.Errorf("spoil %d: %d %q %v", how, reply.status, reply.body, err)
		}
	}
}

func TestResetInPlaceOfAReply(t *testing.T) {
	c := spoiled(t, Reset)
	_, err := c.try(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestEndlessReply(t *testing.T) {
	c := spoiled(t, Endless)
	reply, err := c.try(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
	if err != nil || len(reply.body) != 4<<20 { // what the client reads at most
		t.Errorf("%d bytes, %v", len(reply.body), err)
	}
}

func TestStalledReply(t *testing.T) {
	c := spoiled(t, Stall)
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.address+"/wsman",
		strings.NewReader(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(testUser, testPassword)
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	cancel()
	if n, err := response.Body.Read(make([]byte, 1)); n > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestTheRequestIsDoneEvenIfTheReplyIsSpoiled(t *testing.T) {
	machine := newTestMachine()
	machine.spoil = map[Action]Spoil{Execute: EmptyBody}
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	c.post(c.commandEnvelope(c.create(), "sleep", ""))
	<-machine.running
}
