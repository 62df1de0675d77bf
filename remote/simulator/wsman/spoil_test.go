package wsman

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

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

func TestRepliesThatHalt(t *testing.T) {
	for how, most := range map[Spoil]int{Mute: 0, HalfBody: 1} {
		c := spoiled(t, how)
		p := pin(t, c.address)
		request, err := http.NewRequest(http.MethodPost, "http://x/wsman", strings.NewReader(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")))
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(testUser, testPassword)
		if err := request.Write(p.conn); err != nil {
			t.Fatal(err)
		}
		heard := 0
		for p.hears() == nil {
			heard++
		}
		if most == 0 && heard > 0 || most > 0 && heard < 300 {
			t.Errorf("spoil %d: %d bytes came", how, heard)
		}
		_ = p.conn.Close()
	}
}

func TestAReplyThatDripsIsWhole(t *testing.T) {
	if c := spoiled(t, Drip); c.create() == "" {
		t.Error("no shell")
	}
}

func TestRepliesWithTheWrongStatus(t *testing.T) {
	for how, want := range map[Spoil]int{EmptyError: http.StatusInternalServerError, LoginAgain: http.StatusUnauthorized} {
		c := spoiled(t, how)
		reply, err := c.try(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
		if err != nil || reply.status != want || reply.body != "" {
			t.Errorf("spoil %d: %d %q %v", how, reply.status, reply.body, err)
		}
	}
}

func TestASlowMachineAnswersLaterAndDoesNotHoldUpTheEnd(t *testing.T) {
	machine := newTestMachine()
	machine.slow = map[Action]time.Duration{Create: 10 * time.Millisecond, Execute: time.Hour}
	endpoint, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	began := time.Now()
	shell := c.create()
	if took := time.Since(began); took < 10*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	waits := make(chan error, 1)
	request := c.commandEnvelope(shell, "sleep", "")
	go func() {
		_, err := c.try(request)
		waits <- err
	}()
	<-machine.running // it is done, and the reply waits
	_ = endpoint.Close()
	if err := <-waits; err == nil {
		t.Error("the reply came before its time")
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
