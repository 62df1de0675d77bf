//go:build unix

package config

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// trusted refuses what somebody else owns or others can write. In a folder with the sticky bit nobody can replace the files
// of others.
func trusted(info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("belongs to user %d, not to you or root: chown it", stat.Uid)
	}
	sticky := info.IsDir() && info.Mode()&fs.ModeSticky != 0
	if info.Mode().Perm()&0o022 != 0 && !sticky {
		return fmt.Errorf("can be written by others (mode %04o): run chmod go-w on it", info.Mode().Perm())
	}
	return nil
}
