package rollout

import (
	"testing"
	"time"
)

// Handbook 8: people who are logged on get a countdown before a restart; the window that bears it has the time for both, and the server is
// due back so much later.
func TestAWindowKeepsTheCountdownFree(t *testing.T) {
	s, ad := pilotScene(1)
	ad.Delivery = RestartPending
	left := s.Policy.RestartReserve + time.Minute
	s.Now = s.Plan.Windows[0].Closes.Add(-left)
	ordered := s.Restart(ad)
	if ordered == nil || ordered.To != Restarting || !ordered.Deadline.Equal(s.Now.Add(s.Policy.RestartTime)) {
		t.Fatalf("without a countdown: %+v", ordered)
	}
	s.Policy.Countdown = 10 * time.Minute
	s.Policy = s.Policy.WithCountdown()
	if m := s.Restart(ad); m != nil {
		t.Errorf("%v before the window closes a server with a countdown of 10 minutes gets %+v", left, m)
	}
	s.Now = s.Now.Add(-10 * time.Minute)
	if m := s.Restart(ad); m == nil || m.Deadline.Sub(s.Now) != DefaultPolicy().RestartTime+10*time.Minute {
		t.Errorf("with the time for both: %+v", m)
	}
}
