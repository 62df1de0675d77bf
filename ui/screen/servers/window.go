package servers

import (
	"errors"
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// windowBindings map servers to maintenance windows, and take the person's own last mapping back.
func (s *Screen) windowBindings() []part.Binding {
	action := engine.MapWindow{}.Action()
	return []part.Binding{
		{Keys: []string{"W"}, Help: "map the chosen servers to a maintenance window", Group: actionGroup, Action: action, Run: s.askWindow, Disabled: s.nothing},
		{Keys: []string{"Z"}, Help: "take back your last mapping, as far as nobody mapped them again", Group: actionGroup, Action: action,
			Disabled: func() string { _, why := s.mapping(); return why }, Run: func() part.Cmd { s.askMappingBack(); return nil }},
	}
}

// noWindow is what a person writes to take a choice back.
const noWindow = "none"

func (s *Screen) askWindow() part.Cmd {
	ids, names := s.chosen()
	was := map[inventory.ServerID]string{}
	for i := range s.desk.Current.Servers {
		was[s.desk.Current.Servers[i].ID] = s.desk.Current.Servers[i].Window
	}
	var choices []engine.WindowChoice
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Map %s to a maintenance window?", servers(len(ids))), Names: names, Verb: "Map", Reason: true,
		Says: []string{"Plans that are frozen keep their windows; the next plan follows."},
		Prompt: &part.Prompt{Label: "Window", Hint: "such as W5; " + noWindow + " lets plans choose", Take: func(answer string) error {
			window := strings.TrimSpace(answer)
			if window == "" {
				return errors.New("name a window, or " + noWindow)
			}
			if strings.EqualFold(window, noWindow) {
				window = ""
			}
			choices = nil
			for _, id := range ids {
				choices = append(choices, engine.WindowChoice{Server: id, Window: window, Was: was[id]})
			}
			return nil
		}},
		Do: func(reason string) part.Cmd { return s.desk.Do(engine.MapWindow{Choices: choices, Reason: reason}) }})
	return nil
}

// mapping is what takes the person's last mapping back, or why nothing does.
func (s *Screen) mapping() (engine.Inverse, string) {
	if len(s.desk.Done) == 1 {
		if done, ok := s.desk.Done[0].(engine.MapWindow); ok {
			inverse, err := engine.Undo(s.desk.Current, s.desk.Actor, done)
			if err != nil {
				return inverse, err.Error()
			}
			return inverse, ""
		}
	}
	return engine.Inverse{}, "your last action mapped no server to a window"
}

func (s *Screen) askMappingBack() {
	inverse, why := s.mapping()
	if why != "" {
		return
	}
	name := desk.Names(s.desk.Current)
	var names []string
	for _, id := range inverse.Servers {
		names = append(names, name(id))
	}
	s.desk.Ask(part.Question{Title: "Take back your last mapping?", Says: []string{inverse.Words}, Names: names, Verb: "Take back", Reason: true,
		Do: func(reason string) part.Cmd { return s.desk.Do(inverse.Command(reason)) }})
}
