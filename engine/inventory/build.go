package inventory

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Build is a four-part Windows build number, "10.0.20348.2340": version, base build and update build revision (UBR).
type Build [4]int

// ParseBuild reads exactly four dot-separated decimal numbers.
func ParseBuild(s string) (Build, error) {
	var b Build
	parts := strings.Split(strings.TrimSpace(s), ".")
	if len(parts) != len(b) {
		return Build{}, fmt.Errorf("build %q: want four numbers like 10.0.20348.2340", s)
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return Build{}, fmt.Errorf("build %q: part %d is no number", s, i+1)
		}
		b[i] = int(n)
	}
	return b, nil
}

func (b Build) String() string { return fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3]) }

// IsZero tells that no build is known.
func (b Build) IsZero() bool { return b == Build{} }

// SameBase tells whether two builds belong to one product: revisions are comparable only then.
func (b Build) SameBase(o Build) bool { return b[0] == o[0] && b[1] == o[1] && b[2] == o[2] }

// AtLeast tells whether a server at build b has what fixed introduced. It is false across base builds.
func (b Build) AtLeast(fixed Build) bool {
	return b.SameBase(fixed) && cmp.Compare(b[3], fixed[3]) >= 0
}

// Highest gives the higher of two builds of one product; another product begins anew.
func (b Build) Highest(o Build) Build {
	if b.AtLeast(o) {
		return b
	}
	return o
}

// MarshalText writes the four-part form, or nothing for the zero build.
func (b Build) MarshalText() ([]byte, error) {
	if b.IsZero() {
		return nil, nil
	}
	return []byte(b.String()), nil
}

// UnmarshalText is the inverse of MarshalText.
func (b *Build) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*b = Build{}
		return nil
	}
	*b, err = ParseBuild(string(text))
	return err
}
