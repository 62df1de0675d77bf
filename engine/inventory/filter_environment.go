package inventory

import (
	"math"
	"reflect"
)

// filterEnvironment is what an expression can ask of a server. Numbers that are not known are NaN, so that no comparison
// selects a server by what nobody read.
type filterEnvironment struct {
	ID             string   `expr:"id"`
	Name           string   `expr:"name"`
	Address        string   `expr:"address"`
	Port           int      `expr:"port"`
	Scheme         string   `expr:"scheme"`
	Credential     string   `expr:"credential"`
	OS             string   `expr:"os"`
	Environment    string   `expr:"environment"`
	Site           string   `expr:"site"`
	Owner          string   `expr:"owner"`
	Applications   []string `expr:"applications"`
	Cluster        string   `expr:"cluster"`
	Window         string   `expr:"window"`
	Risk           string   `expr:"risk"`
	Value          string   `expr:"value"`           // "low" or "high"
	Exposure       string   `expr:"exposure"`        // "low" or "high"
	LinkMbit       int      `expr:"link_mbit"`       // speed of its line, 0 when nobody says
	Link           string   `expr:"link"`            // "reliable" or "unreliable"
	FSMO           []string `expr:"fsmo"`            // operations master roles
	Software       []string `expr:"software"`        // products with versions
	Managed        bool     `expr:"managed"`         // patchdeck looks after it
	Unmanaged      string   `expr:"unmanaged"`       // why it does not
	Known          bool     `expr:"known"`           // facts were read at least once
	Reachable      bool     `expr:"reachable"`       // the last sweep could read it
	Trouble        string   `expr:"trouble"`         // why it could not
	Build          string   `expr:"build"`           // "10.0.20348.2340"
	Base           float64  `expr:"base"`            // 20348
	Revision       float64  `expr:"revision"`        // 2340
	Hostname       string   `expr:"hostname"`        // as the server says
	Domain         string   `expr:"domain"`          // as the server says
	DC             bool     `expr:"dc"`              // a domain controller
	Core           bool     `expr:"core"`            // Server Core
	Hardware       string   `expr:"hardware"`        // "virtual", "physical" or "laptop"
	Roles          []string `expr:"roles"`           // installed roles
	Services       []string `expr:"services"`        // running services
	Updates        []string `expr:"updates"`         // installed KBs
	Offered        []string `expr:"offered"`         // KBs that its scan offers
	Scanned        bool     `expr:"scanned"`         // a scan was read at least once
	Healthy        bool     `expr:"healthy"`         // its health was read, and nothing would stop an installation
	Obstacles      []string `expr:"obstacles"`       // codes of what would
	Baseline       string   `expr:"baseline"`        // the baseline that stands in its registry
	PendingRestart bool     `expr:"pending_restart"` // it must restart before anything may be installed
	FreeGB         float64  `expr:"free_gb"`         // free space of the system drive in GiB
	MemoryGB       float64  `expr:"memory_gb"`       // memory in GiB
}

// FilterFields lists the fields that an expression can ask, in the order of the inventory.
func FilterFields() []string {
	t := reflect.TypeFor[filterEnvironment]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("expr")
	}
	return names
}

func newFilterEnvironment(s *Server) *filterEnvironment {
	e := &filterEnvironment{
		ID: string(s.ID), Name: s.Name, Address: s.Address, Port: s.Port, Scheme: s.Scheme, Credential: s.Credential,
		OS: s.OS, Environment: string(s.Environment), Site: s.Site, Owner: s.Owner, Applications: s.Applications,
		Cluster: s.Cluster, Window: s.Window, Risk: s.Risk, Trouble: s.Trouble,
		Value: s.Value, Exposure: s.Exposure, LinkMbit: s.LinkMbit, Link: s.Link, FSMO: s.FSMO, Software: s.Software,
		Managed: s.Unmanaged == "", Unmanaged: s.Unmanaged, Hardware: s.HardwareType(),
		Base: math.NaN(), Revision: math.NaN(), FreeGB: math.NaN(), MemoryGB: math.NaN(),
	}
	if s.Facts != nil {
		e.addFacts(s)
	}
	if s.Health != nil {
		e.addHealth(s.Health)
	}
	if s.Scan != nil {
		e.Scanned = true
		for _, offer := range s.Scan.Offered {
			e.Offered = append(e.Offered, offer.KB)
		}
	}
	return e
}

func (e *filterEnvironment) addHealth(h *Health) {
	e.Healthy = len(h.Obstacles) == 0
	for _, o := range h.Obstacles {
		e.Obstacles = append(e.Obstacles, o.Code)
	}
}

func (e *filterEnvironment) addFacts(s *Server) {
	const gib = 1 << 30
	f := s.Facts
	e.Known, e.Reachable = true, s.Trouble == ""
	e.Hostname, e.Domain, e.DC = f.Hostname, f.Domain, f.DomainRole >= 4
	e.Core = f.InstallationType == "Server Core"
	e.Roles, e.Services, e.Updates = f.Roles, f.Running(), f.Updates
	e.PendingRestart, e.Baseline = f.RestartBlocks(), f.Baseline.Name
	e.FreeGB, e.MemoryGB = float64(f.SystemDriveFree)/gib, float64(f.MemoryBytes)/gib
	if !f.Build.IsZero() {
		e.Build, e.Base, e.Revision = f.Build.String(), float64(f.Build[2]), float64(f.Build[3])
	}
}
