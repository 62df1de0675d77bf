package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// verification is the result of the script verify.
type verification struct {
	Build              string    `json:"build"`
	BootTime           stamp     `json:"boot_time"`
	Time               stamp     `json:"time"`
	Servicing          string    `json:"servicing"`
	LogonReady         bool      `json:"logon_ready"`
	Present            []string  `json:"present"`
	Missing            []string  `json:"missing"`
	ServicesNotRunning []string  `json:"services_not_running"`
	PendingRestart     []pending `json:"pending_restart"`
}

func (h *host) runVerify(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Updates  []string `json:"updates"`
		Services []string `json:"services"`
		Packages []sought `json:"packages"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	v := verification{
		Build: h.product.buildString(h.system.ubr), BootTime: h.shown(h.power.booted), Time: h.shown(now),
		Servicing: h.servicing(now), LogonReady: h.logonReady(now), PendingRestart: h.pendingRestart(now),
		Present: []string{}, Missing: []string{}, ServicesNotRunning: []string{},
	}
	packaged := h.packages(asked.Packages)
	for _, kb := range asked.Updates {
		if h.system.installed[kb] || slices.Contains(packaged, kb) {
			v.Present = append(v.Present, kb)
		} else {
			v.Missing = append(v.Missing, kb)
		}
	}
	for _, s := range h.services(now) {
		asksFor := func(name string) bool { return strings.EqualFold(s.Name, name) }
		if s.State != "Running" && s.Start == "Auto" && slices.ContainsFunc(asked.Services, asksFor) {
			v.ServicesNotRunning = append(v.ServicesNotRunning, s.Name)
		}
	}
	return v, nil
}
