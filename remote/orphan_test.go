package remote

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

const week = 7 * 24 * time.Hour

func TestOrphansAreListedAndRemovedOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 1, Seed: 1, Speed: 1e6})
	to := target(servers.Servers()[0])
	order := engine.JobOrder{ID: "scan-1", Kind: rollout.JobScan, Deadline: servers.Time().Add(365 * 24 * time.Hour)}
	insist(t, func(ctx context.Context) (rollout.Job, error) { return f.StartJob(ctx, to, order) })
	listed := insist(t, func(ctx context.Context) (Leftovers, error) {
		for {
			found, err := f.Orphans(ctx, to, nil, 24*time.Hour)
			if err != nil || len(found.Orphans) > 0 {
				return found, err
			}
		}
	})
	if o := listed.Orphans[0]; o.Job != "scan-1" || !o.Task || !o.Folder || o.Removed || o.Last.IsZero() {
		t.Errorf("%+v", o)
	}
	if kept := insist(t, func(ctx context.Context) (Leftovers, error) {
		return f.CleanUp(ctx, to, []string{"scan-1"}, 24*time.Hour)
	}); len(kept.Orphans) != 0 {
		t.Errorf("a known job was taken for an orphan: %+v", kept)
	}
	if gone := insist(t, func(ctx context.Context) (Leftovers, error) { return f.CleanUp(ctx, to, nil, 24*time.Hour) }); len(gone.Orphans) != 1 || !gone.Orphans[0].Removed {
		t.Errorf("%+v", gone)
	}
}

func TestTheAgeOfOrphansIsRoundedUpAndNeverBelowADay(t *testing.T) {
	f, s, parameters := answering(t, "clean-up", `{"orphans":[],"more":false,"time":"2026-11-10T20:00:01Z"}`)
	if _, err := f.CleanUp(t.Context(), s.target, nil, week+time.Hour); err != nil || (*parameters)["days"] != 8.0 || (*parameters)["remove"] != true {
		t.Errorf("%v %v", *parameters, err)
	}
	_, err := f.CleanUp(t.Context(), s.target, nil, time.Hour)
	failed(t, err, rollout.ClassConfig, "PD-AGE")
}

func TestUnbelievableOrphansAreRefused(t *testing.T) {
	const text = `{"orphans":[{"job":"scan-1","last":"","task":true,"folder":true,"removed":false,"words":""}],"more":false,"time":"2026-11-10T20:00:01Z"}`
	for _, c := range [][2]string{{`"scan-1"`, `"live-1"`}, {`"scan-1"`, `""`}, {`"scan-1"`, `"\u001b[2J"`}, {`"removed":false`, `"removed":true`}, {`"last":""`, `"last":"then"`}, {`"time":"2026`, `"time":"1026`}} {
		var r orphanResult
		if err := json.Unmarshal([]byte(strings.Replace(text, c[0], c[1], 1)), &r); err != nil {
			t.Fatal(err)
		}
		if found, err := r.believe([]string{"live-1"}, false); err == nil {
			t.Errorf("with %s: %+v", c[1], found)
		}
	}
}
