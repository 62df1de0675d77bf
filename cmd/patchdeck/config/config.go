package config

import (
	_ "embed"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"
	_ "time/tzdata" // zones must be known on machines that have none installed

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Config is the administrator's configuration, checked.
type Config struct {
	Zone        *time.Location // where the servers stand
	Listen      string         // address for SSH; empty is none, the socket alone
	Status      string         // address of the status page; empty is none
	Users       string         // path of the users file
	Windows     []rollout.WindowSpec
	Credentials map[string]Credential
	Notices     Notices
	Limits      Limits
	Inventory   inventory.Policy
	Rollout     rollout.Policy // the numbers that rollouts are led by
	VendorRoots string         // path of a PEM file: where the chain of a vendor's signature may end; empty trusts nobody
}

// Limits bound what the daemon does at once.
type Limits struct {
	Connections int           // SSH connections at once
	Sessions    int           // of one person at once
	Idle        time.Duration // a console without a key press
	Servers     int           // conversations with servers at once
	Site        int           // of them with one site
}

// Default is the commented configuration that "patchdeck init" writes. Reading it gives the defaults.
//
//go:embed default.yaml
var Default string

// DefaultUsers is the commented users file that "patchdeck init" writes. It names nobody.
//
//go:embed users.yaml
var DefaultUsers string

// Read reads a configuration file. What it leaves out is as in Default. An error is of type Problems, or says why the file
// cannot be read.
func Read(path string) (Config, error) {
	text, err := readTrusted(path)
	if err != nil {
		return Config{}, err
	}
	return Parse(path, text)
}

// ReadVendorRoots reads the root certificates that the configuration names; nil is that it names none. A file that others can write is
// refused: who writes it decides whose files are taken for genuine.
func (c Config) ReadVendorRoots() ([]byte, error) {
	if c.VendorRoots == "" {
		return nil, nil
	}
	text, err := readTrusted(c.VendorRoots)
	if err != nil {
		return nil, fmt.Errorf("vendor_roots: %w", err)
	}
	return text, nil
}

// Parse reads the text of the configuration file at path; relative paths in it are relative to its folder.
func Parse(path string, text []byte) (Config, error) {
	c, err := base(filepath.Dir(path))
	if err != nil {
		return Config{}, err
	}
	return parse(path, text, c)
}

// base is the default configuration, for a folder.
func base(folder string) (Config, error) {
	return parse(filepath.Join(folder, "default.yaml"), []byte(Default), Config{Rollout: rollout.DefaultPolicy()})
}

func parse(path string, text []byte, c Config) (Config, error) {
	r := &reader{file: filepath.Base(path)}
	root, ok := r.root(text)
	if !ok {
		return Config{}, r.done()
	}
	folder := filepath.Dir(path)
	r.mapping(root, fields{
		"zone":         func(v value) { c.Zone = r.zone(v) },
		"listen":       func(v value) { c.Listen = r.listen(v, "listen", ":2222") },
		"status":       func(v value) { c.Status = r.listen(v, "status", "127.0.0.1:8080") },
		"users":        func(v value) { c.Users = r.path(v, folder) },
		"windows":      func(v value) { c.Windows = r.windows(v) },
		"credentials":  func(v value) { c.Credentials = r.credentials(v, folder) },
		"notices":      func(v value) { r.notices(v, folder, &c.Notices) },
		"vendor_roots": func(v value) { c.VendorRoots = r.path(v, folder) },
		"limits":       func(v value) { r.limits(v, &c.Limits) },
		"inventory":    func(v value) { r.inventory(v, &c.Inventory) },
		"rollout":      func(v value) { r.rollout(v, &c.Rollout) },
	})
	if err := r.done(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (r *reader) zone(v value) *time.Location {
	name := r.text(v)
	if name == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if name == "Local" || err != nil {
		r.fail(v.line, "zone is %s: the name of a time zone is accepted, such as Europe/Dublin or UTC", quote(name))
		return time.UTC
	}
	return zone
}

// listen reads an address under a key; example is one that would do there.
func (r *reader) listen(v value, key, example string) string {
	text := r.text(v)
	if text == "none" || text == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(text)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 {
		r.fail(v.line, "%s is %s: HOST:PORT is accepted, such as %s, or none", key, quote(text), example)
	}
	return text
}

func (r *reader) path(v value, folder string) string {
	text := r.text(v)
	if text == "" || filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(folder, text)
}

func (r *reader) inventory(v value, p *inventory.Policy) {
	const day = 24 * time.Hour
	r.mapping(v, fields{
		"refresh":       func(v value) { p.Refresh = r.duration(v, time.Hour, 30*day) },
		"max_age":       func(v value) { p.MaxAge = r.duration(v, time.Hour, 90*day) },
		"max_unread":    func(v value) { p.MaxUnread = r.number(v, 0, 100) },
		"marked_change": func(v value) { p.MarkedChange = r.number(v, 0, 100) },
		"stale_after":   func(v value) { p.StaleAfter = r.duration(v, day, 1000*day) },
	})
}

func (r *reader) limits(v value, l *Limits) {
	r.mapping(v, fields{
		"connections": func(v value) { l.Connections = r.number(v, 1, 10_000) },
		"sessions":    func(v value) { l.Sessions = r.number(v, 1, 1000) },
		"idle":        func(v value) { l.Idle = r.duration(v, time.Minute, 24*time.Hour) },
		"servers":     func(v value) { l.Servers = r.number(v, 1, 5000) },
		"site":        func(v value) { l.Site = r.number(v, 1, 5000) },
	})
}
