package remote

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

func uninstallText(outcome string) string {
	return strings.Replace(finished(outcome), `"kind":"install"`, `"kind":"uninstall"`, 1)
}

func TestUpdatesAreRemovedOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 3, Seed: 1, Speed: 20000,
		Published: []simulator.Published{{KB: "KB5999322", BaseBuild: [3]int{10, 0, 20348}}}})
	d := servers.Servers()[2]
	to := target(d)
	install := engine.JobOrder{ID: "install-1", Kind: rollout.JobInstall, Deadline: servers.Time().Add(24 * time.Hour), Updates: []string{"KB5999322"}}
	insist(t, func(ctx context.Context) (rollout.Job, error) { return f.StartJob(ctx, to, install) })
	insist(t, func(ctx context.Context) (rollout.Job, error) {
		job, err := f.Job(ctx, to, install.ID, 0)
		for err == nil && job.Outcome == nil {
			job, err = f.Job(ctx, to, install.ID, 0)
		}
		return job, err
	})
	bottom, _ := inventory.ParseBuild(d.Build)
	order := engine.JobOrder{ID: "uninstall-1", Kind: rollout.JobUninstall, Change: "CHG-1", Deadline: servers.Time().Add(24 * time.Hour),
		Removals: []rollout.Removal{{KB: "KB5999322"}, {KB: "KB5999999"}, {KB: "KB5066782", Build: bottom}}}
	can := insist(t, func(ctx context.Context) (rollout.Removable, error) { return f.Removable(ctx, to, order.Removals) })
	if !slices.Equal(can.Yes, []string{"KB5999322", "KB5066782"}) || !slices.Equal(can.No, []string{"KB5999999"}) {
		t.Errorf("removable: %+v, want what is installed, whether or not it is permanent", can)
	}
	insist(t, func(ctx context.Context) (rollout.Job, error) { return f.StartJob(ctx, to, order) })
	if again := insist(t, func(ctx context.Context) (rollout.Job, error) { return f.StartJob(ctx, to, order) }); !again.Existed {
		t.Errorf("a second order started it again: %+v", again)
	}
	done := insist(t, func(ctx context.Context) (rollout.Job, error) {
		job, err := f.Job(ctx, to, order.ID, 0)
		for err == nil && job.Outcome == nil {
			job, err = f.Job(ctx, to, order.ID, 0)
		}
		return job, err
	})
	var verdicts []rollout.Verdict
	for _, r := range done.Outcome.Removals {
		verdicts = append(verdicts, r.Verdict)
	}
	if !slices.Equal(verdicts, []rollout.Verdict{rollout.Removed, rollout.NotInstalled, rollout.NotRemovable}) || done.Outcome.Failure == nil || done.Outcome.Failure.Code != "0x800F0825" {
		t.Errorf("%+v", done.Outcome)
	}
}

func TestACumulativeUpdateIsNamedByItsBuild(t *testing.T) {
	f, s, parameters := answering(t, "job-start", strings.Replace(oneLine(jobText), `"kind":"install"`, `"kind":"uninstall"`, 1))
	build, _ := inventory.ParseBuild("10.0.20348.4773")
	order := UninstallOrder{ID: installOrder.ID, Removals: []rollout.Removal{{KB: "KB5999022", Build: build}, {KB: "KB5999322"}}}
	if _, err := f.Uninstall(t.Context(), s.target, order); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal((*parameters)["manifest"])
	if string(got) != `{"removals":[{"build":"10.0.20348.4773","kb":"KB5999022","package":null},{"build":"","kb":"KB5999322","package":null}]}` || (*parameters)["kind"] != "uninstall" {
		t.Errorf("%s", got)
	}
}

func TestAnUnbelievableRemovalIsRefused(t *testing.T) {
	good := `{"result":"succeeded","code":"0x00000000","words":"","restart_required":true,"build_before":"","updates":[{"kb":"KB5999022","result":2,"code":"0x00000000"}]}`
	for name, text := range map[string]string{
		"another kind":         finished(good),
		"another job":          strings.Replace(uninstallText(good), "s00001", "s00002", 1),
		"nothing removed":      uninstallText(strings.Replace(good, `"result":2`, `"result":0`, 1)),
		"success with refusal": uninstallText(strings.Replace(good, `"result":2`, `"result":4`, 1)),
		"no updates":           uninstallText(strings.Replace(good, `"updates":[`, `"other":[`, 1)),
		"no code":              uninstallText(strings.Replace(good, `2,"code":"0x00000000"`, `2,"code":"ok"`, 1)),
		"no KB":                uninstallText(strings.Replace(good, `KB5999022`, `..`, 1)),
	} {
		var r uninstallResult
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if job, err := r.believe(installOrder.ID); err == nil {
			t.Errorf("%s: %+v", name, job)
		}
	}
	var r uninstallResult
	if err := json.Unmarshal([]byte(uninstallText(good)), &r); err != nil {
		t.Fatal(err)
	}
	if job, err := r.believe(installOrder.ID); err != nil || job.Kind != rollout.JobUninstall || job.Results[0].Verdict != rollout.Removed {
		t.Errorf("%+v %v", job, err)
	}
}

func TestAnUnbelievableWordOnRemovalIsRefused(t *testing.T) {
	asked := []rollout.Removal{{KB: "KB5999022"}}
	for _, text := range []string{`{"updates":[],"time":"2026-11-10T20:00:00Z"}`, `{"updates":[{"kb":"KB1","packages":[]}],"time":"2026-11-10T20:00:00Z"}`,
		`{"updates":[{"kb":"KB5999022","packages":[]},{"kb":"KB5999022","packages":[]}],"time":"2026-11-10T20:00:00Z"}`, `{"updates":[{"kb":"KB5999022","packages":["a"]}],"time":""}`} {
		f, s, _ := answering(t, "removable", text)
		if answer, err := f.Removable(t.Context(), s.target, asked); err == nil {
			t.Errorf("%s: %+v", text, answer)
		}
	}
}
