package remote

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

func TestRolesGoAwayAndComeBackOverTheWire(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 100, Seed: 1})
	for _, d := range servers.Servers() {
		if !strings.Contains(d.Name, "-DC-") {
			continue
		}
		to := target(d)
		away := insist(t, func(ctx context.Context) (Roles, error) { return f.MoveRoles(ctx, to, "m-1", "") })
		if !away.Complete() || len(away.Roles) != 5 || away.Roles[0].Result != "moved" || away.Roles[0].To == away.Roles[0].From {
			t.Errorf("%+v", away)
		}
		back := insist(t, func(ctx context.Context) (Roles, error) { return f.ReturnRoles(ctx, to) })
		if !back.Complete() || len(back.Roles) != 5 || back.Roles[0].To != away.Roles[0].From {
			t.Errorf("%+v", back)
		}
		return // the first domain controller holds the roles
	}
	t.Fatal("the fleet has no domain controller")
}

const rolesText = `{"applicable":true,"why":"","roles":[{"role":"PDCEmulator","from":"a","to":"b","result":"failed","code":"0x80070005","words":"no"}],"time":"2026-11-10T20:00:01Z"}`

func TestARoleThatDoesNotMoveSaysWhy(t *testing.T) {
	f, s, parameters := answering(t, "fsmo-move", rolesText)
	roles, err := f.MoveRoles(t.Context(), s.target, "m-1", "DC2")
	if err != nil || roles.Complete() || roles.Roles[0].Failure.Class != rollout.ClassAccess || (*parameters)["target"] != "DC2" {
		t.Errorf("%+v %v %v", roles, err, *parameters)
	}
}

func TestUnbelievableRolesAreRefused(t *testing.T) {
	const one = `{"role":"PDCEmulator","from":"a","to":"b","result":"failed","code":"0x80070005","words":"no"}`
	for _, c := range [][2]string{
		{"PDCEmulator", "Postmaster"}, {`"failed"`, `"lost"`}, {"0x80070005", "5"}, {`"applicable":true`, `"applicable":false`},
		{`"why":""`, `"why":"tired"`}, {one, one + "," + one}, {"2026-11-10T", "x"},
	} {
		var r rolesResult
		if err := json.Unmarshal([]byte(strings.Replace(rolesText, c[0], c[1], 1)), &r); err != nil {
			t.Fatal(err)
		}
		if roles, err := r.believe(); err == nil {
			t.Errorf("with %s: %+v", c[1], roles)
		}
	}
}
