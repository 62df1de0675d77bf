package main

import "syscall"

// unsynchronised is the status bit STA_UNSYNC of adjtimex(2).
const unsynchronised = 0x40

// clockSynchronised asks the kernel whether somebody disciplines its clock.
func clockSynchronised() (synchronised, known bool) {
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unsynchronised == 0, true
}
