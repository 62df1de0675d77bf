package catalog

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// cumulative is a fictional month's cumulative update for Windows Server 2022 and 2025.
var cumulative = Update{
	KB: "KB5999022", Released: released, SubType: "Security Update",
	Products: []Product{
		{"Windows Server 2022", "10.0.20348.5000", inventory.Build{10, 0, 20348, 5000}},
		{"Windows Server 2022 (Server Core installation)", "10.0.20348.5001", inventory.Build{10, 0, 20348, 5001}},
		{"Windows Server 2025", "10.0.26100.7000", inventory.Build{10, 0, 26100, 7000}},
	},
}

// component is an update of something that has no operating-system build.
var component = Update{KB: "KB5999048", Released: released, Products: []Product{{Name: "Windows Server 2022", FixedBuild: "see the article"}}}

func TestRelevanceFollowsTheEvidence(t *testing.T) {
	hotpatch := cumulative
	hotpatch.KB, hotpatch.SubType = "KB5999122", "Security Hotpatch Update"
	facts := func(revision int, installed ...string) *inventory.Facts {
		return &inventory.Facts{Build: inventory.Build{10, 0, 20348, revision}, InstallationType: "Server", Updates: installed}
	}
	core := facts(5000)
	core.InstallationType = "Server Core"
	older := &inventory.Facts{Build: inventory.Build{10, 0, 14393, 9999}}
	scan := func(age time.Duration, kbs ...string) *inventory.Scan {
		s := &inventory.Scan{At: released.Add(age)}
		for _, kb := range kbs {
			s.Offered = append(s.Offered, inventory.Offer{KB: kb})
		}
		return s
	}
	const day = 24 * time.Hour
	cases := []struct {
		name   string
		update Update
		server inventory.Server
		want   Verdict
		why    string
	}{
		{"build reached", cumulative, inventory.Server{Facts: facts(5000)}, Compliant, "build 10.0.20348.5000 is at least 10.0.20348.5000"},
		{"build passed, though an old scan offers it", cumulative, inventory.Server{Facts: facts(6000), Scan: scan(day, "KB5999022")}, Compliant, "at least"},
		{"Server Core has its own build", cumulative, inventory.Server{Facts: core, Scan: scan(day, "KB5999022")}, Missing, "offers"},
		{"offered", cumulative, inventory.Server{Facts: facts(4000), Scan: scan(day, "KB5999022")}, Missing, "the server's scan offers KB5999022"},
		{"offered before any facts", cumulative, inventory.Server{Scan: scan(day, "KB5999022")}, Missing, "offers"},
		{"installed but not restarted", cumulative, inventory.Server{Facts: facts(4000, "KB5999022"), Scan: scan(day)}, Missing, "has not restarted"},
		{"another release, though its revision is higher", cumulative, inventory.Server{Facts: older, Scan: scan(day)}, NotApplicable, "no fix for build 10.0.14393.9999 (it fixes Windows Server 2022, Windows Server 2025)"},
		{"another release needs no scan", cumulative, inventory.Server{Facts: older}, NotApplicable, "no fix"},
		{"a hotpatch took its place", cumulative, inventory.Server{Facts: facts(4000), Scan: scan(day, "KB5999122")}, NotApplicable, "a hotpatch, or one that replaces it"},
		{"a hotpatch on a server without them", hotpatch, inventory.Server{Facts: facts(4000), Scan: scan(day, "KB5999022")}, NotApplicable, "takes no hotpatches"},
		{"scanned before the bulletin", cumulative, inventory.Server{Facts: facts(4000), Scan: scan(-day)}, Unknown, "scan of 2026-10-12 07:00 is older than the bulletin"},
		{"not scanned", cumulative, inventory.Server{Facts: facts(4000)}, Unknown, "not scanned"},
		{"never read", cumulative, inventory.Server{Scan: scan(day)}, Unknown, "no facts"},
		{"component installed", component, inventory.Server{Facts: facts(4000, "KB5999048")}, Compliant, "lists KB5999048 as installed"},
		{"component offered", component, inventory.Server{Facts: facts(4000), Scan: scan(day, "KB5999048")}, Missing, "offers"},
		{"component not offered", component, inventory.Server{Facts: facts(4000), Scan: scan(day)}, NotApplicable, "lists no KB5999048"},
		{"component not scanned", component, inventory.Server{Facts: facts(4000)}, Unknown, "not scanned"},
		{"component of another release", component, inventory.Server{Facts: older}, NotApplicable, "no fix"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Relevant(c.update, c.server)
			if got.Verdict != c.want || !strings.Contains(got.Why, c.why) {
				t.Errorf("%s, %q; want %s, %q", got.Verdict, got.Why, c.want, c.why)
			}
		})
	}
}
