package remote

import (
	"encoding/json"
	"slices"
	"testing"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// A change has a process of its own: until its input was sent nobody can have done anything.
func TestAChangeNeedsFourRequestsAndLeavesTheKeptProcessAlone(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	s.asked()
	s.set(func() { s.answer = func(string, jsonText) string { return oneLine(jobText) } })
	if _, err := f.StartJob(t.Context(), s.target, installOrder); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Execute: 1, wsman.Send: 1, wsman.Receive: 1, wsman.Signal: 1})
	if _, err := f.Job(t.Context(), s.target, installOrder.ID, 0); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Send: 1, wsman.Receive: 1})
}

func TestAKeptProcessIsSentEveryScriptOnce(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	var packed []bool
	s.heard = func(line []byte) {
		var o struct{ Script scriptText }
		if err := json.Unmarshal(line, &o); err != nil || o.Script.SHA256 == "" {
			t.Errorf("%v: %s", err, line)
		}
		packed = append(packed, o.Script.Packed != "")
	}
	facts := func() {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Error(err)
		}
	}
	facts()
	facts()
	s.answer = func(string, jsonText) string { return oneLine(jobText) }
	f.Job(t.Context(), s.target, installOrder.ID, 0)
	f.Job(t.Context(), s.target, installOrder.ID, 0)
	s.answer = func(string, jsonText) string { return factsText }
	s.restart()
	facts()
	if want := []bool{true, false, true, false, true}; !slices.Equal(packed, want) {
		t.Errorf("scripts were sent whole: %v, want %v", packed, want)
	}
}

// A script that failed may not have come as far as being kept.
func TestAScriptThatFailedIsSentAgain(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	whole := 0
	s.heard = func(line []byte) {
		var o struct{ Script scriptText }
		if json.Unmarshal(line, &o) == nil && o.Script.Packed != "" {
			whole++
		}
	}
	s.answer = func(string, jsonText) string {
		return raw + "-----BEGIN PATCHDECK NONCE-----\n" +
			`{"patchdeck":1,"nonce":"NONCE","script":"facts","version":VERSION,"ok":false,"error":{"code":"0x80096010","message":"cannot be unpacked"}}` +
			"\n-----END PATCHDECK NONCE-----\n"
	}
	for range 2 {
		_, err := f.Facts(t.Context(), s.target)
		failed(t, err, rollout.ClassSource, "0x80096010")
	}
	if whole != 2 {
		t.Errorf("the script was sent whole %d times, want 2", whole)
	}
}

func TestAKeptProcessIsReplacedWhenItIsOld(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	for range callsPerProcess {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
	}
	if requests := s.asked(); requests[wsman.Execute] != 1 {
		t.Errorf("requests %v", requests)
	}
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Signal: 1, wsman.Execute: 1, wsman.Send: 1, wsman.Receive: 1})
}

// The server may end a process at any time; for a question that means asking once more.
func TestAKeptProcessThatEndedIsReplacedOnce(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	s.asked()
	dying := true
	s.ending = func() bool {
		defer func() { dying = false }()
		return dying
	}
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Execute: 1, wsman.Send: 2, wsman.Receive: 2})
	s.ending = func() bool { return true }
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
}

func TestAQuestionWhoseAnswerIsLostOnAWarmServerIsAskedOnceMore(t *testing.T) {
	for _, action := range []wsman.Action{wsman.Send, wsman.Receive} {
		s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
		s.set(func() { s.once[action] = wsman.Reset })
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Errorf("%s: %v", action, err)
		}
		s.set(func() { s.spoil[action] = wsman.Reset })
		_, err := f.Facts(t.Context(), s.target)
		failed(t, err, rollout.ClassNetwork, "PD-BROKEN")
	}
}

// Somebody else's shell may be all that is gone of two: what is left of ours is deleted before a new one is opened.
func TestAProcessThatTheServerForgotCostsNoShell(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	for range 3 {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
		s.asked()
		s.set(func() { s.fault[wsman.Send] = 2150858843 })
	}
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Fatal(err)
	}
	same(t, s.asked(), map[wsman.Action]int{wsman.Send: 2, wsman.Delete: 1, wsman.Create: 1, wsman.Execute: 1, wsman.Receive: 1})
}
