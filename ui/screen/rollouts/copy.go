package rollouts

import (
	"strings"

	"patchdeck/ui/part"
)

// copyBindings put the server under the cursor on the person's clipboard, for a ticket or a search.
func (s *Screen) copyBindings() []part.Binding {
	if s.desk.Copy == nil {
		return nil
	}
	return []part.Binding{{Keys: []string{"y"}, Help: "copy the server's name, code and reason", Group: "Look", Disabled: s.noCell, Run: func() part.Cmd {
		c := s.cell()
		s.desk.Copy(part.Clean(strings.TrimSpace(strings.Join([]string{c.Name, string(c.Delivery), c.Code, c.Why}, " "))))
		s.desk.Tell(c.Name+" is on your clipboard", false)
		return nil
	}}}
}
