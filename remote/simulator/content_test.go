package simulator

import (
	"testing"
	"time"

	"patchdeck/assets"
)

// runWith runs a job with a manifest of its own to its end.
func runWith(b *workbench, h *host, id, kind string, manifest map[string]any) *outcome {
	b.t.Helper()
	body, _ := assets.Script("job-" + kind)
	ask[shownJob](b, h, "job-start", map[string]any{"job": id, "kind": kind, "deadline": testEpoch.Add(24 * time.Hour), "body": sent(body), "manifest": manifest})
	b.until(id, time.Minute, func() bool { return poll(b, h, id, 0).State == finished })
	return poll(b, h, id, 0).Outcome
}

func file(kb, sha256 string) map[string]any {
	return map[string]any{"kb": kb, "name": "update.msu", "sha256": sha256, "sources": []map[string]string{{"type": "share", "location": `\\files\updates\update.msu`}}}
}

func TestAFileThatIsNotTheAnnouncedOneIsRefused(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h, update := b.hosts[2], month[2]
	stage := func(id, sha256 string) *outcome {
		return runWith(b, h, id, "stage", map[string]any{"updates": []string{update.KB}, "files": []any{file(update.KB, sha256)}})
	}
	if o := stage("stage-1", month[1].FileSHA256()); o.Result != "failed" || o.Code != badDigest || o.Updates[0].Downloaded {
		t.Errorf("another file: %+v", o)
	}
	if o := stage("stage-2", update.FileSHA256()); o.Result != "succeeded" || !o.Updates[0].Downloaded {
		t.Errorf("the right file: %+v", o)
	}
}

func TestAScanByCatalogueNeedsTheCatalogue(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	for id, c := range map[string]struct {
		catalogue catalogue
		code      string
	}{
		"scan-1": {catalogue{CataloguePath, CatalogueSHA256()}, noError},
		"scan-2": {catalogue{`C:\elsewhere.cab`, CatalogueSHA256()}, fileNotFound},
		"scan-3": {catalogue{CataloguePath, "00"}, badDigest},
	} {
		if o := runWith(b, b.hosts[2], id, "scan", map[string]any{"catalogue": c.catalogue}); o.Code != c.code || len(o.Updates) != map[bool]int{true: 1}[c.code == noError] {
			t.Errorf("%s: %+v", id, o)
		}
	}
}
