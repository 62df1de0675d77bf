//go:build !linux

package main

// clockSynchronised is not known outside of Linux.
func clockSynchronised() (synchronised, known bool) { return false, false }
