package remote

import (
	"context"
	"net"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// patient is a fleet whose own limits are so far away that only the caller's context can end a call: in these tests whatever
// returns at all returned because of it.
func patient(o *Options) {
	o.ConnectLimit, o.ReadLimit, o.CallLimit = time.Hour, time.Hour, time.Hour
	o.OperationTimeout = 20 * time.Second
}

func TestTheEndOfTheContextEndsWhicheverRequestIsInFlightAndTheShellIsDeleted(t *testing.T) {
	for _, action := range []wsman.Action{wsman.Create, wsman.Execute, wsman.Send, wsman.Receive} {
		t.Run(string(action), func(t *testing.T) {
			s, f := newServer(t, wsman.Options{}), newFleet(t, patient)
			s.set(func() { s.spoil[action] = wsman.Stall })
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-s.stalling
				s.set(func() { delete(s.spoil, action) })
				cancel()
			}()
			_, err := f.Facts(ctx, s.target)
			failed(t, err, rollout.ClassNetwork, "PD-DEADLINE")
			<-s.deleted
			if _, err := f.Facts(t.Context(), s.target); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestTheEndOfAContextEndsTheDeletionOfAnOldShell(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, patient)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	h, _ := f.host(s.target)
	f.calls.Done()
	h.commands = commandsPerShell // the next call replaces the shell
	s.set(func() { s.spoil[wsman.Delete] = wsman.Stall })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-s.stalling
		s.set(func() { delete(s.spoil, wsman.Delete) })
		cancel()
	}()
	_, err := f.Facts(ctx, s.target)
	failed(t, err, rollout.ClassNetwork, "PD-DEADLINE")
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAResultIsKeptWhenTheContextEndsDuringTheGoodbye(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, patient)
	s.set(func() {
		s.spoil[wsman.Signal] = wsman.Stall
		s.answer = func(string, jsonText) string { return oneLine(jobText) }
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-s.stalling
		cancel()
	}()
	if _, err := f.StartJob(ctx, s.target, installOrder); err != nil {
		t.Error(err)
	}
	<-s.deleted
}

func TestTheEndOfTheContextEndsALoginThatGetsNoAnswer(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			conn.Read(make([]byte, 1)) // the greeting has begun
			cancel()
			<-t.Context().Done()
		}()
		f := newFleet(t, patient)
		address := listener.Addr().(*net.TCPAddr)
		_, err = f.Facts(ctx, engine.Target{Name: "APP01", Address: "127.0.0.1", Port: address.Port, Scheme: scheme, Credential: "fleet"})
		failed(t, err, rollout.ClassNetwork, "PD-DEADLINE")
		listener.Close()
	}
}
