package main

import (
	"os"
	"path/filepath"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/assets"
	"patchdeck/ui/command"
)

// site is a daemon over a fleet of its own, with the month's documents in its inbox and people who may come in.
type site struct {
	t       *testing.T
	address string
	data    string
	keys    map[string]gossh.Signer // by name
}

// newSite lets a fleet run as the flags say, and a daemon with a schedule for people of these roles.
func newSite(t *testing.T, schedule string, roles map[string]string, fleetFlags ...string) *site {
	t.Helper()
	patchdeck, folder := binary(t), t.TempDir()
	data, servers := filepath.Join(folder, "data"), filepath.Join(folder, "servers.csv")
	box := filepath.Join(data, "inbox")
	if err := os.MkdirAll(box, 0o700); err != nil {
		t.Fatal(err)
	}
	keys := staff(t, data, roles)
	fleet, _ := fleetProcess(t, patchdeck, folder, append([]string{"--csv", servers}, fleetFlags...)...)
	inventory, err := os.ReadFile(servers)
	if err != nil {
		t.Fatal(err)
	}
	bulletin, ok := assets.Demo("bulletin.xml")
	if !ok {
		t.Fatal("the demo's bulletin is gone")
	}
	for path, text := range map[string][]byte{filepath.Join(data, "config.yaml"): []byte(schedule), filepath.Join(box, "servers.csv"): inventory,
		filepath.Join(box, "bulletin.xml"): []byte(bulletin)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	daemon, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "127.0.0.1:0", Fleet: fleet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.close() })
	return &site{t, daemon.doors.network.Addr().String(), data, keys}
}

// in is a person at a console of their own.
func (s *site) in(name string) *person {
	s.t.Helper()
	return comesIn(s.t, s.address, name, s.keys[name])
}

// emergencySchedule are the windows of the test: a pilot three hours of fleet time after the fleet starts, one emergency window after it.
const emergencySchedule = `zone: UTC
windows:
  - {id: P1, ring: pilot, day: 0, start: "23:00", length: 100m}
  - {id: D1, ring: Dev, day: 1, start: "21:00", length: 4h}
  - {id: W1, ring: Prod, day: 5, start: "00:00", length: 4h}
  - {id: E1, ring: Prod, kind: emergency, day: 0, start: "22:10", length: 3h}
`

// emergency is an emergency release on its way: the lead k.osei brought it to its change request, and the authority r.varga started it.
func (s *site) emergency(servers int) (lead, authority *person) {
	s.t.Helper()
	lead = s.in("k.osei")
	lead.surveys(servers)
	lead.presses("3", "c")
	lead.answers("Create release", "exploited in the wild")
	lead.sees("release 2026-11-security holds")
	lead.presses("4", "s", "e")
	lead.answers("Submit", "the hole is open")
	lead.sees("CHG-1")
	authority = s.in("r.varga")
	authority.presses("4", "a")
	authority.answers("CHG-1", "start at once")
	authority.sees("authorised r.varga (authority)")
	return lead, authority
}
