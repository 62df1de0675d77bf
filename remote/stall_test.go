package remote

import (
	"bufio"
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
	"patchdeck/remote/simulator/wsman/ntlm"
)

// stalls are servers that stop at one phase of a call and stay silent, with the code that the phase's own limit ends in.
var stalls = map[string]struct {
	code   string
	server func(testing.TB) engine.Target
}{
	"connecting":                 {"PD-NO-CONNECTION", unconnected},
	"agreeing on TLS":            {"PD-NO-ANSWER", deaf("https", "")},
	"first answer of the login":  {"PD-NO-ANSWER", deaf("http", "")},
	"second answer of the login": {"PD-NO-ANSWER", deaf("http", challenge)},
	"headers":                    {"PD-NO-ANSWER", halting(wsman.Receive, wsman.Mute)},
	"body":                       {"PD-NO-ANSWER", halting(wsman.Receive, wsman.Stall)},
	"middle of the body":         {"PD-NO-ANSWER", halting(wsman.Receive, wsman.HalfBody)},
	"opening a shell":            {"PD-NO-ANSWER", halting(wsman.Create, wsman.Mute)},
	"sending input":              {"PD-NO-ANSWER", halting(wsman.Send, wsman.Mute)},
}

// challenge in place of a text makes a deaf server ask for the password before it falls silent.
const challenge = "challenge"

// deaf is a server that takes connections, gives one answer or none, and then reads for ever.
func deaf(scheme, answer string) func(testing.TB) engine.Target {
	return func(t testing.TB) engine.Target {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go hear(conn, answer)
			}
		}()
		return engine.Target{Name: "APP01", Address: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Scheme: scheme, Credential: "fleet"}
	}
}

func hear(conn net.Conn, answer string) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if answer == challenge {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		greeting, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(request.Header.Get("Authorization"), "Negotiate "))
		token, err := ntlm.NewAcceptor("APP01").Challenge(greeting, time.Now())
		if err != nil {
			return
		}
		reply := "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Negotiate " + base64.StdEncoding.EncodeToString(token) + "\r\n\r\n"
		if _, err := conn.Write([]byte(reply)); err != nil {
			return
		}
	}
	for {
		if _, err := in.ReadByte(); err != nil {
			return
		}
	}
}

// halting is a whole server that halts at one kind of reply.
func halting(action wsman.Action, how wsman.Spoil) func(testing.TB) engine.Target {
	return func(t testing.TB) engine.Target {
		s := newServer(t, wsman.Options{})
		s.set(func() {
			s.spoil[action] = how
			s.stalling, s.deleted = make(chan struct{}, 1<<20), make(chan struct{}, 1<<20) // nobody listens here
		})
		return s.target
	}
}

func TestAStallAtAnyPhaseEndsByItsLimit(t *testing.T) {
	for phase, stall := range stalls {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			to := stall.server(t)
			f := newFleet(t, func(o *Options) {
				o.ConnectLimit, o.ReadLimit, o.CallLimit = 300*time.Millisecond, time.Second, time.Hour
			})
			_, err := f.Facts(t.Context(), to)
			if failure := failed(t, err, rollout.ClassNetwork, stall.code); !failure.Retry || !strings.Contains(failure.Words, "within") {
				t.Errorf("%+v", failure)
			}
		})
	}
}

func TestAStallAtAnyPhaseEndsWithTheContext(t *testing.T) {
	for phase, stall := range stalls {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			to, f := stall.server(t), newFleet(t, patient)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := f.Facts(ctx, to)
			failed(t, err, rollout.ClassNetwork, "PD-DEADLINE")
		})
	}
}

// BenchmarkTheEndOfAContext measures how late a call returns whose context has ended, whatever phase it is in.
func BenchmarkTheEndOfAContext(b *testing.B) {
	for phase, stall := range stalls {
		b.Run(phase, func(b *testing.B) {
			to, f := stall.server(b), newFleet(b, patient)
			var late []time.Duration
			for b.Loop() {
				end := time.Now().Add(20 * time.Millisecond)
				ctx, cancel := context.WithDeadline(b.Context(), end)
				if _, err := f.Facts(ctx, to); err == nil {
					b.Fatal("it answered")
				}
				late = append(late, time.Since(end))
				cancel()
			}
			slices.Sort(late)
			at := func(share int) float64 { return float64(late[(len(late)-1)*share/100]) / float64(time.Millisecond) }
			b.ReportMetric(at(50), "ms-late-median")
			b.ReportMetric(at(99), "ms-late-p99")
		})
	}
}
