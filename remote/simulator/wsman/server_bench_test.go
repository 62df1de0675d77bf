package wsman

import (
	"net/http"
	"runtime"
	"testing"

	"patchdeck/remote/simulator/wsman/soap"
)

// BenchmarkSealedCommand runs whole commands (Create, Command, Receive, Signal, Delete) over one sealed connection; the
// client's share is in the numbers.
func BenchmarkSealedCommand(b *testing.B) {
	_, address := serve(b, newTestMachine(), Options{})
	p, c := pin(b, address), newClient(b, address)
	login, status := p.logIn(testUser, testPassword)
	if status != http.StatusOK {
		b.Fatalf("login: %d", status)
	}
	sealing := &sealedConnection{login: login}
	ask := func(envelope string) answer {
		framed, err := sealing.seal(envelope)
		if err != nil {
			b.Fatal(err)
		}
		_, _, body := p.post("", sealedRequest, framed)
		text, err := sealing.unseal(body)
		if err != nil {
			b.Fatal(err)
		}
		return answer{body: text}
	}
	for b.Loop() {
		shell := ask(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")).find(`Name="ShellId">([^<]+)<`)
		command := ask(c.commandEnvelope(shell, "hostname", "")).find(`<rsp:CommandId>([^<]+)<`)
		if !ask(c.receiveEnvelope(shell, command, "")).done() {
			b.Fatal("the command is not done")
		}
		ask(c.signalEnvelope(shell, command, soap.SignalTerminate))
		ask(c.envelope(soap.ActionDelete, shell, "", ""))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5, "ns/request")
}

// BenchmarkPerform is the server's share of a Receive without network, login and sealing.
func BenchmarkPerform(b *testing.B) {
	machine := newTestMachine()
	endpoint, address := serve(b, machine, basicOptions)
	c := newClient(b, address)
	shell := c.create()
	body := []byte(c.receiveEnvelope(shell, c.command(shell, "hostname"), ""))
	connection := newConnection(endpoint, nil)
	for endpoint.busy() {
		runtime.Gosched()
	}
	b.ReportAllocs()
	for b.Loop() {
		if reply, _, _ := connection.perform(exchange{user: testUser}, body); reply.status != http.StatusOK {
			b.Fatalf("%d %s", reply.status, reply.body)
		}
	}
}

func (e *Endpoint) busy() bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for _, s := range e.shells {
		if s.running() > 0 {
			return true
		}
	}
	return false
}

// BenchmarkIdleConnection reports what an open, logged-in connection to a server of its own costs this process, both
// ends together.
func BenchmarkIdleConnection(b *testing.B) {
	const servers = 100
	machine := newTestMachine()
	before := memory()
	for range servers {
		_, address := serve(b, machine, Options{})
		if _, status := pin(b, address).logIn(testUser, testPassword); status != http.StatusOK {
			b.Fatalf("login: %d", status)
		}
	}
	var after uint64
	for b.Loop() {
		after = memory()
	}
	b.ReportMetric(float64(after-before)/servers, "B/server")
}

func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
