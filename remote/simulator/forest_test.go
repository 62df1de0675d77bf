package simulator

import (
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// controllers are the domain controllers of the fleet: the first holds every role.
func (b *workbench) controllers() (all []*host) {
	b.t.Helper()
	for _, h := range b.hosts {
		if h.forest != nil {
			all = append(all, h)
		}
	}
	if len(all) < 2 {
		b.t.Fatalf("%d domain controllers", len(all))
	}
	return all
}

type rolesShown struct {
	Applicable bool
	Why        string
	Roles      []struct{ Role, To, Result string }
}

// results counts how the roles fared.
func (r *rolesShown) results() map[string]int {
	counted := make(map[string]int)
	for _, role := range r.Roles {
		counted[role.Result]++
	}
	return counted
}

func move(b *workbench, h *host) rolesShown {
	return ask[rolesShown](b, h, "fsmo-move", map[string]any{"move": "m-1", "target": ""})
}

func TestRolesGoAwayAndComeBackExactly(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 1})
	all := b.controllers()
	holder := all[0]
	if other := move(b, all[1]); len(other.Roles) != 0 || !other.Applicable {
		t.Errorf("a controller without roles moved %+v", other)
	}
	for range 2 {
		if m := move(b, holder); m.results()["moved"] != len(masterRoles) {
			t.Errorf("moved: %+v", m)
		}
	}
	taker := holder.forest.owner["PDCEmulator"]
	if taker == holder.name {
		t.Fatal("the role did not move")
	}
	restartAndWait(b, holder, "restart-1")
	holder.forest.owner["SchemaMaster"] = "SOMEBODY-ELSES-DC"
	back := ask[rolesShown](b, holder, "fsmo-return", struct{}{})
	if got := back.results(); got["moved"] != len(masterRoles)-1 || got["elsewhere"] != 1 {
		t.Errorf("returned: %+v", back)
	}
	if again := ask[rolesShown](b, holder, "fsmo-return", struct{}{}); len(again.Roles) != 0 {
		t.Errorf("returned twice: %+v", again)
	}
}

func TestRolesStayWhenNobodyCanTakeThem(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 1})
	all := b.controllers()
	for _, other := range all[1:] {
		orderRestart(b, other, "restart-1")
	}
	b.pass(time.Minute)
	exit := all[0].Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(t, "fsmo-move", map[string]any{"move": "m-1"})})
	if !strings.Contains(string(exit.Stdout), noController) || all[0].forest.owner["RIDMaster"] != all[0].name {
		t.Errorf("%s", exit.Stdout)
	}
}

func TestTheOnlyControllerOfAFleetIsNotTheOnlyOneOfItsDomain(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 40, Seed: 1})
	for _, h := range b.hosts {
		if h.forest == nil {
			continue
		}
		if m := move(b, h); len(m.Roles) != len(masterRoles) || m.results()["moved"] != len(masterRoles) {
			t.Errorf("moved: %+v", m)
		}
		if back := ask[rolesShown](b, h, "fsmo-return", struct{}{}); back.results()["moved"] != len(masterRoles) {
			t.Errorf("returned: %+v", back)
		}
		return
	}
	t.Fatal("the fleet has no controller")
}

func TestAServerThatIsNoControllerHasNoRoles(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	if m := move(b, b.hosts[0]); m.Applicable || m.Why != "no_controller" {
		t.Errorf("%+v", m)
	}
}
