// Package config is what the administrator writes: the configuration (zone, listening address, maintenance windows, the
// numbers of the rollout policy, credentials by reference, limits) and the users file (people, roles, keys).
//
// In flow two YAML files; out flow checked values, or every mistake at once, each with its line and what is accepted there.
// Keys that are unknown or given twice, anchors, aliases and tags are refused: a mistyped key must never be a default in
// disguise. A file that others than its owner can write is refused too.
//
// Secrets are never part of a configuration: a credential says where its password is kept, and Config.Credential reads it
// when a server is reached. UsersFile keeps the newest users that could be read and follows the file; a file broken by an
// edit locks nobody out and is told in the log.
//
// The package must not know who uses the values: main wires them. Start reading at Config in config.go; reader.go walks
// YAML, policy.go reads the rollout policy by the table of rollout.Settings, default.yaml and users.yaml are what "patchdeck init" writes.
package config
