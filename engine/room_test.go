package engine_test

import (
	"context"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/store/storetest"
)

func TestANearlyFullDiskStopsStartsThenCommandsAndSaysSo(t *testing.T) {
	for _, c := range []struct {
		mib      uint64
		need     string // in what waits for a person
		readOnly bool
		refused  bool
	}{
		{4096, "", false, false},
		{1500, "nothing new starts", false, false},
		{700, "free some space", true, false},
		{300, "free some space", true, true},
	} {
		e, err := engine.New(engine.Options{Store: storetest.NewMemory(), Clock: engine.NewWallClock(), Free: func() (uint64, error) { return c.mib << 20, nil }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- e.Run(ctx) }()
		lead := approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}
		_, err = e.Do(ctx, lead, engine.ImportServers{Source: "test", Servers: []inventory.Server{{Name: "a"}}})
		if refused := err != nil && strings.Contains(err.Error(), "only pausing, halting and closing"); refused != c.refused {
			t.Errorf("%d MiB left: an import gets %v", c.mib, err)
		}
		if _, err := e.Do(ctx, lead, engine.Hold{Rollout: "R-1", Step: "halt", Reason: "test"}); err == nil || !strings.Contains(err.Error(), "is not known") {
			t.Errorf("%d MiB left: a halt gets %v, not its own answer", c.mib, err)
		}
		v := e.View()
		if v.ReadOnly != "" != c.readOnly {
			t.Errorf("%d MiB left: read-only %q", c.mib, v.ReadOnly)
		}
		needs := ""
		for _, n := range v.Needs {
			needs += n.Words
		}
		if !strings.Contains(needs, c.need) || c.need == "" && needs != "" {
			t.Errorf("%d MiB left: needs %q", c.mib, needs)
		}
		cancel()
		<-ended
	}
}
