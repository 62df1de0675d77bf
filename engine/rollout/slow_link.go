package rollout

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/inventory"
)

// transfer is how long the content of some updates takes over a server's line at the most, as its own scan states their sizes, or as the
// catalogue does; zero where the speed of the line or every size is not known.
func (d Draft) transfer(s inventory.Server, need []string) (took time.Duration, size int64) {
	if s.LinkMbit == 0 {
		return 0, 0
	}
	for _, u := range d.Updates {
		if len(need) > 0 && !slices.Contains(need, u.KB) {
			continue
		}
		bytes := u.Size
		if s.Scan != nil {
			for _, o := range s.Scan.Offered {
				if o.KB == u.KB && o.Size > 0 {
					bytes = o.Size
				}
			}
		}
		size += bytes
	}
	seconds := float64(size) * 8 / (float64(s.LinkMbit) * 1e6)
	return time.Duration(seconds * float64(time.Second)), size
}

// slowLink names a server whose content cannot be there when its first window opens, even if it began to fetch it now: staging begins as soon
// as its ring is open, so that every hour until then is one less.
func (d Draft) slowLink(p *Plan, s inventory.Server, need []string, first Window) {
	took, size := d.transfer(s, need)
	if d.Removal || d.Now.IsZero() || took == 0 || !d.Now.Add(took).After(first.Opens) {
		return
	}
	p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf(
		"%s fetches up to %s over a line of %d Mbit/s, which takes %s, and %s opens in %s: give it a later window, bring the content there, or do it by hand",
		s.Name, gigabytes(size), s.LinkMbit, took.Round(time.Minute), first.ID, first.Opens.Sub(d.Now).Round(time.Minute))})
}
