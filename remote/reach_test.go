package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
	"patchdeck/remote/transport"
)

var night = time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)

// watch is a reach whose wall clock stands until the test moves it. The limit for connecting is 10 s.
type watch struct {
	*reach
	t    *testing.T
	wall time.Time
}

func newWatch(t *testing.T) *watch {
	o := Options{Now: func() time.Time { return night }}.withDefaults()
	w := &watch{reach: newReach(&o), t: t, wall: night}
	w.now = func() time.Time { return w.wall }
	return w
}

func (w *watch) host(name, site string) *host {
	return &host{road: road{address: name, site: site}, reach: w.reach, silence: w.newHostBreaker(), account: &account{}}
}

func (w *watch) hosts(site string, n int) []*host {
	var all []*host
	for i := range n {
		all = append(all, w.host(fmt.Sprint(site, i), site))
	}
	return all
}

var silence = &transport.Error{Kind: transport.NotConnected, Limit: 10 * time.Second, Err: errors.New("timeout")}

// call makes a call that ends with err, if it is let through.
func (w *watch) call(h *host, err error) *rollout.Failure {
	failure := w.admit(h)
	if failure == nil {
		if err == nil {
			w.heard(h)
		}
		w.end(h, err)
	}
	return failure
}

func (w *watch) wantThrough(h *host, err error) {
	w.t.Helper()
	if failure := w.call(h, err); failure != nil {
		w.t.Fatalf("%s was held back: %v", h.address, failure)
	}
}

func (w *watch) wantHeld(h *host, code string) *rollout.Failure {
	w.t.Helper()
	failure := w.call(h, nil)
	if failure == nil || failure.Code != code || failure.Class != rollout.ClassNetwork || !failure.Retry {
		w.t.Fatalf("%s: want %s, got %+v", h.address, code, failure)
	}
	return failure
}

func TestADeadSiteFailsCallsAtOnceUntilOneServerAnswers(t *testing.T) {
	w := newWatch(t)
	berlin, munich := w.hosts("berlin", 8), w.hosts("munich", 1)
	for _, h := range berlin[:siteSilences] {
		w.wantThrough(h, silence)
	}
	failure := w.wantHeld(berlin[7], "PD-SITE-DOWN")
	for _, part := range []string{`"berlin"`, "5 servers", "since 2026-11-10T20:00:00Z", "tried again in", "no connection within 10s"} {
		if !strings.Contains(failure.Words, part) {
			t.Errorf("%q lacks %q", failure.Words, part)
		}
	}
	w.wantThrough(munich[0], nil)
	w.wall = w.wall.Add(15 * time.Second) // beyond the first pause with any jitter
	if failure := w.admit(berlin[6]); failure != nil {
		t.Fatalf("nobody finds out: %v", failure)
	}
	w.wantHeld(berlin[7], "PD-SITE-DOWN") // one at a time
	w.end(berlin[6], silence)
	w.wantHeld(berlin[7], "PD-SITE-DOWN")
	w.wall = w.wall.Add(time.Minute)
	w.wantThrough(berlin[7], nil)
	for _, h := range berlin {
		w.wantThrough(h, nil)
	}
}

func TestAPauseGrowsToItsLimitAndNoFurther(t *testing.T) {
	b := newBreaker(1, 10*time.Second, time.Minute)
	h := &host{}
	for i, want := range []time.Duration{10, 20, 40, 60, 60, 60} {
		b.silent(h, night, night, "")
		got, length := b.until.Sub(night), want*time.Second
		if got < length*3/4 || got > length*5/4+1 {
			t.Errorf("pause %d is %v, want about %v", i, got, length)
		}
		b.probe = h
	}
	b.answered()
	if b.open() || b.pause.NextBackOff() > 13*time.Second {
		t.Error("an answer begins everything anew")
	}
}

func TestSilenceThatWasUnderWayWhenTheSiteWasGivenUpDoesNotLengthenThePause(t *testing.T) {
	w := newWatch(t)
	berlin := w.hosts("berlin", 64)
	for _, h := range berlin {
		if failure := w.admit(h); failure != nil {
			t.Fatal(failure)
		}
	}
	for _, h := range berlin {
		w.end(h, silence)
	}
	w.wall = w.wall.Add(15 * time.Second)
	w.wantThrough(berlin[0], nil)
}

func TestOnlyServersThatFellSilentProveAnythingAboutTheirSite(t *testing.T) {
	w := newWatch(t)
	berlin := w.hosts("berlin", 12)
	dead, alive := berlin[:6], berlin[6:]
	for _, h := range dead {
		w.wantThrough(h, silence)
		w.wantThrough(alive[0], nil)
	}
	for range 2 { // the last calls of a sweep: only the dead are left
		for _, h := range dead {
			w.wantThrough(h, silence)
		}
	}
	w.wantThrough(alive[1], nil)
	for _, kind := range []transport.Kind{transport.Refused, transport.Broken, transport.LogonRefused, transport.Unavailable, transport.NotReadable,
		transport.Ended, transport.UnknownName} {
		for _, h := range alive {
			w.wantThrough(h, &transport.Error{Kind: kind, Err: errors.New("x")})
		}
	}
}

func TestAServerThatWasDeadBeforeItsSiteLeavesItToOthersToFindOut(t *testing.T) {
	w := newWatch(t)
	berlin := w.hosts("berlin", 7)
	w.wantThrough(berlin[0], silence)
	w.wantThrough(berlin[1], nil)
	w.wall = w.wall.Add(time.Minute)
	for _, h := range berlin[1:6] {
		w.wantThrough(h, silence)
	}
	w.wall = w.wall.Add(15 * time.Second)
	w.wantHeld(berlin[0], "PD-SITE-DOWN")
	w.wall = w.wall.Add(time.Minute) // nobody else asked: better this one than nobody
	w.wantThrough(berlin[0], nil)
	w.wantThrough(berlin[6], nil)
}

func TestAProbeThatFindsOutNothingLeavesItToTheNext(t *testing.T) {
	w := newWatch(t)
	berlin := w.hosts("berlin", 6)
	for _, h := range berlin[:siteSilences] {
		w.wantThrough(h, silence)
	}
	w.wall = w.wall.Add(15 * time.Second)
	w.wantThrough(berlin[5], &transport.Error{Kind: transport.Ended, Err: context.Canceled})
	w.wantThrough(berlin[4], nil)
}

func TestADeadServerFailsAtOnceAndIsTriedAgain(t *testing.T) {
	w := newWatch(t)
	h := w.host("APP01", "")
	for range hostSilences {
		w.wantThrough(h, silence)
	}
	w.wantHeld(h, "PD-HOST-DOWN")
	w.wall = w.wall.Add(7 * time.Second)
	w.wantThrough(h, silence)
	w.wantHeld(h, "PD-HOST-DOWN")
	w.wall = w.wall.Add(40 * time.Second) // beyond the longest pause
	w.wantThrough(h, nil)
	w.wantThrough(h, silence)
	w.wantThrough(h, nil)
}

func TestAServerThatRestartsOnOurOrderIsAskedAsOftenAsItsCallerLikes(t *testing.T) {
	w := newWatch(t)
	berlin := w.hosts("berlin", 8)
	restarting, other := berlin[:7], berlin[7]
	for _, h := range restarting {
		w.restarts(h)
	}
	for range 20 {
		for _, h := range restarting {
			w.wantThrough(h, silence)
		}
		w.wall = w.wall.Add(20 * time.Second)
	}
	w.wantThrough(other, nil)
	w.wall = w.wall.Add(restartTime)
	for range hostSilences {
		w.wantThrough(restarting[0], silence)
	}
	w.wantHeld(restarting[0], "PD-HOST-DOWN")
}

func TestARestartIsAnnouncedAlsoWhenItsAnswerIsLost(t *testing.T) {
	for name, spoil := range map[string]wsman.Spoil{"answered": wsman.NoSpoil, "lost": wsman.Reset} {
		s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
		s.answer = func(string, jsonText) string {
			return `{"ordered":true,"already":"","boot_time":"2026-11-01T03:04:05Z"}`
		}
		s.set(func() { s.spoil[wsman.Receive] = spoil })
		f.Restart(t.Context(), s.target, engine.RestartOrder{ID: "r1", BootTime: night})
		h, _ := f.host(s.target)
		f.calls.Done()
		if h.restarting.IsZero() {
			t.Errorf("%s: nobody knows that the server restarts", name)
		}
	}
}

func TestCallsToADeadSiteReachNoServer(t *testing.T) {
	f := newFleet(t, func(o *Options) { o.ConnectLimit = 50 * time.Millisecond })
	var passed atomic.Int64
	f.reach.now = func() time.Time { return night.Add(time.Duration(passed.Load())) }
	var servers []*server
	for range siteSilences + 1 {
		s := newServer(t, wsman.Options{})
		s.set(func() { s.reach = wsman.Silent })
		servers = append(servers, s)
	}
	for _, s := range servers[:siteSilences] {
		_, err := f.Facts(t.Context(), s.target)
		failed(t, err, rollout.ClassNetwork, "PD-NO-ANSWER")
	}
	last := servers[siteSilences]
	last.set(func() { last.reach = wsman.Answering })
	_, err := f.Facts(t.Context(), last.target)
	failed(t, err, rollout.ClassNetwork, "PD-SITE-DOWN")
	same(t, last.asked(), map[wsman.Action]int{})
	passed.Store(int64(time.Second))
	if _, err := f.Facts(t.Context(), last.target); err != nil {
		t.Error(err)
	}
}
