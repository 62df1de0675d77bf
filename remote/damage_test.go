package remote

import (
	"fmt"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// everyDamage names the code that each damaged reply leads to.
var everyDamage = map[wsman.Spoil]string{
	wsman.EmptyBody:  "PD-REPLY",
	wsman.EmptyError: "PD-STATUS",
	wsman.Mute:       "PD-NO-ANSWER",
	wsman.HalfBody:   "PD-NO-ANSWER",
	wsman.Garbage:    "PD-REPLY",
	wsman.HTMLPage:   "PD-REPLY",
	wsman.Truncated:  "PD-REPLY",
	wsman.Endless:    "PD-REPLY",
	wsman.Stall:      "PD-NO-ANSWER",
	wsman.Reset:      "PD-BROKEN",
}

var everyStep = []wsman.Action{wsman.Create, wsman.Execute, wsman.Send, wsman.Receive}

func TestADamagedReplyIsThatServersTroubleAndPasses(t *testing.T) {
	for spoil, code := range everyDamage {
		for _, action := range everyStep {
			t.Run(fmt.Sprint(spoil, action), func(t *testing.T) {
				t.Parallel()
				s := newServer(t, wsman.Options{})
				f := newFleet(t, func(o *Options) {
					if code == "PD-NO-ANSWER" {
						o.ReadLimit = 500 * time.Millisecond
					}
				})
				s.set(func() { s.spoil[action] = spoil })
				_, err := f.Facts(t.Context(), s.target)
				class := rollout.ClassProtocol
				if code == "PD-NO-ANSWER" || spoil == wsman.Reset {
					class = rollout.ClassNetwork
				}
				if failure := failed(t, err, class, code); !failure.Retry {
					t.Error("it may pass, so it is worth another try")
				}
				s.set(func() { s.spoil[action] = wsman.NoSpoil })
				if _, err := f.Facts(t.Context(), s.target); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			})
		}
	}
}

func TestADamagedGoodbyeDoesNotCostTheResult(t *testing.T) {
	for spoil := range everyDamage {
		s := newServer(t, wsman.Options{})
		f := newFleet(t, func(o *Options) { o.ReadLimit = 200 * time.Millisecond })
		s.set(func() {
			s.spoil[wsman.Signal] = spoil
			s.answer = func(string, jsonText) string { return oneLine(jobText) }
		})
		if _, err := f.StartJob(t.Context(), s.target, installOrder); err != nil {
			t.Errorf("damage %v: %v", spoil, err)
		}
	}
}

var installOrder = engine.JobOrder{ID: "r7-s00001-install-1", Kind: rollout.JobInstall, Change: "CHG-1",
	Deadline: time.Date(2026, 11, 11, 2, 0, 0, 0, time.UTC), Updates: []string{"KB5034129"}}

// The engine must ask the host after such a failure, so it may neither be called "not started" nor be sent again.
func TestAnOrderWhoseAnswerIsLostIsUnknownAndNotRepeated(t *testing.T) {
	for _, action := range []wsman.Action{wsman.Send, wsman.Receive} {
		s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
		s.asked()
		s.set(func() { s.spoil[action] = wsman.Reset })
		_, err := f.StartJob(t.Context(), s.target, installOrder)
		failed(t, err, rollout.ClassNetwork, codeUnknownOutcome)
		if requests := s.asked(); requests[wsman.Execute] != 1 || requests[wsman.Send] != 1 {
			t.Errorf("%v: one order, but requests %v", action, requests)
		}
	}
}

func TestAnOrderThatNeverLeftIsNotUnknown(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.set(func() { s.spoil[wsman.Execute] = wsman.Reset })
	_, err := f.StartJob(t.Context(), s.target, installOrder)
	failed(t, err, rollout.ClassNetwork, "PD-BROKEN")
	if s.asked()[wsman.Send] != 0 {
		t.Error("the order was sent")
	}
}

// A server that asks for the login in the middle of things is logged in to once more, and never more often.
func TestALoginThatIsForgottenIsRepeatedOnce(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	s.set(func() { s.spoil[wsman.Send] = wsman.LoginAgain })
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGIN-LOST")
	if n := s.asked()[wsman.Send]; n > 3 {
		t.Errorf("%d requests", n)
	}
	s.set(func() { delete(s.spoil, wsman.Send) })
	if _, err := f.Facts(t.Context(), s.target); err != nil || s.endpoint.FailedLogons(user) != 0 {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAReplyThatDripsIsReadToItsEnd(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.set(func() { s.spoil[wsman.Receive] = wsman.Drip })
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

func TestFaultsAreSaidInWords(t *testing.T) {
	for _, c := range []struct {
		code   uint32
		action wsman.Action
		class  rollout.Class
		shown  string
	}{
		{5, wsman.Create, rollout.ClassAccess, "0x00000005"},
		{170, wsman.Send, rollout.ClassBusy, "0x000000AA"},
		{995, wsman.Receive, rollout.ClassNetwork, "0x000003E3"},
		{2147943418, wsman.Create, rollout.ClassBusy, "0x800703FA"},
		{2150858817, wsman.Execute, rollout.ClassProtocol, "0x80338041"},
		{0x80070005, wsman.Execute, rollout.ClassAccess, "0x80070005"}, // from the table of HRESULTs
	} {
		s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
		s.set(func() { s.fault[c.action] = c.code })
		_, err := f.Facts(t.Context(), s.target)
		if failure := failed(t, err, c.class, c.shown); failure.Words == "" {
			t.Error("no words")
		}
	}
}

func TestAProfileThatUnloadsIsTriedOnceMore(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	f.Facts(t.Context(), s.target)
	s.set(func() { s.fault[wsman.Execute] = 2147943418 })
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

func TestTheStateOfTheRoadIsSaidInWords(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, func(o *Options) { o.ReadLimit = 50 * time.Millisecond })
	s.set(func() { s.reach = wsman.Silent })
	_, err := f.Facts(t.Context(), s.target)
	if failure := failed(t, err, rollout.ClassNetwork, "PD-NO-ANSWER"); failure.Words != "no answer within 50ms" {
		t.Errorf("%q", failure.Words)
	}
	s.set(func() { s.reach = wsman.Unavailable })
	_, err = f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassNetwork, "PD-UNAVAILABLE")
	s.endpoint.Close()
	_, err = f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassNetwork, "PD-REFUSED")
	s.target.Address = "no-such-name.invalid"
	_, err = f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassNetwork, "PD-NAME")
}
