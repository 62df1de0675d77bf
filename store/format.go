package store

import (
	"encoding/json"
	"fmt"
)

// format says what a store is; the identity file and the database each have one.
type format struct {
	Format int    `json:"format"`
	Store  string `json:"store"` // its id, as in the identity file and the anchor
}

// formatVersion is the layout of keys and values that this program writes, and the newest it reads.
const formatVersion = 1

func (f format) encode() ([]byte, error) { return json.Marshal(f) }

// check refuses what this program would misread.
func (f format) check(dir string) error {
	switch {
	case f.Format > formatVersion:
		return fmt.Errorf("store %s has format %d, this patchdeck knows up to %d: use the newer patchdeck that wrote it", dir, f.Format, formatVersion)
	case f.Format < 1:
		return &Damaged{dir, fmt.Sprintf("its format is given as %d", f.Format)}
	}
	return nil
}
