package desk

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/part"
)

// UndoBinding takes back the person's own last action where the engine says that it is possible. The inverse is asked about like any
// other action, with its scope and a reason. Action is one of those that can be taken back: who may not give it has nothing to undo.
func (d *Desk) UndoBinding(help, group string, action engine.Command) part.Binding {
	return part.Binding{Keys: []string{"u"}, Help: help, Group: group, Action: action.Action(),
		Disabled: func() string { _, why := d.inverse(); return why },
		Run:      func() part.Cmd { d.askUndo(); return nil }}
}

// inverse is what takes the last action back, or why nothing does.
func (d *Desk) inverse() (engine.Inverse, string) {
	inverse, err := engine.Undo(d.Current, d.Actor, d.Done...)
	if err != nil {
		return engine.Inverse{}, err.Error()
	}
	if action := inverse.Command("").Action(); !d.May(action) {
		return engine.Inverse{}, "your roles do not reach to " + action
	}
	return inverse, ""
}

func (d *Desk) askUndo() {
	inverse, why := d.inverse()
	if why != "" {
		return
	}
	name := Names(d.Current)
	var names []string
	for _, server := range slices.Sorted(slices.Values(inverse.Servers)) {
		names = append(names, name(server))
	}
	d.Ask(part.Question{
		Title: fmt.Sprintf("Take back your %s?", d.Done[0].Action()), Says: []string{inverse.Words}, Names: names, Verb: "Take back", Reason: true,
		Do: func(reason string) part.Cmd { return d.Do(inverse.Command(reason)) },
	})
}
