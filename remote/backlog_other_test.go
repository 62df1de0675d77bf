//go:build !linux

package remote

import (
	"testing"

	"patchdeck/engine"
)

// unconnected needs a kernel that drops connections to a full queue.
func unconnected(t testing.TB) engine.Target {
	t.Skip("only Linux drops what a full queue cannot take")
	return engine.Target{}
}
