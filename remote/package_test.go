package remote

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
)

// example is a package of another vendor beside the month's update.
func example() rollout.Package {
	return rollout.Package{KB: "EX-81", Package: catalog.Package{SHA256: hash, Size: 1 << 20, Installer: catalog.Installer{
		File: "setup-81.msi", Arguments: "ALLUSERS=1", Exits: []catalog.Exit{{Code: 7, Means: catalog.ExitRestart}},
		Detect: catalog.Detection{Kind: catalog.DetectFile, What: `C:\Program Files\Example\server.exe`, Version: "8.1"},
		Remove: catalog.Remover{Product: "{0A1B2C3D-0000-1111-2222-333344445555}"}}}}
}

// packaged is an order of a package and the month's update in one job.
func (n *trial) packagedOrder(id string, kind rollout.JobKind) engine.JobOrder {
	p := example()
	order := engine.JobOrder{ID: id, Kind: kind, Change: "CHG-1", Deadline: n.now().Add(deadline), Updates: []string{monthsUpdate, p.KB},
		Packages: []rollout.Package{p}, Files: []rollout.File{{KB: p.KB, Name: p.File, SHA256: p.SHA256, Sources: []catalog.Source{{Type: "share", Location: `\\files\updates\setup-81.msi`}}}}}
	if kind == rollout.JobUninstall {
		order.Removals = []rollout.Removal{{KB: p.KB, Package: &p.Package}}
	}
	return order
}

// withPackage runs a job of a package and the month's update to its end.
func (n *trial) withPackage(id string, kind rollout.JobKind) (job rollout.Job) {
	n.t.Helper()
	must(n, func(ctx context.Context) (rollout.Job, error) {
		return n.fleet.StartJob(ctx, n.to, n.packagedOrder(id, kind))
	})
	n.until("the end of "+id, func() bool { job = n.job(id); return job.Outcome != nil || job.State == rollout.JobLost })
	return job
}

func (n *trial) hasPackage() bool {
	n.t.Helper()
	n.to.Sought = []rollout.Sought{{KB: example().KB, Detect: example().Detect}}
	v := must(n, func(ctx context.Context) (rollout.Verification, error) {
		return n.fleet.Verify(ctx, n.to, []string{monthsUpdate, example().KB}, nil)
	})
	return slices.Contains(v.Present, example().KB)
}

// Handbook 3: other vendors' updates ship as ordinary packages; one job brings them with the month's update, and detection proves them.
func TestAPackageIsInstalledBesideTheMonthsUpdateFoundAndRemoved(t *testing.T) {
	n := try(t, 3, "none", 20000)
	if n.hasPackage() {
		t.Fatal("it is there already")
	}
	if o := n.withPackage("stage-1", rollout.JobStage).Outcome; !o.Succeeded || len(o.Offered) != 2 {
		t.Fatalf("%+v", o)
	}
	if o := n.withPackage("install-1", rollout.JobInstall).Outcome; !o.Succeeded || !o.RestartRequired {
		t.Fatalf("%+v", o)
	}
	if v := n.restart("restart-1"); v.Build.String() != fixedBuild || !n.hasPackage() {
		t.Errorf("after the restart: %+v", v)
	}
	facts := must(n, n.facts)
	if !slices.Contains(facts.Updates, "EX-81") {
		t.Errorf("the server does not list it: %v", facts.Updates)
	}
	if again := n.withPackage("install-2", rollout.JobInstall).Outcome; !again.Nothing || n.events("installed") != 2 {
		t.Errorf("a second job: %+v, installed %d times", again, n.events("installed"))
	}
	removable := must(n, func(ctx context.Context) (rollout.Removable, error) {
		return n.fleet.Removable(ctx, n.to, n.packagedOrder("", rollout.JobUninstall).Removals)
	})
	if !slices.Equal(removable.Yes, []string{"EX-81"}) {
		t.Errorf("%+v", removable)
	}
	if o := n.withPackage("uninstall-1", rollout.JobUninstall).Outcome; !o.Succeeded || o.RestartRequired || n.hasPackage() {
		t.Errorf("removed: %+v", o)
	}
}

var packageFaults = map[string]func(*trial){
	"package-fails": func(n *trial) {
		if o := n.withPackage("install-1", rollout.JobInstall).Outcome; !isFailure(o.Failure, rollout.ClassPatch, "0x80070643") {
			n.t.Errorf("%+v", o)
		}
	},
	"package-altered-on-its-way": func(n *trial) {
		if o := n.withPackage("stage-1", rollout.JobStage).Outcome; !isFailure(o.Failure, rollout.ClassSource, "0x80096010") {
			n.t.Errorf("%+v", o)
		}
	},
	"package-changes-nothing": func(n *trial) {
		if o := n.withPackage("install-1", rollout.JobInstall).Outcome; !o.Succeeded || n.hasPackage() {
			n.t.Errorf("%+v", o)
		}
	},
	"package-restarts-the-server": func(n *trial) {
		if job := n.withPackage("install-1", rollout.JobInstall); job.State != rollout.JobLost || !n.hasPackage() {
			n.t.Errorf("%+v", job)
		}
		n.until("the rest", func() bool {
			id := "install-" + n.now().Format("150405")
			o := n.withPackage(id, rollout.JobInstall).Outcome
			return o != nil && o.Succeeded
		})
	},
	"package-wants-a-restart": func(n *trial) {
		order := n.packagedOrder("install-1", rollout.JobInstall)
		order.Updates = []string{"EX-81"}
		must(n, func(ctx context.Context) (rollout.Job, error) { return n.fleet.StartJob(ctx, n.to, order) })
		n.until("the end", func() bool { return n.job("install-1").Outcome != nil })
		if o := n.job("install-1").Outcome; !o.Succeeded || !o.RestartRequired {
			n.t.Errorf("%+v", o)
		}
	},
	"package-stays": func(n *trial) {
		n.withPackage("install-1", rollout.JobInstall)
		o := n.withPackage("uninstall-1", rollout.JobUninstall).Outcome
		if len(o.Removals) != 1 || o.Removals[0].Verdict != rollout.NotRemovable || !n.hasPackage() {
			n.t.Errorf("%+v", o)
		}
	},
}

func TestAServerIsToldAllOfAPackageAndOnlyOfOneThatCanBe(t *testing.T) {
	f, s, parameters := answering(t, "job-start", oneLine(jobText))
	order := installOrder
	order.Updates = []string{"EX-81"}
	order.Packages = []rollout.Package{example()}
	order.Files = []rollout.File{{KB: "EX-81", Name: "setup-81.msi", SHA256: hash, Sources: []catalog.Source{{Type: "http", Location: "https://files.corp.example/setup-81.msi"}}}}
	for name, spoil := range map[string]func(*engine.JobOrder){
		"another file":      func(o *engine.JobOrder) { o.Files[0].Name = "other.msi" },
		"other content":     func(o *engine.JobOrder) { o.Files[0].SHA256 = strings.Repeat("1b", 32) },
		"a cabinet":         func(o *engine.JobOrder) { o.Files[0].Name, o.Packages[0].File = "a.cab", "a.cab" },
		"no detection":      func(o *engine.JobOrder) { o.Packages[0].Detect.What = "" },
		"a quoted path":     func(o *engine.JobOrder) { o.Packages[0].Detect.What = `C:\a" & calc.exe` },
		"control sequences": func(o *engine.JobOrder) { o.Packages[0].Arguments = "/S\r\n/x" },
	} {
		bad := order
		bad.Files, bad.Packages = slices.Clone(order.Files), slices.Clone(order.Packages)
		spoil(&bad)
		_, err := f.StartJob(t.Context(), s.target, bad)
		if failure := failed(t, err, rollout.ClassConfig, "PD-CONTENT"); failure.Words == "" {
			t.Error(name)
		}
	}
	if len(*parameters) != 0 {
		t.Fatalf("sent: %v", *parameters)
	}
	if _, err := f.StartJob(t.Context(), s.target, order); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal((*parameters)["manifest"].(map[string]any)["packages"])
	for _, want := range []string{`"arguments":"ALLUSERS=1"`, `{"code":7,"means":"restart"}`, `{"code":1641,"means":"restarting"}`,
		`"detect":{"name":"","type":"file","version":"8.1","what":"C:\\Program Files\\Example\\server.exe"}`, `"product":"{0A1B2C3D-0000-1111-2222-333344445555}"`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the manifest lacks %s:\n%s", want, got)
		}
	}
}

// What is no KB counts only where it was asked about: a server does not say on its own what packages it has.
func TestAServerNamesNoPackageThatNobodySought(t *testing.T) {
	var r factsResult
	if err := json.Unmarshal([]byte(factsText), &r); err != nil {
		t.Fatal(err)
	}
	r.Updates = append(r.Updates, struct {
		KB string `json:"kb"`
	}{"EX-81"})
	if _, err := r.believe(installOrder.Deadline, nil); err == nil || !strings.Contains(err.Error(), "was not asked about") {
		t.Error(err)
	}
	if f, err := r.believe(installOrder.Deadline, []rollout.Sought{{KB: "EX-81"}}); err != nil || !slices.Contains(f.Updates, "EX-81") {
		t.Error(f.Updates, err)
	}
}
