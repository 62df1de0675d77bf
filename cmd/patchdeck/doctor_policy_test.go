package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/ui/command"
)

// DESIGN 5 and handbook 8: the rules of rollouts are the administrator's to set; doctor and rollout policy show those in force, and every
// change stands in the audit trail once.
func TestAChangedPolicyIsShownAndStandsInTheTrail(t *testing.T) {
	patchdeck := binary(t)
	data := filepath.Join(t.TempDir(), "data")
	must(t, patchdeck, "init", "--data", data)
	must(t, patchdeck, "inventory", "import", serversFile(t), "--data", data)
	config := filepath.Join(data, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	set := func(lines ...string) {
		if err := os.WriteFile(config, []byte(strings.NewReplacer(lines...).Replace(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time nothing has changed
		set("backup_within: none ", "backup_within: 24h ", "halt: 700 ", "halt: 500 ")
		must(t, patchdeck, "inventory", "import", serversFile(t), "--data", data)
	}
	if out := must(t, patchdeck, "rollout", "policy", "--data", data); !strings.Contains(out, "24h") || !strings.Contains(out, "500") {
		t.Errorf("in force:\n%s", out)
	}
	if _, found, _ := examined(t, patchdeck, "--data", data); found["policy"].State != command.Fine || !strings.Contains(found["policy"].Words, "stop.halt 700 -> 500") {
		t.Errorf("the doctor says %+v", found["policy"])
	}
	set()
	must(t, patchdeck, "inventory", "import", serversFile(t), "--data", data)
	trail := must(t, patchdeck, "audit", "list", "--data", data)
	for _, says := range []string{"backup_within none -> 24h, stop.halt 700 -> 500", "backup_within 24h -> none, stop.halt 500 -> 700"} {
		if strings.Count(trail, says) != 1 {
			t.Errorf("the trail has %q %d times:\n%s", says, strings.Count(trail, says), trail)
		}
	}
}
