package rollouts

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// undoBinding takes back the person's own last action where the engine says that it is possible. The inverse is asked about like any
// other action, with its scope and a reason.
func (s *Screen) undoBinding() part.Binding {
	return part.Binding{Keys: []string{"u"}, Help: "take back your last pause, skip or retry, as far as that is possible", Group: "Rollout",
		Action: engine.Skip{}.Action(), Disabled: func() string { _, why := s.inverse(); return why },
		Run: func() part.Cmd { s.askUndo(); return nil }}
}

// inverse is what takes the last action back, or why nothing does.
func (s *Screen) inverse() (engine.Inverse, string) {
	if len(s.desk.Done) != 1 {
		return engine.Inverse{}, "you did nothing here that could be taken back"
	}
	inverse, err := engine.Undo(s.desk.Current, s.desk.Actor, s.desk.Done[0])
	if err != nil {
		return engine.Inverse{}, err.Error()
	}
	if action := inverse.Command("").Action(); !s.desk.May(action) {
		return engine.Inverse{}, "your roles do not reach to " + action
	}
	return inverse, ""
}

func (s *Screen) askUndo() {
	inverse, why := s.inverse()
	if why != "" {
		return
	}
	name := desk.Names(s.desk.Current)
	var names []string
	for _, server := range slices.Sorted(slices.Values(inverse.Servers)) {
		names = append(names, name(server))
	}
	s.desk.Ask(part.Question{
		Title: fmt.Sprintf("Take back your %s?", s.desk.Done[0].Action()), Says: []string{inverse.Words}, Names: names, Verb: "Take back", Reason: true,
		Do: func(reason string) part.Cmd { return s.desk.Do(inverse.Command(reason)) },
	})
}
