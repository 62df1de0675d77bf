package engine_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/remote/signature"
)

// vendorFile gives a night a safe that trusts the example vendor, and a file that this vendor signed.
func vendorFile(t *testing.T, n *night) []byte {
	t.Helper()
	root, err := os.ReadFile("../remote/signature/testdata/root.pem")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := os.ReadFile("../remote/signature/testdata/signed.cab")
	if err != nil {
		t.Fatal(err)
	}
	safe, err := signature.Open(t.TempDir(), root)
	if err != nil {
		t.Fatal(err)
	}
	n.files = safe
	return signed
}

func silent() engine.DescribeInstaller {
	return engine.DescribeInstaller{KB: "EX-81", Reason: "silent by its vendor", Installer: catalog.Installer{File: "setup-81.msi",
		Detect: catalog.Detection{Kind: catalog.DetectFile, What: `C:\Program Files\Example\server.exe`, Version: "8.1"},
		Remove: catalog.Remover{Program: `C:\Program Files\Example\uninstall.exe`, Arguments: "/S"}}}
}

// keep adds a file of the example vendor.
func (o *office) keep(name string, content []byte) {
	o.t.Helper()
	if _, err := o.AddFile(o.ctx, rehearsal.Lead, "EX-81", name, "https://www.example.com/download/"+name, bytes.NewReader(content)); err != nil {
		o.t.Fatal(err)
	}
}

// Handbook 3: what servers are told of a package is described once, with a reason, and only for a file whose signature is verified.
func TestAnInstallerIsDescribedForAVerifiedFileOfAPackageAlone(t *testing.T) {
	var signed []byte
	imported := func(v *engine.View) bool { return len(v.Bulletins) > 0 && len(v.Sweeps) == 0 }
	at(t, 8, func(n *night) { signed = vendorFile(t, n) }, imported, func(o *office) {
		o.do(rehearsal.Lead, handMade())
		o.refused(rehearsal.Lead, silent(), `no file "setup-81.msi" of EX-81 is kept: there are none`)
		spoilt := slices.Clone(signed)
		spoilt[bytes.Index(spoilt, []byte("an update"))] = 'A'
		o.keep("setup-81.msi", spoilt)
		o.refused(rehearsal.Lead, silent(), "setup-81.msi is not verified")
		o.keep("setup-81.msi", signed)
		o.refused(rehearsal.Watcher, silent(), "needs the role lead")
		for words, spoil := range map[string]func(*engine.DescribeInstaller){
			"a reason is needed":        func(c *engine.DescribeInstaller) { c.Reason = "" },
			"the catalogue holds no":    func(c *engine.DescribeInstaller) { c.KB = "EX-82" },
			"own update agent":          func(c *engine.DescribeInstaller) { c.KB = enginetest.KB },
			"is no detection":           func(c *engine.DescribeInstaller) { c.Installer.Detect.What = "server.exe" },
			"is not a file that instal": func(c *engine.DescribeInstaller) { c.Installer.File = "setup.cab" },
			"make it silent":            func(c *engine.DescribeInstaller) { c.Installer.File = "setup.exe" },
		} {
			bad := silent()
			spoil(&bad)
			o.refused(rehearsal.Lead, bad, words)
		}
		o.do(rehearsal.Lead, silent())
		d := o.View().Dossiers["EX-81"]
		if d.Installer == nil || d.Installer.By != rehearsal.Lead.Name || d.Installer.Why != "silent by its vendor" {
			t.Fatalf("%+v", d.Installer)
		}
		publish := engine.PublishFile{KB: "EX-81", File: "setup-81.msi", Site: "DUB", Location: `\\files\updates\setup-81.msi`}
		o.refused(rehearsal.Lead, engine.PublishFile{KB: "EX-81", File: "setup-81.msi", Site: "NOWHERE", Location: publish.Location}, "no server stands in site")
		o.refused(rehearsal.Lead, engine.PublishFile{KB: "EX-81", File: "setup-81.msi", Location: `C:\setup.msi`}, "is no place to fetch a file from")
		o.do(rehearsal.Lead, publish)
		p, _ := o.View().Dossiers["EX-81"].Package()
		near := o.View().Dossiers["EX-81"].Sources(p.SHA256, "DUB")
		far := o.View().Dossiers["EX-81"].Sources(p.SHA256, "RED")
		if len(near) != 2 || near[0].Location != publish.Location || len(far) != 1 || far[0].Location != "https://www.example.com/download/setup-81.msi" {
			t.Errorf("near %v, far %v", near, far)
		}
	})
}

// mixed is a night with the month's update and a package of another vendor in one release, approved.
func mixed(t *testing.T, servers int, fates map[string]enginetest.Fate, describe bool, body func(o *office, change string)) {
	t.Helper()
	var signed []byte
	imported := func(v *engine.View) bool { return len(v.Bulletins) > 0 && len(v.Sweeps) == 0 }
	at(t, servers, func(n *night) {
		signed = vendorFile(t, n)
		n.world = enginetest.NewWorld(engine.NewWallClock(), 1, n.script.Servers, fates)
	}, imported, func(o *office) {
		o.do(rehearsal.Lead, handMade())
		o.keep("setup-81.msi", signed)
		if describe {
			o.do(rehearsal.Lead, silent())
		}
		o.do(rehearsal.Lead, engine.CreateRelease{ID: "both", Bulletin: "2026-Nov", Updates: []string{enginetest.KB, "EX-81"}, Reason: "one night for both"})
		id := o.submit("both", approval.High)
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, id, "authorise"))
		o.do(rehearsal.Board, o.step(rehearsal.Board, id, "approve"))
		body(o, id)
	})
}

// throughAll waits until every rollout of a change request is through, with people who accept what they tested.
func (o *office) throughAll(rings int) {
	o.t.Helper()
	o.wait(func(v *engine.View) bool {
		over := 0
		for _, r := range v.Rollouts {
			if len(r.Cells) > 0 && r.Counts.Open() == 0 {
				over++
			}
		}
		return over == rings
	})
}

// Handbook 8: a release of the month's update and a package beside it goes from the pilot through Dev to Prod in one night each: one job, one
// restart, and each update proven by what proves it.
func TestAPackageBesideTheMonthsUpdateIsInstalledByTheServersThemselves(t *testing.T) {
	mixed(t, 20, nil, true, func(o *office, change string) {
		plan := o.change(change).Plan
		if p := plan.Package("EX-81"); plan.ByHand || p == nil || p.SHA256 == "" || p.File != "setup-81.msi" {
			t.Fatalf("by hand %v, frozen %+v", plan.ByHand, p)
		}
		o.throughAll(3)
		sites := map[inventory.ServerID]string{}
		for _, s := range o.View().Servers {
			sites[s.ID] = s.Site
		}
		for _, r := range o.View().Rollouts {
			for _, c := range r.Cells {
				want := []string(nil)
				if sites[c.Server] == "DUB" {
					want = []string{"EX-81"}
				}
				if got := o.n.world.Packaged(c.Server); c.Delivery != rollout.Succeeded || !slices.Equal(got, want) {
					t.Errorf("%s in %s %s: %s, it has %v, want %v (%s)", c.Name, sites[c.Server], r.Ring, c.Delivery, got, want, c.Why)
				}
			}
		}
		pilots, _ := ring(o.View(), rollout.Pilot)
		for id, times := range o.n.world.Starts {
			want := 1
			if slices.ContainsFunc(pilots.Cells, func(c engine.Cell) bool { return c.Server == id }) {
				want = 2 // its updates were taken away once and installed again
			}
			if len(times) != want {
				t.Errorf("%s: %d install jobs, want %d", id, len(times), want)
			}
		}
		for id, tested := range o.change(change).Minimum.Servers {
			for _, p := range tested.Proofs {
				if p.Result != pilot.Passed {
					t.Errorf("%s: %s of %s: %s, %s", id, p.Test, p.Update, p.Result, p.Words)
				}
			}
		}
	})
}

// An installer that fails, and one that says that all went well and left nothing: both fail, each with its own words, and neither is a success.
func TestAPackageThatDoesNotArriveFailsItsServer(t *testing.T) {
	// SRV-0000, -0001, -0004 ... stand in DUB, where the package applies; the first two are Dev.
	mixed(t, 20, map[string]enginetest.Fate{"SRV-0004": enginetest.BadPackage, "SRV-0008": enginetest.HollowPackage}, true, func(o *office, _ string) {
		o.throughAll(3)
		for name, code := range map[string]string{"SRV-0004": "0x80070643", "SRV-0008": "PD-NOT-DETECTED"} {
			for _, r := range o.View().Rollouts {
				for _, c := range r.Cells {
					if c.Name == name && (c.Delivery != rollout.Failed || c.Code != code) {
						t.Errorf("%s: %s %s %s, want %s", name, c.Delivery, c.Code, c.Why, code)
					}
				}
			}
		}
	})
}

// A package that nobody described an installer for stays with people; beside ordinary updates it is withheld, and the plan says so.
func TestAPackageWithoutAnInstallerStaysWithPeople(t *testing.T) {
	mixed(t, 8, nil, false, func(o *office, change string) {
		plan := o.change(change).Plan
		if !slices.ContainsFunc(plan.Findings, func(f rollout.Finding) bool {
			return strings.Contains(f.Words, "do not get EX-81: it ships as a package, which people install: describe its installer")
		}) {
			t.Errorf("%v", plan.Findings)
		}
		for _, a := range plan.Assignments {
			if slices.Contains(a.Updates, "EX-81") {
				t.Errorf("%s gets it", a.Server)
			}
		}
	})
}

// The package fails and the month's update beside it went well: the server takes the restart that it owes, and fails afterwards with the
// installer's own words.
func TestWhatWentWellBesideAFailedPackageIsCompleted(t *testing.T) {
	mixed(t, 20, map[string]enginetest.Fate{"SRV-0004": enginetest.BadPackage}, true, func(o *office, _ string) {
		o.throughAll(3)
		for _, r := range o.View().Rollouts {
			for _, c := range r.Cells {
				if c.Name == "SRV-0004" && (c.Delivery != rollout.Failed || c.Code != "0x80070643" || !o.n.world.Installed()[c.Server] || len(o.n.world.Restarts[c.Server]) != 2) {
					t.Errorf("%s %s, restarts %v, the month's update is there: %v", c.Delivery, c.Code, o.n.world.Restarts[c.Server], o.n.world.Installed()[c.Server])
				}
			}
		}
	})
}
