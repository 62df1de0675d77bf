package inventory

import "time"

// Facts is what a server said of itself in one sweep. Times are the server's own, in UTC.
type Facts struct {
	At               time.Time       `json:"at"`   // our clock, when the answer arrived
	Time             time.Time       `json:"time"` // the server's clock in that answer
	Hostname         string          `json:"hostname"`
	Domain           string          `json:"domain,omitempty"`
	DomainRole       int             `json:"domain_role"` // Win32_ComputerSystem.DomainRole; 4 and 5 are domain controllers
	OSCaption        string          `json:"os_caption"`
	InstallationType string          `json:"installation_type"`
	Build            Build           `json:"build"`
	BootTime         time.Time       `json:"boot_time"`
	PowerShell       string          `json:"powershell"`
	LanguageMode     string          `json:"language_mode"`
	Hardware         string          `json:"hardware"`
	Model            string          `json:"model,omitempty"`
	MemoryBytes      int64           `json:"memory_bytes"`
	SystemDriveFree  int64           `json:"system_drive_free_bytes"`
	SystemDriveTotal int64           `json:"system_drive_total_bytes"`
	Roles            []string        `json:"roles"`
	Services         []Service       `json:"services"`
	Updates          []string        `json:"updates"` // KBs that the server lists as installed
	PendingRestart   []PendingReason `json:"pending_restart,omitempty"`
	ServicingBusy    bool            `json:"servicing_busy,omitempty"`
	Cluster          string          `json:"cluster,omitempty"`
	ClusterState     string          `json:"cluster_state,omitempty"`
	Baseline         Stamp           `json:"baseline,omitzero"`
}

// Stamp is what stands in a server's registry about the baseline that it has reached. The zero Stamp is a server without one.
type Stamp struct {
	Name string    `json:"name"` // the baseline with its version
	Date time.Time `json:"date,omitzero"`
}

// Service is one Windows service that was running or starts by itself.
type Service struct {
	Name    string `json:"name"`
	Display string `json:"display_name,omitempty"`
	State   string `json:"state"`
	Start   string `json:"start"`
}

// PendingReason is one sign that the server waits for a restart. Only servicing reasons block an installation;
// others (file renames, for instance) are noise that many products leave for ever.
type PendingReason struct {
	Reason string `json:"reason"`
	Blocks bool   `json:"blocks"`
	Detail string `json:"detail,omitempty"`
}

// RestartBlocks tells whether the server must restart before anything may be installed on it.
func (f *Facts) RestartBlocks() bool {
	for _, p := range f.PendingRestart {
		if p.Blocks {
			return true
		}
	}
	return false
}

// Running lists the names of the services that were running.
func (f *Facts) Running() []string {
	var names []string
	for _, s := range f.Services {
		if s.State == "Running" {
			names = append(names, s.Name)
		}
	}
	return names
}

// Scan is what a server's own Windows Update Agent offered it, read by a host job as SYSTEM.
type Scan struct {
	At      time.Time `json:"at"`
	Job     string    `json:"job"`
	Offered []Offer   `json:"offered"`
}

// Offer is one update that the agent would install.
type Offer struct {
	KB       string `json:"kb"`
	UpdateID string `json:"update_id,omitempty"`
	Title    string `json:"title,omitempty"`
	Size     int64  `json:"size_bytes,omitempty"` // upper bound, as the agent states it
}

// Offers tells whether the scan offered the update.
func (s *Scan) Offers(kb string) bool {
	for _, o := range s.Offered {
		if o.KB == kb {
			return true
		}
	}
	return false
}
