package rollout

import (
	"strings"
	"testing"
	"time"
)

// Handbook 8: per package and site the transfer state and the hash of each file that is kept are checked.
func TestAContentIsReadyWithTheHashOfEachFile(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	kept := map[string]string{"a.msi": one, "b.msi": strings.ToUpper(two)}
	c := SiteContent{Release: "R", Site: "RED", State: TransferWaiting}
	for name, try := range map[string]struct {
		state Transfer
		found map[string]string
		says  string
	}{
		"a file is missing":      {TransferReady, map[string]string{"a.msi": one}, "for b.msi"},
		"no file was checked":    {TransferReady, nil, "for a.msi, b.msi"},
		"an unknown file":        {TransferReady, map[string]string{"c.msi": one}, `keeps no file "c.msi": it keeps a.msi, b.msi`},
		"no hash":                {TransferRunning, map[string]string{"a.msi": "abc"}, "64 digits"},
		"no digits":              {TransferRunning, map[string]string{"a.msi": strings.Repeat("g", 64)}, "64 digits"},
		"a state that nobody is": {"done", nil, "use transferring, ready or failed"},
		"waiting is no report":   {TransferWaiting, nil, "use transferring, ready or failed"},
	} {
		if _, err := c.Report(try.state, try.found, kept, ""); err == nil || !strings.Contains(err.Error(), try.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	half, err := c.Report(TransferRunning, map[string]string{"a.msi": one}, kept, "")
	if err != nil || half.State != TransferRunning || half.Why() == "" {
		t.Fatalf("%+v %v", half, err)
	}
	other, err := half.Report(TransferReady, map[string]string{"b.msi": one}, kept, "copied")
	if err != nil || other.State != TransferFailed || !strings.Contains(other.Why(), "not the file that is kept here: b.msi") {
		t.Errorf("another file: %+v %v", other, err)
	}
	whole, err := half.Report(TransferReady, map[string]string{"b.msi": two}, kept, "")
	if err != nil || whole.State != TransferReady || whole.Why() != "" || len(half.Checked) != 1 {
		t.Errorf("%+v %v; before %+v", whole, err, half)
	}
	if none, err := c.Report(TransferReady, nil, nil, ""); err != nil || none.Why() != "" {
		t.Errorf("a release without files: %+v %v", none, err)
	}
}

// Handbook 8: on slow links staging starts size over speed ahead, never later than the policy's lead and never more than a week.
func TestSlowLinesBeginEarlier(t *testing.T) {
	p := DefaultPolicy()
	for _, c := range []struct {
		bytes int64
		mbit  int
		want  time.Duration
	}{
		{0, 2, p.StageLead}, {1 << 30, 0, p.StageLead}, {1 << 30, 1000, p.StageLead},
		{900_000_000, 1, 150*time.Minute + p.StageSpread}, // 900 MB over 1 Mbit/s: two hours, and a quarter of it
		{1 << 50, 1, longestLead},
	} {
		if got := p.Lead(c.bytes, c.mbit); got != c.want {
			t.Errorf("%d bytes over %d Mbit/s: %s ahead, want %s", c.bytes, c.mbit, got, c.want)
		}
	}
}
