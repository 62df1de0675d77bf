package remote

import (
	"context"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

func TestABaselineIsStampedAndReadBackOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 1, Seed: 1})
	to := target(servers.Servers()[0])
	stamp := Baseline{"2026-11 final", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	if none := insist(t, func(ctx context.Context) (Baseline, error) { return f.Baseline(ctx, to) }); none != (Baseline{}) {
		t.Errorf("before: %+v", none)
	}
	insist(t, func(ctx context.Context) (Baseline, error) { return f.StampBaseline(ctx, to, stamp) })
	if read := insist(t, func(ctx context.Context) (Baseline, error) { return f.Baseline(ctx, to) }); read != stamp {
		t.Errorf("read back: %+v", read)
	}
	if before := insist(t, func(ctx context.Context) (Baseline, error) { return f.StampBaseline(ctx, to, stamp) }); before != stamp {
		t.Errorf("stamped over: %+v", before)
	}
}

func TestABaselineThatIsNoNameIsNeverSent(t *testing.T) {
	f, s, parameters := answering(t, "baseline", `{}`)
	for _, name := range []string{"", " 2026", "a\nb", "$(x)", "'; drop"} {
		_, err := f.StampBaseline(t.Context(), s.target, Baseline{Name: name})
		failed(t, err, rollout.ClassConfig, "PD-BASELINE")
	}
	if len(*parameters) != 0 {
		t.Errorf("sent: %v", *parameters)
	}
}

func TestAStampThatIsAnotherIsRefusedAndStrangeRegistriesAreNone(t *testing.T) {
	f, s, _ := answering(t, "baseline", `{"baseline":{"name":"2026-10","date":""},"before":null}`)
	_, err := f.StampBaseline(t.Context(), s.target, Baseline{Name: "2026-11"})
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
	f, s, _ = answering(t, "facts", `{"baseline":{"name":"\u001b[2J","date":"x"}}`)
	if b, err := f.Baseline(t.Context(), s.target); err != nil || b != (Baseline{}) {
		t.Errorf("%+v %v", b, err)
	}
}
