package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

const (
	user     = `CORP\svc-patch`
	password = "correct horse"
)

// jsonText is what a script got as its parameters.
type jsonText = json.RawMessage

// server is a Windows server for tests: the simulator's protocol in front, answers of the test behind it.
type server struct {
	target   engine.Target
	endpoint *wsman.Endpoint

	mutex    sync.Mutex
	reach    wsman.Reach
	boot     int
	requests map[wsman.Action]int
	spoil    map[wsman.Action]wsman.Spoil // damages every reply to that action
	once     map[wsman.Action]wsman.Spoil // damages the next reply to that action
	fault    map[wsman.Action]uint32      // answers that action with a fault, once
	always   map[wsman.Action]uint32      // the same, every time; nil for none
	heard    func(line []byte)            // told every line of input
	ending   func() bool                  // tells whether the process ends instead of answering
	answer   func(script string, parameters jsonText) string
	hanging  chan struct{} // told when a command hangs
	deleted  chan struct{} // told when a shell was deleted
	stalling chan struct{} // told when a reply is about to stall
	ended    chan struct{} // told when a hanging command was cut off
}

func newServer(t testing.TB, options wsman.Options) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	s := &server{requests: map[wsman.Action]int{}, spoil: map[wsman.Action]wsman.Spoil{}, once: map[wsman.Action]wsman.Spoil{}, fault: map[wsman.Action]uint32{},
		hanging: make(chan struct{}, 8), stalling: make(chan struct{}, 8), deleted: make(chan struct{}, 8), ended: make(chan struct{}, 8), answer: func(string, jsonText) string { return factsText }}
	s.target = engine.Target{ID: "s00001", Name: "APP01", Address: "127.0.0.1", Port: address.Port, Scheme: "http", Site: "here", Credential: "fleet"}
	if options.TLS != nil {
		s.target.Scheme = "https"
	}
	s.endpoint = wsman.Serve(listener, s, options)
	t.Cleanup(func() { s.endpoint.Close() })
	return s
}

func (s *server) Reach() wsman.Reach {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.reach
}

func (s *server) Boot() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.boot
}

func (s *server) Password(account string) (string, bool) {
	return password, strings.EqualFold(account, "svc-patch")
}

func (s *server) Spoil(action wsman.Action) wsman.Spoil {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.requests[action]++
	if s.spoil[action] == wsman.Stall {
		s.stalling <- struct{}{}
	}
	if action == wsman.Delete {
		s.deleted <- struct{}{}
	}
	if how, ok := s.once[action]; ok {
		delete(s.once, action)
		return how
	}
	return s.spoil[action]
}

func (s *server) Fault(action wsman.Action) uint32 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	code := s.fault[action]
	delete(s.fault, action)
	if code == 0 {
		code = s.always[action]
	}
	return code
}

// Converse answers every line as the bootstrap does.
func (s *server) Converse(line, _ string) wsman.Conversation {
	if line != assets.BootstrapCommandLine() {
		return nil
	}
	return s.answerLine
}

func (s *server) Run(context.Context, wsman.Command) wsman.Exit {
	return wsman.Exit{Code: 1, Stderr: []byte("only the bootstrap is expected here")}
}

func (s *server) answerLine(ctx context.Context, line []byte) wsman.Exit {
	var order struct {
		Script struct {
			Name    string
			Version int
		}
		Parameters json.RawMessage
		Nonce      string
	}
	if err := json.Unmarshal(line, &order); err != nil {
		return wsman.Exit{Code: 1, Stderr: []byte(err.Error())}
	}
	s.mutex.Lock()
	answer := s.answer
	s.mutex.Unlock()
	if s.heard != nil {
		s.heard(line)
	}
	if s.ending != nil && s.ending() {
		return wsman.Exit{Code: 1, Stderr: []byte("out of memory")}
	}
	text := answer(order.Script.Name, order.Parameters)
	if text == hang {
		s.hanging <- struct{}{}
		<-ctx.Done()
		s.ended <- struct{}{}
		return wsman.Exit{Code: 1}
	}
	if !strings.HasPrefix(text, raw) {
		text = fmt.Sprintf("-----BEGIN PATCHDECK %s-----\r\n{\"patchdeck\":1,\"nonce\":%q,\"script\":%q,\"version\":%d,\"ok\":true,\"result\":%s}\r\n-----END PATCHDECK %s-----\r\n",
			order.Nonce, order.Nonce, order.Script.Name, order.Script.Version, text, order.Nonce)
	}
	fill := strings.NewReplacer("NONCE", order.Nonce, "VERSION", strconv.Itoa(order.Script.Version))
	return wsman.Exit{Stdout: []byte(fill.Replace(strings.TrimPrefix(text, raw)))}
}

const (
	hang = "hang" // the script never ends
	raw  = "raw:" // the rest is the whole output; NONCE and VERSION are filled in
)

// restart takes every shell and connection down and comes back at once.
func (s *server) restart() {
	s.mutex.Lock()
	s.boot++
	s.mutex.Unlock()
	s.endpoint.Drop()
}

func (s *server) set(change func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change()
}

// asked gives the requests since the last call.
func (s *server) asked() map[wsman.Action]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	requests := s.requests
	s.requests = map[wsman.Action]int{}
	return requests
}

func newFleet(t testing.TB, change func(*Options)) *Fleet {
	t.Helper()
	options := Options{
		Credentials:  func(string) (Credential, error) { return Credential{User: user, Password: password}, nil },
		ConnectLimit: 2 * time.Second, ReadLimit: 10 * time.Second, OperationTimeout: 5 * time.Second,
		Now:    func() time.Time { return time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC) },
		Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&options)
	}
	f := New(options)
	t.Cleanup(func() { f.Close() })
	return f
}

// failed checks that err is a failure of that class and code.
func failed(t *testing.T, err error, class rollout.Class, code string) *rollout.Failure {
	t.Helper()
	var failure *rollout.Failure
	if !errors.As(err, &failure) || failure.Class != class || failure.Code != code {
		t.Fatalf("want %s %s, got %T %+v", class, code, err, err)
	}
	return failure
}

func same(t *testing.T, got, want map[wsman.Action]int) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("requests %v, want %v", got, want)
	}
}

var factsText = strings.ReplaceAll(`{"hostname":"APP01","domain":"corp.example","domain_role":3,"os_caption":"Microsoft Windows Server 2022 Standard",
"installation_type":"Server","build":"10.0.20348.2340","boot_time":"2026-11-01T03:04:05.1234567Z","time":"2026-11-10T20:00:01Z",
"powershell":"5.1.20348.1","language_mode":"FullLanguage","hardware":"virtual","model":"Virtual Machine","memory_bytes":8589934592,
"system_drive_free_bytes":40000000000,"system_drive_total_bytes":100000000000,"roles":["Web-Server"],
"services":[{"name":"W3SVC","display_name":"World Wide Web","state":"Running","start":"Auto"}],"updates":[{"kb":"KB5034129"}],
"pending_restart":[{"reason":"file_rename","blocks":false,"detail":"3 files"}],"servicing":"idle","cluster":null,
"update_policy":{"use_wsus":false,"wsus_url":"","no_auto_update":true}}`, "\n", "")
