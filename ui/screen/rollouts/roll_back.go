package rollouts

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// rollbackBinding makes the release that takes away what the rollout in front brought.
func (s *Screen) rollbackBinding() part.Binding {
	return part.Binding{Keys: []string{"B"}, Help: "roll back: make a release that takes away what this rollout brought", Group: "Rollout", Action: engine.Rollback{}.Action(),
		Disabled: func() string {
			if s.view() == nil {
				return "there is no rollout"
			}
			return ""
		}, Run: func() part.Cmd {
			r := s.view()
			command := engine.Rollback{Rollout: r.ID}
			s.desk.Ask(part.Question{Title: fmt.Sprintf("Roll %s %s back?", r.ID, r.Ring), Verb: "Roll back", Reason: true,
				Says: []string{fmt.Sprintf("It makes a release that uninstalls its updates from the servers that got them, %s by now. No server is touched by that: the release goes through its change request, the authority and the board, as any other.",
					part.Number(r.Counts[rollout.Succeeded]))},
				Do: func(reason string) part.Cmd { command.Reason = reason; return s.desk.Do(command) }})
			return nil
		}}
}
