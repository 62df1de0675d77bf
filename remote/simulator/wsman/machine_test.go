package wsman

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testUser     = "Administrator"
	testPassword = "Pässw0rd!"
)

// testMachine is a small Windows server: it echoes, knows its name, reads standard input, and sleeps.
type testMachine struct {
	mutex  sync.Mutex
	reach  Reach
	boot   int
	spoil  map[Action]Spoil
	fault  map[Action]uint32
	slow   map[Action]time.Duration
	polite bool
	// running gets a value when "sleep" begins, stopped when it ends.
	running, stopped chan struct{}
}

func newTestMachine() *testMachine {
	return &testMachine{boot: 1, running: make(chan struct{}, 100), stopped: make(chan struct{}, 100)}
}

func (m *testMachine) set(change func(*testMachine)) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	change(m)
}

func (m *testMachine) Reach() Reach {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.reach
}

func (m *testMachine) Boot() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.boot
}

func (m *testMachine) Password(user string) (string, bool) {
	return testPassword, strings.EqualFold(user, testUser) || strings.EqualFold(user, "other")
}

func (m *testMachine) Spoil(action Action) Spoil {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.spoil[action]
}

func (m *testMachine) Fault(action Action) uint32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.fault[action]
}

func (m *testMachine) ClosesConnections() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.polite
}

func (m *testMachine) Delay(action Action) time.Duration {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.slow[action]
}

func (m *testMachine) ComputerName() string { return "SRV-APP-01" }

func (m *testMachine) Version() string { return "10.0.20348" }

func (m *testMachine) Run(ctx context.Context, command Command) Exit {
	name, rest, _ := strings.Cut(command.Line, " ")
	switch name {
	case "echo":
		return Exit{Stdout: []byte(rest + "\r\n")}
	case "hostname":
		return Exit{Stdout: []byte("SRV-APP-01\r\n")}
	case "whoami":
		return Exit{Stdout: []byte(command.User + "\r\n")}
	case "sort":
		return Exit{Stdout: command.Stdin}
	case "fill":
		return Exit{Stdout: []byte(strings.Repeat("größer", 40_000)), Stderr: []byte("and a word on the side")}
	case "sleep":
		m.running <- struct{}{}
		<-ctx.Done()
		m.stopped <- struct{}{}
		return Exit{Code: 1}
	}
	return Exit{Code: 1, Stderr: []byte("'" + name + "' is not recognized\r\n")}
}

// Converse knows "talk", which says every line back, complains about "?" and ends with the line "bye" and exit code 7.
func (m *testMachine) Converse(line, user string) Conversation {
	if line != "talk" {
		return nil
	}
	return func(_ context.Context, line []byte) Exit {
		switch string(line) {
		case "?":
			return Exit{Stderr: []byte("what?")}
		case "bye":
			return Exit{Code: 7, Stdout: []byte("bye " + user)}
		}
		return Exit{Stdout: append([]byte("you said "), line...)}
	}
}

// serve starts an endpoint on loopback for the length of a test.
func serve(t testing.TB, machine Machine, options Options) (endpoint *Endpoint, address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint = Serve(listener, machine, options)
	t.Cleanup(func() { _ = endpoint.Close() })
	return endpoint, listener.Addr().String()
}
