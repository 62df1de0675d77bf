package remote

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

var hash = strings.Repeat("0a", 32)

func goodFile() rollout.File {
	return rollout.File{KB: "KB5034129", Name: "windows10.0-kb5034129-x64.msu", SHA256: hash,
		Sources: []catalog.Source{{Type: "share", Location: `\\files.corp.example\updates\a.msu`}, {Type: "http", Location: "https://updates.corp.example:8443/a.msu"}}}
}

func TestFilesAreStagedOverTheWireAndAnotherHashIsRefused(t *testing.T) {
	update := simulator.Published{KB: monthsUpdate, BaseBuild: [3]int{10, 0, 20348}, UBR: 4773, Restart: true}
	f, servers := simulated(t, simulator.Config{Servers: 3, Seed: 1, Speed: 20000, Published: []simulator.Published{update}})
	to := target(servers.Servers()[2])
	run := func(id, sha256 string) *rollout.Outcome {
		file := goodFile()
		file.KB, file.SHA256 = monthsUpdate, sha256
		order := engine.JobOrder{ID: id, Kind: rollout.JobStage, Deadline: servers.Time().Add(48 * time.Hour), Updates: []string{monthsUpdate}}
		return insist(t, func(ctx context.Context) (*rollout.Outcome, error) {
			order.Files = []rollout.File{file}
			job, err := f.StartJob(ctx, to, order)
			for err == nil && job.Outcome == nil {
				job, err = f.Job(ctx, to, id, 0)
			}
			return job.Outcome, err
		})
	}
	if o := run("stage-1", hash); o.Succeeded || o.Failure == nil || o.Failure.Code != "0x80096010" || o.Failure.Class != rollout.ClassSource {
		t.Errorf("%+v", o)
	}
	if o := run("stage-2", update.FileSHA256()); !o.Succeeded {
		t.Errorf("%+v", o)
	}
}

func TestAScanByCatalogueOverTheWire(t *testing.T) {
	update := simulator.Published{KB: monthsUpdate, BaseBuild: [3]int{10, 0, 20348}, UBR: 4773, Restart: true}
	f, servers := simulated(t, simulator.Config{Servers: 3, Seed: 1, Speed: 20000, Published: []simulator.Published{update}})
	to := target(servers.Servers()[2])
	order := engine.JobOrder{ID: "scan-1", Deadline: servers.Time().Add(48 * time.Hour)}
	o := insist(t, func(ctx context.Context) (*rollout.Outcome, error) {
		job, err := f.ScanOffline(ctx, to, order, Catalogue{simulator.CataloguePath, simulator.CatalogueSHA256()})
		for err == nil && job.Outcome == nil {
			job, err = f.Job(ctx, to, order.ID, 0)
		}
		return job.Outcome, err
	})
	if !o.Succeeded || len(o.Offered) != 1 || o.Offered[0].KB != monthsUpdate {
		t.Errorf("%+v", o)
	}
}

func TestTheManifestNamesEveryFileWithItsSources(t *testing.T) {
	f, s, parameters := answering(t, "job-start", oneLine(jobText))
	order := installOrder
	order.Files = []rollout.File{goodFile()}
	if _, err := f.StartJob(t.Context(), s.target, order); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal((*parameters)["manifest"])
	want := `{"files":[{"kb":"KB5034129","name":"windows10.0-kb5034129-x64.msu","sha256":"` + hash + `","sources":[` +
		`{"location":"\\\\files.corp.example\\updates\\a.msu","type":"share"},{"location":"https://updates.corp.example:8443/a.msu","type":"http"}]}],"packages":[],"updates":["KB5034129"]}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestFilesThatCannotBeAreNeverSent(t *testing.T) {
	f, s, parameters := answering(t, "job-start", oneLine(jobText))
	for name, spoil := range map[string]func(*rollout.File){
		"another update":   func(file *rollout.File) { file.KB = "KB5034130" },
		"a path":           func(file *rollout.File) { file.Name = `..\a.msu` },
		"a program":        func(file *rollout.File) { file.Name = "a.exe" },
		"a short hash":     func(file *rollout.File) { file.SHA256 = "0a" },
		"an upper hash":    func(file *rollout.File) { file.SHA256 = strings.ToUpper(hash) },
		"no source":        func(file *rollout.File) { file.Sources = nil },
		"a local file":     func(file *rollout.File) { file.Sources[0].Location = `C:\a.msu` },
		"another scheme":   func(file *rollout.File) { file.Sources[1].Location = "file:///a.msu" },
		"a quoted address": func(file *rollout.File) { file.Sources[1].Location = `https://a/"b` },
		"another type":     func(file *rollout.File) { file.Sources[0].Type = "ftp" },
	} {
		file := goodFile()
		spoil(&file)
		order := installOrder
		order.Files = []rollout.File{file}
		_, err := f.StartJob(t.Context(), s.target, order)
		if failure := failed(t, err, rollout.ClassConfig, "PD-CONTENT"); failure.Words == "" {
			t.Error(name)
		}
	}
	for _, c := range []Catalogue{{`\\files\wsusscn2.cab`, hash}, {`C:\wsusscn2.exe`, hash}, {`C:\wsusscn2.cab`, ""}} {
		_, err := f.ScanOffline(t.Context(), s.target, installOrder, c)
		failed(t, err, rollout.ClassConfig, "PD-CONTENT")
	}
	if len(*parameters) != 0 {
		t.Errorf("sent: %v", *parameters)
	}
}
