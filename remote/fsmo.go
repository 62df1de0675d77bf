package remote

import (
	"context"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// Roles is what became of the operation master roles of a domain controller.
type Roles struct {
	Applicable bool
	Why        string // otherwise: "no_controller", or "no_module" for a controller without the commands
	Roles      []Role
	Time       time.Time
}

// Role is one operation master role on its way.
type Role struct {
	Name, From, To string
	Result         string           // "moved", "kept" (it never left), "elsewhere" (somebody moved it on), "failed"
	Failure        *rollout.Failure // set when it failed
}

// Complete tells whether nothing failed. A controller without roles is complete.
func (r *Roles) Complete() bool {
	for _, role := range r.Roles {
		if role.Failure != nil {
			return false
		}
	}
	return r.Applicable
}

// rolesResult is ROLES of the script protocol.
type rolesResult struct {
	Applicable *bool        `json:"applicable"`
	Why        string       `json:"why"`
	Roles      []roleResult `json:"roles"`
	Time       string       `json:"time"`
}

type roleResult struct {
	Role   string `json:"role"`
	From   string `json:"from"`
	To     string `json:"to"`
	Result string `json:"result"`
	Code   string `json:"code"`
	Words  string `json:"words"`
}

type moveParameters struct {
	Move   string `json:"move"`
	Target string `json:"target"`
}

// MoveRoles moves the roles of a domain controller to the one named to, or to the best there is when to is empty. The same call
// again goes on where the first was cut off. id names who asks for it.
func (f *Fleet) MoveRoles(ctx context.Context, target engine.Target, id, to string) (Roles, error) {
	return f.roles(ctx, target, "fsmo-move", moveParameters{id, to})
}

// ReturnRoles gives the controller back exactly what MoveRoles took from it.
func (f *Fleet) ReturnRoles(ctx context.Context, target engine.Target) (Roles, error) {
	return f.roles(ctx, target, "fsmo-return", struct{}{})
}

func (f *Fleet) roles(ctx context.Context, target engine.Target, script string, parameters any) (Roles, error) {
	var result rolesResult
	if err := f.call(ctx, target, script, parameters, &result); err != nil {
		return Roles{}, err
	}
	roles, err := result.believe()
	if err != nil {
		return Roles{}, protocolFailure(err)
	}
	return roles, nil
}

func (r *rolesResult) believe() (Roles, error) {
	const masterRoles = 5
	var c check
	roles := Roles{Why: c.oneOf("why", r.Why, "", "no_controller", "no_module"), Time: c.time("time", r.Time)}
	if r.Applicable == nil || *r.Applicable == (r.Why != "") {
		c.refuse("applicable", "and the reason against it do not fit together")
		return roles, c.err
	}
	roles.Applicable = *r.Applicable
	c.list("roles", len(r.Roles), masterRoles)
	seen := map[string]bool{}
	for _, one := range r.Roles[:min(len(r.Roles), masterRoles)] {
		role := one.believe(&c)
		if seen[role.Name] {
			c.refuse("roles", "name "+role.Name+" twice")
		}
		seen[role.Name] = true
		roles.Roles = append(roles.Roles, role)
	}
	return roles, c.err
}

func (r *roleResult) believe(c *check) Role {
	role := Role{Name: c.oneOf("role", r.Role, "DomainNamingMaster", "InfrastructureMaster", "PDCEmulator", "RIDMaster", "SchemaMaster"),
		From: clean(r.From, shortWords), To: clean(r.To, shortWords), Result: c.oneOf("result", r.Result, "moved", "kept", "elsewhere", "failed")}
	if !hresultForm.MatchString(r.Code) {
		c.refuse("code", "is no HRESULT")
	} else if role.Result == "failed" {
		role.Failure = failureOf(r.Code, r.Words, rollout.ClassConfig)
	}
	return role
}
