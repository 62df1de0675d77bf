package inventory

import "strings"

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
	Risk         string      `json:"risk,omitempty"`    // "none", "low", "high": pilots are taken from "none" and "low"
	Facts        *Facts      `json:"facts,omitempty"`
	Scan         *Scan       `json:"scan,omitempty"`
	// Trouble is why the last sweep could not read this server; empty when it could.
	Trouble string `json:"trouble,omitempty"`
	// FactsSweep and ScanSweep are the numbers of the newest sweeps that are through with this server.
	FactsSweep int `json:"facts_sweep,omitempty"`
	ScanSweep  int `json:"scan_sweep,omitempty"`
	Rev        int `json:"rev"` // grows by one with each change
}

// SameName tells whether two server names mean the same server; Windows names ignore case.
func SameName(a, b string) bool { return strings.EqualFold(a, b) }
