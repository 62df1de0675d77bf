package rollout

import (
	"slices"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Handbook 8, monitoring, roles and nodes: a server that is not in service comes back over Returning, and over nothing else.
func TestEveryWayOutOfADrainLeadsBackIntoService(t *testing.T) {
	for _, tr := range DrainTransitions {
		if tr.To == InService && tr.From != Returning {
			t.Errorf("%s -> in service leaves out giving back", tr.From)
		}
		if tr.Why == "" || tr.To != InService && tr.Crash == "" {
			t.Errorf("%q -> %q does not say why, or what a crash means", tr.From, tr.To)
		}
	}
	for _, s := range Statuses {
		for _, drain := range []Drain{Draining, Drained} {
			got := Moved{To: s.Delivery}.applyDrain(Advertisement{Drain: drain}).Drain
			if want := map[bool]Drain{true: drain, false: Returning}[s.Started]; got != want {
				t.Errorf("a server that is %s and becomes %s is %q, want %q", drain, s.Delivery, got, want)
			}
		}
	}
}

// What was taken before something could not be is given back too, though the conversation of the drain goes on.
func TestWhatWasTakenBeforeARefusalIsGivenBack(t *testing.T) {
	ad := Advertisement{ID: "r3-s00001", Delivery: Running, Drain: Draining, Drains: 1, Duties: []Duty{Monitoring, MasterRoles, ClusterPlace}, Rev: 7, Cluster: "CL1", Lock: "CL1"}
	scene := Scene{Now: time.Date(2026, 11, 10, 22, 0, 0, 0, time.UTC), Plan: &Plan{}, Policy: DefaultPolicy()}
	var c Contact
	for _, want := range []Duty{Monitoring, MasterRoles} {
		step, _ := Owed(&ad, c)
		if step.Do != TakeDuty || step.Duty != want {
			t.Fatalf("owed %s %s, want to take %s", step.Do, step.Duty, want)
		}
		_, c = scene.Answer(&ad, c, Reply{Step: step, Handed: &Handed{Words: "taken"}})
	}
	step, _ := Owed(&ad, c)
	m, c := scene.Answer(&ad, c, Reply{Step: step, Err: &Failure{Class: ClassConfig, Code: "0x80070005", Words: "access is denied"}})
	if m == nil || m.To != Failed || m.Scores != nil || m.Failure.Code != "0x80070005" {
		t.Fatalf("the refusal gives %+v, want failed with its code and without a score", m)
	}
	_, ad = m.Apply(Rollout{}, ad, scene.Now)
	var given []Duty
	for ad.Drain == Returning {
		if ad.Lock == "" {
			t.Fatal("the lock is back before the server is")
		}
		step, _ := Owed(&ad, c)
		given = append(given, step.Duty)
		m, c = scene.Answer(&ad, c, Reply{Step: step, Handed: &Handed{}})
		if m != nil {
			_, ad = m.Apply(Rollout{}, ad, scene.Now)
		}
	}
	if !slices.Equal(given, []Duty{ClusterPlace, MasterRoles, Monitoring}) || ad.Lock != "" {
		t.Errorf("given back %v, lock %q; want all the other way round, and the lock free", given, ad.Lock)
	}
}

// Handbook 8, preflight can demand a backup newer than N hours; what it finds never scores and says what to do.
func TestAPreflightNamesWhatIsInTheWay(t *testing.T) {
	now := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	policy := DefaultPolicy()
	policy.BackupWithin = 24 * time.Hour
	well := Health{Time: now, Backup: true, LastBackup: now.Add(-3 * time.Hour)}
	for name, c := range map[string]struct {
		spoil func(*Health, *inventory.Facts)
		code  string
		waits bool
	}{
		"well":            {func(*Health, *inventory.Facts) {}, "", false},
		"disk":            {func(_ *Health, f *inventory.Facts) { f.SystemDriveFree = 1 << 30 }, "PD-DISK", false},
		"no backup tool":  {func(h *Health, _ *inventory.Facts) { h.Backup = false }, "PD-BACKUP", false},
		"never backed up": {func(h *Health, _ *inventory.Facts) { h.LastBackup = time.Time{} }, "PD-BACKUP", false},
		"old backup":      {func(h *Health, _ *inventory.Facts) { h.LastBackup = now.Add(-25 * time.Hour) }, "PD-BACKUP", false},
		"servicing":       {func(h *Health, _ *inventory.Facts) { h.Servicing = true }, "PD-SERVICING", true},
		"service disabled": {func(h *Health, _ *inventory.Facts) {
			h.Obstacles = []*Failure{{Class: ClassBusy, Code: "0x80240016", Retry: true}, {Class: ClassConfig, Code: "0x80070422", Words: "wuauserv is disabled"}}
		}, "0x80070422", false},
		"clock off": {func(h *Health, _ *inventory.Facts) { h.Obstacles = []*Failure{{Class: ClassConfig, Code: "PD-CLOCK"}} }, "", false},
		"passing obstacle": {func(h *Health, _ *inventory.Facts) {
			h.Obstacles = []*Failure{{Class: ClassBusy, Code: "0x80240016", Words: "it must restart first", Retry: true}}
		}, "0x80240016", true},
	} {
		h, f := well, inventory.Facts{SystemDriveFree: 50 << 30}
		c.spoil(&h, &f)
		got := policy.unfit(&f, &h)
		if code := codeOf(got); code != c.code || got != nil && got.Retry != c.waits {
			t.Errorf("%s: %+v, want %q, waiting %v", name, got, c.code, c.waits)
		}
	}
}

func codeOf(f *Failure) string {
	if f == nil {
		return ""
	}
	return f.Code
}
