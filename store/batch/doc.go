// Package batch holds the rules that every implementation of engine.Store applies to a batch before it writes the
// first byte: how kinds and ids are spelled, how large a value may be, and that the entries continue the trail. What
// it refuses has changed nothing.
//
// It knows no database and keeps nothing.
package batch
