package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

func TestFactsComeOverASealedConnection(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	facts, err := f.Facts(t.Context(), s.target)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := inventory.ParseBuild("10.0.20348.2340")
	if facts.Hostname != "APP01" || facts.Build != want || facts.Services[0].Name != "W3SVC" || facts.Updates[0] != "KB5034129" ||
		!facts.At.Equal(f.options.Now()) || facts.BootTime.Second() != 5 || facts.PendingRestart[0].Reason != "file_rename" {
		t.Errorf("%+v", facts)
	}
}

func TestAWarmHostNeedsTwoRequestsToAnswer(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	for _, want := range []map[wsman.Action]int{
		{wsman.Create: 1, wsman.Execute: 1, wsman.Send: 1, wsman.Receive: 1},
		{wsman.Send: 1, wsman.Receive: 1},
		{wsman.Send: 1, wsman.Receive: 1},
	} {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
		same(t, s.asked(), want)
	}
	f.Close()
	same(t, s.asked(), map[wsman.Action]int{wsman.Delete: 1})
}

func TestCallsToOneHostGoOneByOne(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if _, err := f.Facts(t.Context(), s.target); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	same(t, s.asked(), map[wsman.Action]int{wsman.Create: 1, wsman.Execute: 1, wsman.Send: 8, wsman.Receive: 8})
}

func TestAShellIsReplacedBeforeItsQuotaIsUsedUp(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	f.Facts(t.Context(), s.target)
	host, _ := f.host(s.target)
	f.calls.Done()
	host.commands = commandsPerShell
	s.asked()
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Delete: 1, wsman.Create: 1, wsman.Execute: 1, wsman.Send: 1, wsman.Receive: 1})
}

func TestAShellLostInARestartIsReplacedOnce(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	f.Facts(t.Context(), s.target)
	s.restart()
	s.asked()
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	requests := s.asked()
	if requests[wsman.Create] != 1 || requests[wsman.Receive] != 1 || requests[wsman.Send] != 2 || requests[wsman.Execute] != 1 {
		t.Errorf("requests %v", requests)
	}
}

func TestAUsedUpShellIsReplacedOnce(t *testing.T) {
	for _, older := range []bool{false, true} {
		s, f := newServer(t, wsman.Options{OlderFaults: older, Quotas: wsman.Quotas{MaxOperations: 2}}), newFleet(t, nil)
		s.answer = func(string, jsonText) string { return oneLine(jobText) }
		for range 5 {
			if _, err := f.CancelJob(t.Context(), s.target, installOrder.ID); err != nil {
				t.Fatal(err)
			}
		}
		if requests := s.asked(); requests[wsman.Create] != 3 {
			t.Errorf("older faults %v: requests %v", older, requests)
		}
	}
}

func TestTooManyShellsIsSaidInWordsForBothShapesOfFault(t *testing.T) {
	for _, older := range []bool{false, true} {
		s := newServer(t, wsman.Options{OlderFaults: older, Quotas: wsman.Quotas{MaxShellsPerUser: 1}})
		first, second := newFleet(t, nil), newFleet(t, nil)
		if _, err := first.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
		_, err := second.Facts(t.Context(), s.target)
		if failure := failed(t, err, rollout.ClassBusy, "0x803381A5"); !failure.Retry {
			t.Error("a full server is worth another try")
		}
	}
}

func TestFewConnectionsStayOpen(t *testing.T) {
	f := newFleet(t, func(o *Options) { o.FleetLimit, o.OpenLimit = 1, 3 })
	var servers []*server
	for range 5 {
		s := newServer(t, wsman.Options{})
		servers = append(servers, s)
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	for i, s := range servers {
		if requests := s.asked(); requests[wsman.Create] != 1 || requests[wsman.Delete] != 1 {
			t.Errorf("server %d: %v", i, requests)
		}
	}
	if len(f.idle.places) != 0 {
		t.Errorf("%d hosts still listed", len(f.idle.places))
	}
}

func TestAnUnusedConnectionIsGivenUp(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, func(o *Options) { o.IdleLimit = time.Millisecond })
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	<-s.deleted
}

func TestTheEndOfTheContextEndsAHangingCall(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.answer = func(string, jsonText) string { return hang }
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		_, err := f.Facts(ctx, s.target)
		result <- err
	}()
	<-s.hanging
	cancel()
	failed(t, <-result, rollout.ClassNetwork, "PD-DEADLINE")
	<-s.ended // the shell was deleted in the background, which ended the command
}

func TestClosingEndsCallsAndRefusesNewOnes(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.answer = func(string, jsonText) string { return hang }
	result := make(chan error)
	go func() {
		_, err := f.Facts(t.Context(), s.target)
		result <- err
	}()
	<-s.hanging
	f.Close()
	failed(t, <-result, rollout.ClassNetwork, "PD-DEADLINE")
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassBusy, "PD-CLOSED")
}

func TestALimitThatIsUsedUpIsOurTroubleAndNotTheServers(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	host, _ := f.host(s.target)
	defer f.calls.Done()
	host.turn <- struct{}{} // somebody else talks with the host
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := f.Facts(ctx, s.target)
	failed(t, err, rollout.ClassBusy, "PD-QUEUE")
	<-host.turn
}

func TestATargetThatLeadsNowhereIsRefused(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	nowhere, strange := s.target, s.target
	nowhere.Port, strange.Scheme = 0, "ftp"
	_, err := f.Facts(t.Context(), nowhere)
	failed(t, err, rollout.ClassConfig, "PD-CONFIG")
	_, err = f.Facts(t.Context(), strange)
	failed(t, err, rollout.ClassConfig, "PD-CONFIG")
}

func TestLongInputAndLongOutputTravelInPieces(t *testing.T) {
	services, names := make([]string, 4000), make([]string, 4000)
	for i := range services {
		services[i] = fmt.Sprintf("a service with a long name %040d", i)
		names[i] = strconv.Quote(services[i])
	}
	arrived := 0
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.answer = func(_ string, parameters jsonText) string {
		var given struct{ Services []string }
		if json.Unmarshal(parameters, &given) == nil && slices.Equal(given.Services, services) {
			arrived = len(given.Services)
		}
		return `{"build":"10.0.20348.2400","boot_time":"2026-11-10T20:00:00Z","time":"2026-11-10T20:05:00Z","servicing":"idle","logon_ready":true,` +
			`"present":[],"missing":[],"services_not_running":[` + strings.Join(names, ",") + `],"pending_restart":[]}`
	}
	v, err := f.Verify(t.Context(), s.target, nil, services)
	if err != nil || arrived != len(services) || !slices.Equal(v.NotRunning, services) {
		t.Errorf("%d arrived, %d came back, %v", arrived, len(v.NotRunning), err)
	}
	if requests := s.asked(); requests[wsman.Send] < 2 || requests[wsman.Receive] < 2 || requests[wsman.Execute] != 1 {
		t.Errorf("requests %v", requests)
	}
}

func TestMoreOutputThanAnyScriptHasIsRefused(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.answer = func(string, jsonText) string { return raw + strings.Repeat("x", maxOutput+1) }
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
}

// A server that says "nothing yet" at once, instead of waiting, must not be asked thousands of times a second.
func TestAServerThatDoesNotWaitIsAskedMoreAndMoreSlowly(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel() // so that the test need not wait
	p := pace{quick: time.Second}
	last := time.Duration(0)
	for range 10 {
		p.wait(over, false, time.Millisecond)
		if p.pause <= last && last < time.Second || p.pause > time.Second {
			t.Errorf("%v after %v", p.pause, last)
		}
		last = p.pause
	}
	if p.wait(over, true, time.Millisecond) != nil || p.pause != 0 {
		t.Error("output ends the slowness")
	}
	if p.wait(over, false, 2*time.Second) != nil || p.pause != 0 {
		t.Error("a server that waits is asked again at once")
	}
}
