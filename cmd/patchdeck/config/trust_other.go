//go:build !unix

package config

import "io/fs"

// trusted cannot tell here: this system keeps rights in access lists, which the mode does not show.
func trusted(fs.FileInfo) error { return nil }
