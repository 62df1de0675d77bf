package simulator

import (
	"encoding/json"
	"strings"
	"time"
)

// facts is the result of the script of this name.
type facts struct {
	Hostname         string    `json:"hostname"`
	Domain           string    `json:"domain"`
	DomainRole       int       `json:"domain_role"`
	OSCaption        string    `json:"os_caption"`
	InstallationType string    `json:"installation_type"`
	Build            string    `json:"build"`
	BootTime         stamp     `json:"boot_time"`
	Time             stamp     `json:"time"`
	PowerShell       string    `json:"powershell"`
	LanguageMode     string    `json:"language_mode"`
	Hardware         string    `json:"hardware"`
	Model            string    `json:"model"`
	Memory           int64     `json:"memory_bytes"`
	SystemDriveFree  int64     `json:"system_drive_free_bytes"`
	SystemDriveTotal int64     `json:"system_drive_total_bytes"`
	Roles            []string  `json:"roles"`
	Services         []service `json:"services"`
	Updates          []listed  `json:"updates"`
	PendingRestart   []pending `json:"pending_restart"`
	Servicing        string    `json:"servicing"`
	Cluster          *cluster  `json:"cluster"`
	UpdatePolicy     policy    `json:"update_policy"`
	Baseline         *baseline `json:"baseline"`
	Problems         []string  `json:"problems"`
}

type listed struct {
	KB string `json:"kb"`
}

type cluster struct {
	Name      string `json:"name"`
	NodeState string `json:"node_state"`
}

type policy struct {
	UseWSUS      bool   `json:"use_wsus"`
	URL          string `json:"wsus_url"`
	NoAutoUpdate bool   `json:"no_auto_update"`
	Options      int    `json:"au_options"`
	NoRestart    bool   `json:"no_auto_restart_with_users"`
}

// policy is what the group policies of the domain say: everything comes from WSUS, and nothing by itself.
func (h *host) policy() policy {
	return policy{UseWSUS: true, URL: "https://wsus-" + strings.ToLower(h.site) + "." + domain + ":8531", NoAutoUpdate: true, NoRestart: true}
}

// Values of Win32_ComputerSystem.DomainRole.
const (
	memberServer     = 3
	backupController = 4
)

func (h *host) runFacts(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Packages []sought `json:"packages"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	f := facts{
		Hostname: h.name, Domain: domain, DomainRole: memberServer,
		OSCaption: "Microsoft " + h.product.name + " Standard", InstallationType: "Server",
		Build: h.product.buildString(h.system.ubr), BootTime: h.shown(h.power.booted), Time: h.shown(now),
		PowerShell: strings.Replace(h.product.buildString(h.system.ubr), "10.0.", "5.1.", 1), LanguageMode: h.languageMode(),
		Hardware: "virtual", Model: "VMware7,1", Memory: h.workload.memory,
		SystemDriveFree: h.freeBytes(), SystemDriveTotal: h.workload.disk,
		Roles: h.workload.roles, Services: h.services(now), PendingRestart: h.pendingRestart(now),
		Servicing: h.servicing(now), Updates: []listed{}, Problems: []string{},
		UpdatePolicy: h.policy(), Baseline: h.baseline,
	}
	for _, kb := range append(h.system.kbs(), h.packages(asked.Packages)...) {
		f.Updates = append(f.Updates, listed{kb})
	}
	if h.workload.controller {
		f.DomainRole = backupController
	}
	if h.workload.core {
		f.InstallationType = "Server Core"
	}
	if !h.virtual {
		f.Hardware, f.Model = "physical", "PowerEdge R760"
	}
	if h.failover != nil {
		f.Cluster = &cluster{h.cluster, h.failover.stateOf(h.node, now)}
	}
	return f, nil
}
