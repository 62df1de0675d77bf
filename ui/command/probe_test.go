package command_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestProbingAnAddressOverSSHTakesARoleThatMaySweep(t *testing.T) {
	s := at(t, uitest.Night(3), approval.Viewer)
	s.env.Remote = true
	s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) {
		t.Error("it was probed")
		return inventory.Facts{}, nil
	}
	s.expect(command.Denied, "takes a role that may sweep", "inventory", "probe", "--address", "10.0.0.1:22", "--user", "u", "--password-file", "-")
}

func TestProbingAnAddressUsesTheGivenCredentialsAndNoStore(t *testing.T) {
	s := at(t, uitest.Night(3))
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte("PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	var asked command.ProbeOptions
	s.env.Probe = func(_ context.Context, o command.ProbeOptions) (inventory.Facts, error) {
		asked = o
		return inventory.Facts{Hostname: "DUB-SQL-014"}, nil
	}
	s.env.Forward = func(context.Context, string, []string, command.Streams) (bool, int, error) {
		t.Error("it was forwarded")
		return false, 0, nil
	}
	s.expect(command.Done, `"hostname":"DUB-SQL-014"`, "inventory", "probe", "--address", "[fd00::1]:5986", "--scheme", "https", "--user", `CORP\svc`, "--password-env", "PROBE_PASSWORD", "--ca", ca, "--json")
	if asked.Password != "s3cret" || asked.User != `CORP\svc` || asked.Scheme != "https" || asked.Address != "[fd00::1]:5986" || string(asked.CA) != "PEM" || s.opened != 0 {
		t.Errorf("asked %+v, opened %d", asked, s.opened)
	}
	s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) {
		return inventory.Facts{}, errors.New("the password was refused")
	}
	s.expect(command.Failure, "patchdeck: 10.0.0.1:5985: the password was refused", "inventory", "probe", "--address", "10.0.0.1:5985", "--user", "u", "--password-env", "PROBE_PASSWORD")
}

func TestAConnectionThatBreaksAsksWhetherThePortIsForTLS(t *testing.T) {
	s := at(t, uitest.Night(3))
	words := []string{"inventory", "probe", "--address", "10.0.0.1:5986", "--user", "u", "--password-env", "PROBE_PASSWORD"}
	for _, c := range []struct {
		code, scheme string
		asks         bool
	}{{"PD-BROKEN", "http", true}, {"PD-BROKEN", "https", false}, {"PD-NO-ANSWER", "http", false}} {
		s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) {
			return inventory.Facts{}, &rollout.Failure{Class: rollout.ClassNetwork, Code: c.code, Words: "it went wrong"}
		}
		r := s.expect(command.Failure, "10.0.0.1:5986: it went wrong ("+c.code+")", append(words, "--scheme", c.scheme)...)
		if strings.Contains(r.err, "is this an https port?") != c.asks {
			t.Errorf("%s with %s: %q", c.scheme, c.code, r.err)
		}
	}
}
