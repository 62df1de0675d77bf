package simulator

import (
	"os"
	"strings"
	"testing"
)

// complaints are what administrators report about patching Windows servers, and the faults that let it be rehearsed. What
// is a matter of the console alone has no fault here.
var complaints = []struct {
	words  string
	faults string
}{
	{"the update agent denies a remote caller installing, and lately searching", "agent-denies-access"},
	{"one server that hangs holds up a whole batch", "installation-hangs"},
	{"WinRM is up after the restart, and dies in the next round", "winrm-fails-after-the-start"},
	{"a driver update cuts the session while the installation goes on", "network-lost-while-installing"},
	{"a cumulative update is installed, undone at the start, and offered again", "rolled-back-at-the-start"},
	{"the status says success and nothing was installed", "success-without-an-update"},
	{"an order is accepted and nothing ever happens", "job-never-begins"},
	{"one large time limit hides which phase is slow", "everything-slow slow-installation"},
	{"the update is missing, and the agent's policy hides it", "update-hidden"},
	{"searches fail with changing codes and work at the fourth try", "flaky-update-source scan-interrupted update-source-out-of-reach"},
	{"a scan finds other updates than the server's own window shows", "agent-asks-another-source"},
	{"a pending restart is claimed for ever", "file-renames-pending configuration-client-waits"},
	{"a pending restart is missed", "restart-not-asked-for"},
	{"a restart is asked for and never done", "restart-never-begins"},
	{"a server restarts when nobody ordered it", "restarts-by-itself restarts-twice"},
	{"an update breaks WinRM itself", "winrm-does-not-come-back does-not-come-back"},
	{"the nodes of a cluster go down together: drains, repairs and nodes that stay out", "drain-fails drain-fails-once storage-repair-drags-on node-stays-out-of-its-cluster"},
	{"the disk is full half way", "system-drive-full agent-database-full little-disk"},
	{"there is no live progress", "no-progress-shown"},
	{"WinRM gives up long commands and forgets shells", "shells-vanish"},
	{"text beside a result makes a failure of it", "text-around-results"},
	{"quotas of WinRM are swallowed by libraries", "quota-used-up"},
	{"a cancelled job works on for days", "cancel-not-heeded"},
	{"no task may be registered", "tasks-forbidden"},
	{"progress records end up on the error stream", "progress-on-the-error-stream"},
	{"an update breaks other software", "service-does-not-start"},
	{"operation master roles cannot leave a domain controller", "roles-refused"},
}

func TestEveryComplaintHasAFaultThatLetsItBeRehearsed(t *testing.T) {
	known := map[string]bool{}
	for _, f := range KnownFaults() {
		known[f.Name] = true
	}
	for _, c := range complaints {
		for _, name := range strings.Fields(c.faults) {
			if !known[name] {
				t.Errorf("%q: there is no fault %q", c.words, name)
			}
		}
	}
}

func TestEveryFaultHasANameOfItsOwnAndIsDocumented(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range KnownFaults() {
		if seen[f.Name] || strings.ContainsAny(f.Name, " ,=") || f.Words == "" {
			t.Errorf("%q: %q", f.Name, f.Words)
		}
		seen[f.Name] = true
		if line := "//   - " + f.Name + ": " + f.Words + "\n"; !strings.Contains(string(text), line) {
			t.Errorf("doc.go lacks the line\n%s", line)
		}
	}
	_, section, _ := strings.Cut(string(text), "// # Faults")
	section, _, _ = strings.Cut(section, "// # ")
	if listed := strings.Count(section, "//   - "); listed != len(seen) {
		t.Errorf("doc.go lists %d faults, there are %d", listed, len(seen))
	}
}

func TestFaultsAreChosenByLevelAndByName(t *testing.T) {
	for text, want := range map[string]Faults{
		"": "none", "usual": "usual", " Harsh ": "harsh", "drain-fails": "drain-fails", "Drain fails": "drain-fails",
		"usual,drain-fails=20,clock-off": "usual,drain-fails=20,clock-off", "clock-off = 2.5": "", "none,clock-off=100": "clock-off",
	} {
		got, err := ParseFaults(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"some", "usual,harsh", "drain-fails,drain-fails", "drain-fails=0", "drain-fails=101", "drain-fails=NaN", "drain-fails=", ",", "usual=3", strings.Repeat("x", 5000)} {
		if got, err := ParseFaults(text); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzFaults(f *testing.F) {
	for _, text := range []string{"usual", "usual,drain-fails=20", "a=b=c,,", "login-refused=1e-9,clock off=Inf"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		chosen, err := ParseFaults(text)
		if err != nil {
			return
		}
		if again, err := ParseFaults(string(chosen)); err != nil || again != chosen {
			t.Errorf("%q is written %q, and that is %q: %v", text, chosen, again, err)
		}
	})
}

func TestChosenFaultsBefallTheirShareOfTheServers(t *testing.T) {
	count := func(faults Faults) (by map[string]int, nuisances int) {
		b := newWorkbench(t, Config{Servers: 400, Seed: 7, Faults: faults})
		by = map[string]int{}
		for _, h := range b.hosts {
			by[h.fate.name]++
			nuisances += len(h.nuisances)
		}
		return by, nuisances
	}
	if by, _ := count("drain-fails"); by["drain fails"] != 400 {
		t.Errorf("all: %v", by)
	}
	if by, _ := count("drain-fails,roles-refused"); by["drain fails"] != 200 || by["roles refused"] != 200 {
		t.Errorf("both: %v", by)
	}
	by, nuisances := count("usual,drain-fails=25,clock-off")
	if n := by["drain fails"]; n < 70 || n > 130 || by["healthy"] == 0 || by["installation fails"] == 0 {
		t.Errorf("a quarter: %v", by)
	}
	if nuisances < 400 {
		t.Errorf("%d nuisances, every clock was to be off", nuisances)
	}
}
