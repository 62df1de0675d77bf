package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
)

// Every rule of a rollout that may be set is written out with its default and its meaning, and what is set is what rollouts are led by.
func TestTheRolloutPolicyIsConfigured(t *testing.T) {
	c, err := Parse("config.yaml", []byte("zone: UTC\n"))
	if err != nil || fmt.Sprint(c.Rollout) != fmt.Sprint(rollout.DefaultPolicy()) {
		t.Errorf("left out: %+v, %v", c.Rollout, err)
	}
	_, section, _ := strings.Cut(Default, "\nrollout:\n")
	section, _, _ = strings.Cut(section, "\n\n")
	for _, s := range rollout.Settings {
		line := fmt.Sprintf("%s: %s ", s.Name[strings.LastIndexByte(s.Name, '.')+1:], s.Of(rollout.DefaultPolicy()))
		_, after, written := strings.Cut(section, " "+line)
		if comment, _, _ := strings.Cut(after, "\n"); !written || !strings.Contains(comment, "# ") {
			t.Errorf("default.yaml does not write out %q with its meaning", line)
		}
	}
	c, err = Parse("config.yaml", []byte("rollout: {backup_within: 24h, site_servers: 10, site_transfers: none, stop: {halt: 500, warn: 250}}\n"))
	want := rollout.DefaultPolicy()
	want.BackupWithin, want.SiteLimit, want.SiteStages, want.Halt, want.Warn = 24*time.Hour, 10, 0, 500, 250
	if err != nil || fmt.Sprint(c.Rollout) != fmt.Sprint(want) {
		t.Errorf("got %+v, %v", c.Rollout, err)
	}
	if got := c.Rollout.Against(nil); len(got) != 5 || got[0] != (rollout.Difference{Name: "backup_within", From: "none", To: "24h"}) {
		t.Errorf("it differs from the default in %v", got)
	}
}
