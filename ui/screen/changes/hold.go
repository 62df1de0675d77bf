package changes

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// holdBindings are what an emergency may do to others, and what people may do about what holds a change back.
func (s *Screen) holdBindings() []part.Binding {
	return []part.Binding{
		{Keys: []string{"e"}, Help: "pre-empt: this emergency holds back what is less urgent and rolling", Group: group, Action: engine.Preempt{}.Action(),
			Disabled: s.noPreemption, Run: s.askPreemption},
		{Keys: []string{"u"}, Help: "let it go on although an emergency holds it back", Group: group, Action: engine.ReleaseHold{}.Action(),
			Disabled: func() string {
				switch c := s.change(); {
				case c == nil:
					return noChange
				case c.Held == nil:
					return c.ID + " is not held back"
				}
				return ""
			}, Run: s.askRelease},
		{Keys: []string{"O"}, Help: "override a halt: the rings after a halted rollout go on", Group: group, Action: engine.OverrideHalt{}.Action(),
			Disabled: s.noOverride, Run: s.askOverride},
	}
}

// rolling lists the change requests that the one in front would hold back.
func (s *Screen) rolling(emergency *engine.ChangeView) (ids []string) {
	view := s.desk.Current
	open := map[string]bool{}
	for i := range view.Rollouts {
		if desk.IsOpen(&view.Rollouts[i]) {
			open[view.Rollouts[i].Change] = true
		}
	}
	for _, c := range view.Changes {
		if open[c.ID] && c.Held == nil && !c.State.Ended() && emergency.Priority.Above(c.Priority) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func (s *Screen) noPreemption() string {
	c := s.change()
	if c == nil {
		return noChange
	}
	if err := c.MayPreempt(); err != nil {
		return err.Error()
	}
	if len(s.rolling(c)) == 0 {
		return "nothing less urgent than " + c.ID + " is rolling"
	}
	return ""
}

func (s *Screen) askPreemption() part.Cmd {
	c := s.change()
	command := engine.Preempt{Change: c.ID, Over: s.rolling(c)}
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Hold %s back for the emergency %s?", strings.Join(command.Over, ", "), c.ID),
		Says: []string{"Nobody new starts there; what runs finishes. They go on by themselves when the emergency is through."}, Verb: "Pre-empt", Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}

func (s *Screen) askRelease() part.Cmd {
	c := s.change()
	command := engine.ReleaseHold{Change: c.ID}
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Let %s go on?", c.ID),
		Says: []string{fmt.Sprintf("%s held it back for the emergency %s: %s. Its servers start again in their windows, beside those of the emergency.", c.Held.Actor, c.Held.By, c.Held.Reason)},
		Verb: "Go on", Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}

// halted is the change request's rollout whose halt still holds the rings after it back; nil when there is none.
func (s *Screen) halted(c *engine.ChangeView) *engine.RolloutView {
	for i := range s.desk.Current.Rollouts {
		r := &s.desk.Current.Rollouts[i]
		if r.Change == c.ID && r.Stop != nil && r.Stop.To == rollout.Halted && !c.Overridden(r.ID, r.Stop.At) {
			return r
		}
	}
	return nil
}

func (s *Screen) noOverride() string {
	c := s.change()
	if c == nil {
		return noChange
	}
	r := s.halted(c)
	switch {
	case r == nil:
		return "no halt holds " + c.ID + " back"
	case r.Stop.Rule != rollout.RulePerson && !s.desk.Actor.Has(approval.Authority, approval.Board):
		return fmt.Sprintf("the stop rule halted %s: to override that needs one of: authority, board", r.ID)
	}
	return ""
}

func (s *Screen) askOverride() part.Cmd {
	r := s.halted(s.change())
	command := engine.OverrideHalt{Rollout: r.ID}
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Override the halt of %s %s?", r.ID, r.Ring),
		Says: []string{fmt.Sprintf("It was halted: %s.", r.Stop.Reason),
			"The rings after it may start although nobody resumed it; it stays halted itself. You answer for what it showed."}, Verb: "Override", Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}
