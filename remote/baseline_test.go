package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

func baselineOf(ctx context.Context, f *Fleet, to engine.Target) (inventory.Stamp, error) {
	facts, err := f.Facts(ctx, to)
	return facts.Baseline, err
}

func TestABaselineIsStampedAndReadBackOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 1, Seed: 1})
	to := target(servers.Servers()[0])
	stamp := inventory.Stamp{Name: "2026-11 final", Date: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	if none := insist(t, func(ctx context.Context) (inventory.Stamp, error) { return baselineOf(ctx, f, to) }); none != (inventory.Stamp{}) {
		t.Errorf("before: %+v", none)
	}
	insist(t, func(ctx context.Context) (inventory.Stamp, error) { return f.StampBaseline(ctx, to, stamp) })
	if read := insist(t, func(ctx context.Context) (inventory.Stamp, error) { return baselineOf(ctx, f, to) }); read != stamp {
		t.Errorf("read back: %+v", read)
	}
	if before := insist(t, func(ctx context.Context) (inventory.Stamp, error) { return f.StampBaseline(ctx, to, stamp) }); before != stamp {
		t.Errorf("stamped over: %+v", before)
	}
}

func TestABaselineThatIsNoNameIsNeverSent(t *testing.T) {
	f, s, parameters := answering(t, "baseline", `{}`)
	for _, name := range []string{"", " 2026", "a\nb", "$(x)", "'; drop"} {
		_, err := f.StampBaseline(t.Context(), s.target, inventory.Stamp{Name: name})
		failed(t, err, rollout.ClassConfig, "PD-BASELINE")
	}
	if len(*parameters) != 0 {
		t.Errorf("sent: %v", *parameters)
	}
}

func TestAStampThatIsAnotherIsRefusedAndStrangeRegistriesAreNone(t *testing.T) {
	f, s, _ := answering(t, "baseline", `{"baseline":{"name":"2026-10","date":""},"before":null}`)
	_, err := f.StampBaseline(t.Context(), s.target, inventory.Stamp{Name: "2026-11"})
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
	strange := strings.Replace(factsText, `"cluster":null`, `"cluster":null,"baseline":{"name":"\u001b[2J","date":"x"}`, 1)
	f, s, _ = answering(t, "facts", strange)
	if b, err := baselineOf(t.Context(), f, s.target); err != nil || b != (inventory.Stamp{}) || strange == factsText {
		t.Errorf("%+v %v", b, err)
	}
}
