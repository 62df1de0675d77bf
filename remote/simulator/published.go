package simulator

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"regexp"
	"time"
)

// Published is one update that Microsoft has published, as far as an update agent cares.
type Published struct {
	KB        string // "KB5999022"
	Title     string
	Severity  string    // the agent's MsrcSeverity: "Critical", "Important", ... or empty
	BaseBuild [3]int    // the operating system it is for: 10, 0, 20348
	UBR       int       // the revision that a server reaches with it; 0 for an update that leaves the build alone
	Restart   bool      // installing needs a restart
	Hotpatch  bool      // only offered to servers enrolled for hotpatching, of which this fleet has none
	SizeBytes int64     // what the agent states as the largest download
	From      time.Time // fleet time from which agents find it; zero means always

	pack *plannedPackage // set where no agent finds it, but a plan brought its installer
}

var kbPattern = regexp.MustCompile(`^KB[0-9]{6,8}$`)

func (p Published) validate() error {
	if !kbPattern.MatchString(p.KB) {
		return fmt.Errorf("published update %q: want a name like KB5999022", p.KB)
	}
	if p.UBR < 0 || p.SizeBytes < 0 || p.BaseBuild[0] < 6 {
		return fmt.Errorf("published update %s: build %v.%d or size %d makes no sense", p.KB, p.BaseBuild, p.UBR, p.SizeBytes)
	}
	return nil
}

// sameAs tells whether two entries are one update for one product: bulletins name editions of a product one by one.
func (p Published) sameAs(o Published) bool { return p.KB == o.KB && p.BaseBuild == o.BaseBuild }

// cumulative tells whether the update replaces the whole servicing state, as the monthly updates do: it becomes true
// at the restart and carries everything of the months before.
func (p Published) cumulative() bool { return p.UBR > 0 }

// size is what the agent states, or a middling cumulative update where nothing was given.
func (p Published) size() int64 { return cmp.Or(p.SizeBytes, 640<<20) }

// updateID is the agent's identity of the update: stable, shaped like the GUID that it is on a real server.
func (p Published) updateID() string {
	sum := sha256.Sum256(fmt.Append(nil, p.KB, p.BaseBuild, p.UBR))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
