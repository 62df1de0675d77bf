package remote

import (
	"context"
	"fmt"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type factsParameters struct {
	Packages []soughtEntry `json:"packages"`
}

// factsResult is the result of the script facts.
type factsResult struct {
	Hostname         string   `json:"hostname"`
	Domain           string   `json:"domain"`
	DomainRole       int64    `json:"domain_role"`
	OSCaption        string   `json:"os_caption"`
	InstallationType string   `json:"installation_type"`
	Build            string   `json:"build"`
	BootTime         string   `json:"boot_time"`
	Time             string   `json:"time"`
	PowerShell       string   `json:"powershell"`
	LanguageMode     string   `json:"language_mode"`
	Hardware         string   `json:"hardware"`
	Model            string   `json:"model"`
	MemoryBytes      int64    `json:"memory_bytes"`
	DriveFree        int64    `json:"system_drive_free_bytes"`
	DriveTotal       int64    `json:"system_drive_total_bytes"`
	Roles            []string `json:"roles"`
	Services         []struct {
		Name    string `json:"name"`
		Display string `json:"display_name"`
		State   string `json:"state"`
		Start   string `json:"start"`
	} `json:"services"`
	Updates []struct {
		KB string `json:"kb"`
	} `json:"updates"`
	PendingRestart []pending `json:"pending_restart"`
	Servicing      string    `json:"servicing"`
	Cluster        *struct {
		Name  string `json:"name"`
		State string `json:"node_state"`
	} `json:"cluster"`
	Baseline *stamp   `json:"baseline"`
	Problems []string `json:"problems"`
}

// Facts reads what a server says of itself.
func (f *Fleet) Facts(ctx context.Context, target engine.Target) (inventory.Facts, error) {
	var result factsResult
	parameters := factsParameters{soughtOf(target.Sought, func(string) bool { return true })}
	if err := f.call(ctx, target, "facts", parameters, &result); err != nil {
		return inventory.Facts{}, err
	}
	facts, err := result.believe(f.options.Now(), target.Sought)
	if err != nil {
		return inventory.Facts{}, protocolFailure(err)
	}
	for _, problem := range result.Problems[:min(len(result.Problems), 20)] {
		f.options.Logger.Warn("a server could not read a part of its facts", logServer, target.Address, logError, clean(problem, shortWords))
	}
	return facts, nil
}

// believe checks every field and takes over what is true.
func (r *factsResult) believe(at time.Time, sought []rollout.Sought) (inventory.Facts, error) {
	var c check
	facts := inventory.Facts{
		At: at, Time: c.time("time", r.Time), BootTime: c.time("boot_time", r.BootTime),
		Hostname: clean(r.Hostname, shortWords), Domain: clean(r.Domain, shortWords),
		DomainRole: int(c.within("domain_role", r.DomainRole, 0, 5)),
		OSCaption:  clean(r.OSCaption, shortWords), InstallationType: clean(r.InstallationType, 64),
		Build: c.build("build", r.Build), PowerShell: clean(r.PowerShell, 64), LanguageMode: clean(r.LanguageMode, 64),
		Hardware: clean(r.Hardware, 64), Model: clean(r.Model, shortWords),
		MemoryBytes:      c.bytes("memory_bytes", r.MemoryBytes),
		SystemDriveFree:  c.bytes("system_drive_free_bytes", r.DriveFree),
		SystemDriveTotal: c.bytes("system_drive_total_bytes", r.DriveTotal),
		Roles:            c.names("roles", r.Roles, mostRoles),
		PendingRestart:   c.pending(r.PendingRestart),
		ServicingBusy:    c.servicing(r.Servicing),
		Baseline:         r.Baseline.believe(),
	}
	if facts.Hostname == "" {
		c.refuse("hostname", "is empty")
	}
	if r.DriveFree > r.DriveTotal {
		c.refuse("system_drive_free_bytes", "is more than the drive has")
	}
	c.list("services", len(r.Services), mostServices)
	for _, s := range r.Services[:min(len(r.Services), mostServices)] {
		facts.Services = append(facts.Services, inventory.Service{Name: clean(s.Name, shortWords), Display: clean(s.Display, shortWords),
			State: clean(s.State, 32), Start: clean(s.Start, 32)})
	}
	c.list("updates", len(r.Updates), mostUpdates)
	for _, u := range r.Updates[:min(len(r.Updates), mostUpdates)] {
		if !kbForm.MatchString(u.KB) && !slices.ContainsFunc(sought, func(s rollout.Sought) bool { return s.KB == u.KB }) {
			c.refuse("updates", fmt.Sprintf("names %q, which is no KB and was not asked about", clean(u.KB, 40)))
		}
		facts.Updates = append(facts.Updates, u.KB)
	}
	if r.Cluster != nil {
		facts.Cluster, facts.ClusterState = clean(r.Cluster.Name, shortWords), clean(r.Cluster.State, 32)
	}
	return facts, c.err
}
