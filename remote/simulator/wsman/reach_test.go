package wsman

import (
	"errors"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestWhatAPacketMeetsWhileTheMachineIsDown(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	open := pin(t, address)
	open.post("", soapType, nil)

	machine.set(func(m *testMachine) { m.reach = Unavailable })
	reply := c.post("x")
	if reply.status != http.StatusServiceUnavailable || !strings.Contains(reply.header.Get("Content-Type"), "text/html") {
		t.Errorf("while WinRM is not up: %d %v", reply.status, reply.header)
	}
	machine.set(func(m *testMachine) { m.reach = Refusing })
	if reply, err := c.try("x"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("while nobody listens: %d %v", reply.status, err)
	}
	if _, err := open.conn.Write([]byte("POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := open.reader.ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("an open connection while nobody listens: %v", err)
	}
	machine.set(func(m *testMachine) { m.reach = Answering })
	if reply := c.post("x"); reply.status != http.StatusInternalServerError {
		t.Errorf("after it came up: %d", reply.status)
	}
}

// hears tells whether anything comes back within a moment; the connection stays open.
func (p *pinned) hears() error {
	p.t.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		p.t.Fatal(err)
	}
	_, err := p.reader.ReadByte()
	return err
}

func TestASilentMachineResetsOldConnectionsWhenItIsBack(t *testing.T) {
	const request = "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
	machine := newTestMachine()
	endpoint, address := serve(t, machine, basicOptions)
	before := pin(t, address)
	before.post("", soapType, nil)
	machine.set(func(m *testMachine) { m.reach = Silent })
	endpoint.Drop()
	endpoint.Drop()
	during := pin(t, address)
	for name, p := range map[string]*pinned{"before": before, "during": during} {
		if _, err := io.WriteString(p.conn, request); err != nil {
			t.Fatal(err)
		}
		if err := p.hears(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("opened %s the silence: %v", name, err)
		}
	}
	machine.set(func(m *testMachine) { m.reach = Answering; m.boot = 2 })
	for name, p := range map[string]*pinned{"before": before, "during": during} {
		if _, err := io.WriteString(p.conn, request); err != nil {
			t.Fatal(err)
		}
		_ = p.conn.SetReadDeadline(time.Time{})
		if _, err := p.reader.ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("opened %s the silence, used after it: %v", name, err)
		}
	}
}

func TestAMachineThatGoesDownResetsItsConnectionsOrClosesThem(t *testing.T) {
	for polite, want := range map[bool]error{false: syscall.ECONNRESET, true: io.EOF} {
		machine := newTestMachine()
		machine.polite = polite
		endpoint, address := serve(t, machine, basicOptions)
		open := pin(t, address)
		open.post("", soapType, nil)
		endpoint.Drop()
		if _, err := open.reader.ReadByte(); !errors.Is(err, want) {
			t.Errorf("polite %v: %v", polite, err)
		}
	}
}

func TestDropEndsCommandsAndWaitingReceives(t *testing.T) {
	machine := newTestMachine()
	endpoint, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "sleep")
	<-machine.running
	failed := make(chan error, 1)
	request := c.receiveEnvelope(shell, command, "")
	go func() {
		_, err := c.try(request)
		failed <- err
	}()
	machine.set(func(m *testMachine) { m.reach = Refusing })
	endpoint.Drop()
	<-machine.stopped
	if err := <-failed; err == nil {
		t.Error("the Receive got a reply from a machine that is down")
	}
}

func TestShellsOfAnEarlierBootAreGone(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "sleep")
	machine.set(func(m *testMachine) { m.boot++ })
	if code := c.receive(shell, command).faultCode(); code != "2150858843" {
		t.Errorf("a command of the earlier boot got fault %q", code)
	}
	<-machine.running
	<-machine.stopped
	shell = c.create()
	if !c.receive(shell, c.command(shell, "hostname")).done() {
		t.Error("a new shell does not work")
	}
}

func TestAClientThatLeavesIsForgotten(t *testing.T) {
	machine := newTestMachine()
	endpoint, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "sleep")
	p := pin(t, address)
	request, err := http.NewRequest(http.MethodPost, "http://x/wsman", strings.NewReader(c.receiveEnvelope(shell, command, "")))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(testUser, testPassword)
	if err := request.Write(p.conn); err != nil {
		t.Fatal(err)
	}
	if err := p.hears(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the running command answered: %v", err)
	}
	_ = p.conn.Close()
	c.http.CloseIdleConnections()
	for endpoint.connected() > 0 {
		runtime.Gosched() // the server learns of it from the kernel
	}
}

func (e *Endpoint) connected() int {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return len(e.connections)
}
