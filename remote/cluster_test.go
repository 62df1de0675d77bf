package remote

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/remote/simulator"
)

var clusterText = oneLine(`{"applicable":true,"why":"","cluster":"CL1","node":"A","state":"Paused","drain":"Completed","ours":true,"waiting":"",
"nodes":[{"name":"A","state":"Paused"},{"name":"B","state":"Up"}],"groups":[{"name":"SQL","owner":"B","state":"Online"}],"storage_jobs":[],"time":"2026-11-10T20:00:01Z"}`)

func TestANodeIsSuspendedAndResumedOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 40, Seed: 1, Speed: 600})
	for _, d := range servers.Servers() {
		if d.Cluster == "" {
			continue
		}
		to := target(d)
		before := insist(t, func(ctx context.Context) (Cluster, error) { return f.Cluster(ctx, to) })
		if !before.Healthy() || before.Drained() || before.Name != d.Cluster || len(before.Nodes) != 2 {
			t.Errorf("before: %+v", before)
		}
		drained := insist(t, func(ctx context.Context) (Cluster, error) {
			for {
				c, err := f.SuspendNode(ctx, to, "c-1", time.Minute)
				if err != nil || c.Waiting == "" {
					return c, err
				}
			}
		})
		if !drained.Drained() || !drained.Ours || drained.Healthy() {
			t.Errorf("drained: %+v", drained)
		}
		after := insist(t, func(ctx context.Context) (Cluster, error) { return f.ResumeNode(ctx, to, time.Minute) })
		if !after.Healthy() || after.Ours {
			t.Errorf("resumed: %+v", after)
		}
		return
	}
	t.Fatal("the fleet has no cluster")
}

func TestOneCallWaitsAtMostTwoMinutesOnTheServer(t *testing.T) {
	for wait, want := range map[time.Duration]float64{-time.Second: 0, 30 * time.Second: 30, time.Hour: 120} {
		f, s, parameters := answering(t, "cluster-suspend", clusterText)
		if _, err := f.SuspendNode(t.Context(), s.target, "c-1", wait); err != nil || (*parameters)["wait_seconds"] != want || (*parameters)["suspend"] != "c-1" {
			t.Errorf("%v: %v %v", wait, *parameters, err)
		}
	}
}

func TestANodeThatStillOwnsSomethingIsNotDrained(t *testing.T) {
	for _, c := range [][2]string{{`"owner":"B"`, `"owner":"A"`}, {"Completed", "InProgress"}, {"Completed", "Failed"}, {`"state":"Paused","drain"`, `"state":"Up","drain"`}} {
		f, s, _ := answering(t, "cluster-state", strings.Replace(clusterText, c[0], c[1], 1))
		if cluster, err := f.Cluster(t.Context(), s.target); err != nil || cluster.Drained() {
			t.Errorf("with %s: %+v %v", c[1], cluster, err)
		}
	}
}

func TestUnbelievableClustersAreRefused(t *testing.T) {
	for _, c := range [][2]string{
		{`"applicable":true`, `"applicable":false`}, {`"applicable":true,`, ``}, {`"why":""`, `"why":"no_cluster"`}, {"Completed", "Finished"},
		{`"waiting":""`, `"waiting":"godot"`}, {`"nodes":[`, `"nodez":[`}, {"2026-11", "1601-11"},
		{`"storage_jobs":[]`, `"storage_jobs":[{"name":"x","state":"Running","percent":101}]`}, {`"state":"Paused","drain"`, `"state":"Asleep","drain"`},
	} {
		var r clusterResult
		if err := json.Unmarshal([]byte(strings.Replace(clusterText, c[0], c[1], 1)), &r); err != nil {
			t.Fatal(err)
		}
		if cluster, err := r.believe(); err == nil {
			t.Errorf("with %s: %+v", c[1], cluster)
		}
	}
}
