package inventory

import (
	"strings"
	"time"
)

// ServerID names a server for good: it is given when the server is first imported and survives renames.
// It is "s" and five digits or more, so that it fits a job id.
type ServerID string

// Environment is where a server stands in the cycle: Dev is patched before Prod.
type Environment string

const (
	Dev  Environment = "Dev"
	Test Environment = "Test"
	Prod Environment = "Prod"
)

// Server is one managed Windows server as the inventory knows it: what people say of it, and the newest facts
// that the server itself reported.
type Server struct {
	ID      ServerID `json:"id"`
	Name    string   `json:"name"`    // host name; unique without regard to case
	Address string   `json:"address"` // IP address or DNS name
	Port    int      `json:"port"`    // WinRM port
	Scheme  string   `json:"scheme"`  // "http" (with message sealing) or "https"
	// Credential names an entry of the configuration's credentials; the secret itself is never part of a record.
	Credential   string      `json:"credential,omitempty"`
	OS           string      `json:"os"` // product name: "Windows Server 2022"
	Environment  Environment `json:"environment"`
	Site         string      `json:"site"`
	Owner        string      `json:"owner"`
	Applications []string    `json:"applications"`
	Cluster      string      `json:"cluster,omitempty"` // members of one cluster are never down together
	Window       string      `json:"window,omitempty"`  // id of the maintenance window that the owner chose
	// WindowChosen is who mapped the server to its window, or to none, with a command; nil when an import said so, or nobody.
	WindowChosen *Signed  `json:"window_chosen,omitempty"`
	Risk         string   `json:"risk,omitempty"`     // "none", "low", "high": pilots are taken from "none" and "low"
	Value        string   `json:"value,omitempty"`    // "low" or "high": what its loss would cost
	Exposure     string   `json:"exposure,omitempty"` // "low" or "high": who can reach it
	Hardware     string   `json:"hardware,omitempty"` // "physical", "virtual" or "laptop", where people say so
	LinkMbit     int      `json:"link_mbit,omitempty"`
	Link         string   `json:"link,omitempty"`     // "reliable" or "unreliable"
	FSMO         []string `json:"fsmo,omitempty"`     // operations master roles, of FSMORoles
	Software     []string `json:"software,omitempty"` // applications and middleware with their versions
	// Unmanaged is why patchdeck leaves this server to people: one of UnmanagedKinds, and perhaps words after a colon. Empty is managed.
	Unmanaged string `json:"unmanaged,omitempty"`

	// What follows was seen, not said: an import leaves it alone.
	Facts  *Facts  `json:"facts,omitempty"`
	Scan   *Scan   `json:"scan,omitempty"`
	Health *Health `json:"health,omitempty"`
	// Trouble is why the last sweep could not read this server, TroubleClass which kind of trouble that is; empty when it could.
	Trouble      string `json:"trouble,omitempty"`
	TroubleClass string `json:"trouble_class,omitempty"`
	// OffSince is when sweeps began to get no answer at all; zero while it answers.
	OffSince time.Time `json:"off_since,omitzero"`
	Retired  *Signed   `json:"retired,omitempty"` // set when it left the inventory
	// FactsSweep and ScanSweep are the numbers of the newest sweeps that are through with this server.
	FactsSweep  int `json:"facts_sweep,omitempty"`
	ScanSweep   int `json:"scan_sweep,omitempty"`
	StampSweep  int `json:"stamp_sweep,omitempty"`
	HealthSweep int `json:"health_sweep,omitempty"`
	// Reached is the highest build that was read of the server since it got its product: one that falls below has lost updates.
	Reached Build `json:"reached,omitzero"`
	Rev     int   `json:"rev"` // grows by one with each change
}

// Signed is who decided something, when and why.
type Signed struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// FSMORoles are the five operations master roles of a domain, as an inventory file names them.
var FSMORoles = []string{"schema", "naming", "pdc", "rid", "infrastructure"}

// UnmanagedKinds are the reasons for which a server is not managed.
var UnmanagedKinds = []string{"no agent", "no access", "excluded"}

// HardwareType is what the server says it is, or else what people say.
func (s *Server) HardwareType() string {
	if s.Facts != nil && s.Facts.Hardware != "" && s.Hardware != "laptop" {
		return s.Facts.Hardware
	}
	return s.Hardware
}

// SameName tells whether two server names mean the same server; Windows names ignore case.
func SameName(a, b string) bool { return strings.EqualFold(a, b) }

// LeftOut tells that somebody decided to leave the server alone; other servers that are not managed are done by hand.
func LeftOut(s Server) bool { return strings.HasPrefix(s.Unmanaged, "excluded") }
