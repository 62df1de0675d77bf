package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// forest is the one directory of the fleet: who its domain controllers are and who holds which operation master role. Its
// lock is taken while that of a host is held, never the other way.
type forest struct {
	mu          sync.Mutex
	controllers []*profile
	owner       map[string]string    // role -> name of the controller
	back        map[string]time.Time // when a controller that restarts serves again
}

var masterRoles = []string{"DomainNamingMaster", "InfrastructureMaster", "PDCEmulator", "RIDMaster", "SchemaMaster"}

// movedRoles is the mark of a controller from which roles were moved.
type movedRoles struct {
	to    string
	roles []string
}

// outsider is a controller of the domain that is no server of the fleet. Only a fleet with a single controller needs it: no
// directory lives on one.
const outsider = "HQ-DC-001"

// plant makes the directory of the fleet's domain controllers: the first of them holds every role.
func plant(hosts []*host) {
	f := &forest{owner: make(map[string]string), back: make(map[string]time.Time)}
	for _, h := range hosts {
		if h.workload.controller {
			h.forest = f
			f.controllers = append(f.controllers, &h.profile)
		}
	}
	if len(f.controllers) == 1 {
		f.controllers = append(f.controllers, &profile{name: outsider})
	}
	for _, role := range masterRoles {
		if len(f.controllers) > 0 {
			f.owner[role] = f.controllers[0].name
		}
	}
}

// expect says from when on a controller that went down serves again; never when that is zero.
func (f *forest) expect(name string, back time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if back.IsZero() {
		back = never
	}
	f.back[name] = back
}

// never is later than any night.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// target is the controller that takes the roles of p: the one that is named, or one of its own site, or any; nil when none serves.
func (f *forest) target(p *profile, wanted string, now time.Time) *profile {
	serves := func(other *profile) bool {
		return other.name != p.name && !now.Before(f.back[other.name]) && (wanted == "" || strings.EqualFold(wanted, other.name))
	}
	near := func(other *profile) bool { return serves(other) && other.site == p.site }
	for _, wish := range []func(*profile) bool{near, serves} {
		if i := slices.IndexFunc(f.controllers, wish); i >= 0 {
			return f.controllers[i]
		}
	}
	return nil
}

// rolesView is what the scripts fsmo-move and fsmo-return answer.
type rolesView struct {
	Applicable bool       `json:"applicable"`
	Why        string     `json:"why"`
	Roles      []roleView `json:"roles"`
	Time       stamp      `json:"time"`
}

type roleView struct {
	Role   string `json:"role"`
	From   string `json:"from"`
	To     string `json:"to"`
	Result string `json:"result"`
	Code   string `json:"code"`
	Words  string `json:"words"`
}

const (
	noController = "0x8007054B" // ERROR_NO_SUCH_DOMAIN
	dotNetError  = "0x80131500" // COR_E_EXCEPTION: what the directory's own exceptions carry
)

func (h *host) runRoleMove(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Move   string `json:"move"`
		Target string `json:"target"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("move", asked.Move); err != nil {
		return nil, err
	}
	v := rolesView{Roles: []roleView{}, Time: h.shown(now), Why: "no_controller"}
	if h.forest == nil {
		return v, nil
	}
	v.Applicable, v.Why = true, ""
	h.forest.mu.Lock()
	defer h.forest.mu.Unlock()
	if h.moved == nil {
		held := slices.DeleteFunc(slices.Clone(masterRoles), func(role string) bool { return h.forest.owner[role] != h.name })
		if len(held) == 0 {
			return v, nil
		}
		to := h.forest.target(&h.profile, asked.Target, now)
		if to == nil {
			return nil, &problem{noController, "no other writable domain controller of this domain answers, so the roles stay here"}
		}
		h.moved = &movedRoles{to.name, held}
	}
	if h.fate.keepsRoles {
		v.Roles = h.refuseRoles(now)
	} else {
		v.Roles = h.carry(h.moved.roles, h.name, h.moved.to, "moved", now)
	}
	return v, nil
}

func (h *host) runRoleReturn(_ json.RawMessage, now time.Time) (any, error) {
	v := rolesView{Applicable: h.forest != nil, Roles: []roleView{}, Time: h.shown(now)}
	if h.forest == nil {
		v.Why = "no_controller"
		return v, nil
	}
	if h.moved != nil {
		h.forest.mu.Lock()
		defer h.forest.mu.Unlock()
		v.Roles = h.carry(h.moved.roles, h.moved.to, h.name, "kept", now)
		h.moved = nil
	}
	return v, nil
}

// refuseRoles leaves the roles that were to move where they are.
func (h *host) refuseRoles(now time.Time) (all []roleView) {
	for _, role := range h.moved.roles {
		all = append(all, roleView{Role: role, From: fqdn(h.name), To: fqdn(h.moved.to), Result: "failed", Code: dotNetError,
			Words: "The directory service is unwilling to process the request"})
		h.record(now, entry{Event: roleRefused, Code: dotNetError, By: role + " to " + h.moved.to})
	}
	return all
}

func fqdn(name string) string { return strings.ToLower(name) + "." + domain }

// carry moves roles from one controller to another; there says how one is called that is there already. The forest is locked.
func (h *host) carry(roles []string, from, to, there string, now time.Time) (all []roleView) {
	for _, role := range roles {
		v := roleView{Role: role, From: fqdn(from), To: fqdn(to), Result: "elsewhere", Code: noError}
		switch h.forest.owner[role] {
		case to:
			v.Result = there
		case from:
			v.Result = "moved"
			h.forest.owner[role] = to
			happened := roleMoved
			if to == h.name {
				happened = roleReturned
			}
			h.record(now, entry{Event: happened, By: role + " to " + to})
		}
		all = append(all, v)
	}
	return all
}
