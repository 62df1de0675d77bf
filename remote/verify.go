package remote

import (
	"context"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

type verifyParameters struct {
	Updates  []string      `json:"updates"`
	Services []string      `json:"services"`
	Packages []soughtEntry `json:"packages"`
}

// verifyResult is the result of the script verify.
type verifyResult struct {
	Build          string    `json:"build"`
	BootTime       string    `json:"boot_time"`
	Time           string    `json:"time"`
	Servicing      string    `json:"servicing"`
	LogonReady     bool      `json:"logon_ready"`
	Present        []string  `json:"present"`
	Missing        []string  `json:"missing"`
	NotRunning     []string  `json:"services_not_running"`
	PendingRestart []pending `json:"pending_restart"`
}

// Verify reads the evidence after an installation: what is there of updates, and which of services does not run.
func (f *Fleet) Verify(ctx context.Context, target engine.Target, updates, services []string) (rollout.Verification, error) {
	var result verifyResult
	parameters := verifyParameters{append([]string{}, updates...), append([]string{}, services...),
		soughtOf(target.Sought, func(kb string) bool { return slices.Contains(updates, kb) })}
	if err := f.call(ctx, target, "verify", parameters, &result); err != nil {
		return rollout.Verification{}, err
	}
	verification, err := result.believe(updates)
	if err != nil {
		return rollout.Verification{}, protocolFailure(err)
	}
	return verification, nil
}

// believe checks the answer: every update that was asked about must be present or missing, and no other.
func (r *verifyResult) believe(asked []string) (rollout.Verification, error) {
	var c check
	c.time("time", r.Time)
	verification := rollout.Verification{
		Build: c.build("build", r.Build), BootTime: c.time("boot_time", r.BootTime),
		Busy: c.servicing(r.Servicing), LogonReady: r.LogonReady,
		Present: c.updates("present", r.Present), Missing: c.updates("missing", r.Missing),
		NotRunning:  c.names("services_not_running", r.NotRunning, mostServices),
		RestartWait: c.pending(r.PendingRestart),
	}
	answered := map[string]int{}
	for _, list := range [][]string{r.Present, r.Missing} {
		for _, kb := range list {
			answered[kb]++
		}
	}
	wanted := map[string]bool{}
	for _, kb := range asked {
		if wanted[kb] = true; answered[kb] != 1 {
			c.refuse("present and missing", "do not say clearly whether "+clean(kb, 40)+" is there")
		}
	}
	if len(answered) != len(wanted) {
		c.refuse("present and missing", "name updates that nobody asked about")
	}
	return verification, c.err
}
