package engine

import (
	"slices"
	"strings"
	"testing"

	"patchdeck/engine/approval"
)

// Handbook 5: every command belongs to roles that a users file can give; who only looks may look at what a notice would say, and no more.
func TestEveryCommandBelongsToRoles(t *testing.T) {
	for action, kind := range commandTable {
		if len(kind.roles) == 0 || slices.Contains(kind.roles, approval.Viewer) && action != (PreviewNotice{}).Action() || !strings.Contains(action, ".") {
			t.Errorf("%s may be given by %v", action, kind.roles)
		}
		for _, role := range kind.roles {
			if _, err := approval.ParseRole(string(role)); err != nil {
				t.Errorf("%s: %v", action, err)
			}
		}
	}
	for _, role := range []approval.Role{approval.Lead, approval.Administrator, approval.Authority, approval.Board, approval.Support, approval.Security,
		approval.ServerAdmin, approval.TechnologyOwner, approval.OnCall} {
		may := 0
		for action := range commandTable {
			if May(approval.Actor{Roles: []approval.Role{role}}, action) {
				may++
			}
		}
		if may == 0 {
			t.Errorf("the role %s may do nothing", role)
		}
	}
}
