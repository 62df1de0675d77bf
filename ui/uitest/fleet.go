package uitest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// spread gives numbers that look scattered and are the same each time.
func spread(i, of int) int {
	x := uint32(i+1) * 2654435761
	x ^= x >> 15
	x *= 2246822519
	x ^= x >> 13
	return int(x % uint32(of))
}

var (
	sites  = []string{"DUB", "RED", "CHO"}
	kinds  = []string{"SQL", "WEB", "APP", "FIL", "EXC", "DC", "BI"}
	owners = []string{"Retail BI", "Payroll", "Web shop", "Warehouse", "Identity", "Exchange"}
	oses   = []struct {
		name        string
		base, fixed int
	}{
		{"Windows Server 2016", 14393, 8594}, {"Windows Server 2019", 17763, 8027},
		{"Windows Server 2022", 20348, 4405}, {"Windows Server 2025", 26100, 7171},
	}
)

// Fleet is so many servers as an inventory holds them, one in eight of them Dev, ordered by name.
func Fleet(servers int) []inventory.Server {
	fleet := make([]inventory.Server, servers)
	for i := range fleet {
		fleet[i] = server(i, servers)
	}
	return fleet
}

// windowsFor spreads few servers over few windows.
func windowsFor(servers int) int { return min(24, 4+servers/40) }

func server(i, servers int) inventory.Server {
	site := sites[i*len(sites)/servers]
	system := oses[i%len(oses)]
	s := inventory.Server{
		ID: inventory.ServerID(fmt.Sprintf("s%05d", i+1)), Name: fmt.Sprintf("%s-%s-%04d", site, kinds[spread(i, len(kinds))], i+1),
		Address: fmt.Sprintf("10.%d.%d.%d", 10+i/62500, i/250%250, i%250+1), Port: 5986, Scheme: "https", OS: system.name,
		Environment: inventory.Prod, Site: site, Owner: owners[spread(i, len(owners))], Window: "W" + strconv.Itoa(1+spread(i*3, windowsFor(servers))), Risk: "low", Rev: 3,
	}
	s.Applications = []string{s.Owner}
	if i < servers/8 {
		s.Environment, s.Window, s.Risk = inventory.Dev, "D1", "none"
	}
	if i%40 > 37 {
		s.Cluster = fmt.Sprintf("SQL%s%d", site, i/40)
	}
	switch {
	case i%67 == 66:
		s.Trouble = "no answer from " + s.Address + ":5986 in 20 s: is the server up and WinRM allowed through the firewall?"
	default:
		s.Facts = facts(s, i, inventory.Build{10, 0, system.base, system.fixed - 163*(i%3)})
		s.Scan = &inventory.Scan{At: At.Add(-9 * time.Hour), Job: "scan-" + string(s.ID)}
		if i%3 > 0 {
			s.Scan.Offered = []inventory.Offer{{KB: "KB5072033", Title: "Cumulative Update", Size: 700 << 20}}
		}
	}
	return s
}

func facts(s inventory.Server, i int, build inventory.Build) *inventory.Facts {
	f := &inventory.Facts{
		At: At.Add(-8 * time.Hour), Time: At.Add(-8 * time.Hour), Hostname: s.Name, Domain: "corp.example", OSCaption: "Microsoft " + s.OS + " Standard",
		InstallationType: "Server Core", Build: build, BootTime: At.Add(-31 * day), PowerShell: "5.1." + strconv.Itoa(build[2]), LanguageMode: "FullLanguage",
		Hardware: "virtual", Model: "Virtual Machine", MemoryBytes: 16 << 30, SystemDriveFree: 41 << 30, SystemDriveTotal: 120 << 30,
		Roles:    []string{"FileAndStorage-Services", "Web-Server"},
		Services: []inventory.Service{{Name: "W32Time", State: "Running", Start: "Auto"}, {Name: "MSSQLSERVER", State: "Running", Start: "Auto"}},
		Updates:  []string{"KB5066780", "KB5066586"}, Cluster: s.Cluster,
	}
	if i%29 == 0 {
		f.PendingRestart = []inventory.PendingReason{{Reason: "component servicing", Blocks: true}}
	}
	return f
}

func windowNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimLeft(id, "WPDp"))
	if err != nil {
		return 0
	}
	return n
}

// cellOf gives a server's advertisement as it stands when window number open+1 is half over.
func cellOf(s inventory.Server, i, window, open int) engine.Cell {
	system := oses[i%len(oses)]
	c := engine.Cell{
		Server: s.ID, Name: s.Name, Site: s.Site, OS: s.OS, Owner: s.Owner, Cluster: s.Cluster, Window: s.Window,
		KB: "KB5072033", Attempt: 1, Compliance: rollout.Missing, Since: At.Add(-time.Duration(2+spread(i, 50)) * time.Minute),
		Before: inventory.Build{10, 0, system.base, system.fixed - 163},
	}
	c.LastReport = At.Add(-time.Duration(3+spread(i, 40)) * time.Second)
	switch luck := spread(i*7, 100); {
	case window > open+2:
		pick(&c, rollout.NotReceived, 0)
	case window > open+1:
		pick(&c, rollout.Staged, 0)
	case window <= open && luck < 95, luck < 45:
		pick(&c, rollout.Succeeded, 0)
	case window <= open:
		pick(&c, rollout.Failed, i)
	default:
		pick(&c, inWork[spread(i*13, len(inWork))], i)
	}
	if i%97 == 96 {
		pick(&c, rollout.Excluded, 0)
		c.Why = "payroll run, owner asks for the next window"
	}
	return c
}

// inWork is what the servers of the open window are doing, in about the shares of a usual night.
var inWork = []rollout.Delivery{
	rollout.Waiting, rollout.Waiting, rollout.Waiting, rollout.Waiting, rollout.Staged, rollout.Staging, rollout.Running, rollout.Running,
	rollout.Running, rollout.Running, rollout.Restarting, rollout.Restarting, rollout.RestartPending, rollout.Verifying, rollout.Retrying,
	rollout.Failed, rollout.Unreachable, rollout.Unknown,
}

var failures = []rollout.Failure{
	{Class: rollout.ClassDisk, Code: "0x80070070", Words: "disk full: C: has 1.1 GB free, 6.4 GB are needed"},
	{Class: rollout.ClassPatch, Code: "0x800F0922", Words: "the update was rolled back at the restart"},
	{Class: rollout.ClassConfig, Code: "0x8024002E", Words: "a policy forbids access to Windows Update"},
	{Class: rollout.ClassPatch, Code: "0x80073712", Words: "the component store is damaged"},
}

// pick puts a cell into a status with everything that the engine would know of it then.
func pick(c *engine.Cell, d rollout.Delivery, i int) {
	c.Delivery = d
	switch d {
	case rollout.NotReceived:
		c.Attempt, c.LastReport = 0, time.Time{}
	case rollout.Waiting:
		c.Why = "the limit of 64 servers in work is reached"
	case rollout.Running, rollout.Retrying:
		c.Percent, c.Phase = 10+spread(i, 80), "installing"
	case rollout.Succeeded:
		c.Compliance = rollout.Compliant
		c.After = c.Before
		c.After[3] += 163
	case rollout.Failed:
		f := failures[spread(i, len(failures))]
		c.Compliance, c.Code, c.Class, c.Why = rollout.HasFailed, f.Code, string(f.Class), f.Words
	case rollout.Unreachable, rollout.Unknown:
		c.Compliance, c.Class = rollout.UnknownCompliance, string(rollout.ClassNetwork)
		c.Why, c.LastReport = "no answer since the restart was ordered", At.Add(-19*time.Minute)
	}
}
