package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/inventory"
)

// Transfer is how far the content of a release is on its way to a site.
type Transfer string

const (
	TransferWaiting Transfer = "waiting"      // nothing is under way yet
	TransferRunning Transfer = "transferring" // on its way
	TransferReady   Transfer = "ready"        // there, and every file has the hash of the one that is kept here
	TransferFailed  Transfer = "failed"       // broken off, or a file is another one
)

// Transfers are the states in which a person, or a script of theirs, reports a transfer.
var Transfers = []Transfer{TransferRunning, TransferReady, TransferFailed}

// SiteContent is a release's content at a site whose servers fetch it nearby: while it is not ready they wait, and the others go on.
type SiteContent struct {
	Release  string            `json:"release"`
	Site     string            `json:"site"`
	Priority int               `json:"priority"` // the lower the earlier it is served
	State    Transfer          `json:"state"`
	Checked  map[string]string `json:"checked,omitempty"` // SHA-256 by file, as it was found at the site
	Note     string            `json:"note,omitempty"`
	inventory.Signed
}

// ID names the content of a release at a site among all.
func (c SiteContent) ID() string { return c.Release + "/" + strings.ToLower(c.Site) }

// Report takes what somebody says of a transfer. kept are the files of the release with their hashes: ready takes the same hash for each of them, and a
// file that is another one fails the transfer, whatever else was said.
func (c SiteContent) Report(state Transfer, found, kept map[string]string, note string) (SiteContent, error) {
	if !slices.Contains(Transfers, state) {
		return c, fmt.Errorf("the state %.40q is not known: use transferring, ready or failed", state)
	}
	checked := map[string]string{}
	for file, hash := range c.Checked {
		checked[file] = hash
	}
	for file, hash := range found {
		hash = strings.ToLower(hash)
		if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
			return c, fmt.Errorf("the SHA-256 of %.80q has 64 digits of 0-9 and a-f", file)
		}
		if _, known := kept[file]; !known {
			return c, fmt.Errorf("%s keeps no file %.80q: it keeps %s", c.Release, file, cmp.Or(strings.Join(sortedKeys(kept), ", "), "none"))
		}
		checked[file] = hash
	}
	var open, others []string
	for _, file := range sortedKeys(kept) {
		switch hash := checked[file]; {
		case hash == "":
			open = append(open, file)
		case hash != strings.ToLower(kept[file]):
			others = append(others, file)
		}
	}
	c.Checked, c.Note = checked, note
	switch {
	case len(others) > 0:
		c.State = TransferFailed
		c.Note = strings.TrimSpace("not the file that is kept here: " + strings.Join(others, ", ") + ". " + note)
	case state == TransferReady && len(open) > 0:
		return c, fmt.Errorf("not ready before each file was checked at %s: give --file NAME=SHA256 for %s", c.Site, strings.Join(open, ", "))
	default:
		c.State = state
	}
	return c, nil
}

// Why says why the servers of the site wait; empty when the content is ready.
func (c SiteContent) Why() string {
	switch c.State {
	case TransferReady:
		return ""
	case TransferWaiting:
		return fmt.Sprintf("site %s: the content of %s is not there yet", c.Site, c.Release)
	case TransferRunning:
		return fmt.Sprintf("site %s: the content of %s is on its way", c.Site, c.Release)
	}
	return strings.TrimSuffix(fmt.Sprintf("site %s: the transfer of %s failed: %s", c.Site, c.Release, c.Note), ": ")
}

// Awaits says for which content of its site a server waits; empty when that is there, or fetched by each server for itself.
func (s Scene) Awaits(ad *Advertisement) string {
	if len(s.Unready) == 0 {
		return ""
	}
	return s.Unready[strings.ToLower(ad.Site)]
}

// Lead is how long before its window a server begins to fetch: the policy's lead, or longer where the line is slow. bytes is what the servers that share
// the line fetch together. A line whose speed nobody names takes the policy's lead.
func (p Policy) Lead(bytes int64, mbit int) time.Duration {
	if mbit <= 0 || bytes <= 0 {
		return p.StageLead
	}
	hours := FetchHours(bytes, mbit)
	if hours > longestLead.Hours() {
		return longestLead
	}
	return min(max(p.StageLead, time.Duration(hours*float64(time.Hour))+p.StageSpread), longestLead)
}

// FetchHours is how long so many bytes take over a line, with a quarter for what else uses it.
func FetchHours(bytes int64, mbit int) float64 {
	return float64(bytes) * 8 / (float64(mbit) * 1e6) * 1.25 / 3600
}

// longestLead bounds how early anybody begins to fetch: what takes longer is brought by hand.
const longestLead = 7 * day

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
