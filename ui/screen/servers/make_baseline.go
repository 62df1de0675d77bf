package servers

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
)

// makeBinding makes a baseline of what a quarter brought to Prod.
func (p *baselinesPage) makeBinding(group string) part.Binding {
	return part.Binding{Keys: []string{"n"}, Help: "make a baseline of every update that a quarter brought to Prod", Hint: "new", Group: group, Action: engine.MakeBaseline{}.Action(),
		Run: func() part.Cmd {
			command := engine.MakeBaseline{}
			p.desk.Ask(part.Question{Title: "Make a baseline?", Verb: "Make", Reason: true,
				Says: []string{"It holds every update that was applied to Prod by the end of the quarter, or by now. Each managed server then stands below, at or above it."},
				Prompt: &part.Prompt{Label: "Quarter", Hint: p.quarter(), Take: func(text string) error {
					if command.Quarter = text; text == "" {
						command.Quarter = p.quarter()
					}
					_, _, err := inventory.Quarter(command.Quarter, p.desk.Zone)
					return err
				}},
				Do: func(reason string) part.Cmd { command.Reason = reason; return p.desk.Do(command) }})
			return nil
		}}
}

// quarter is the one that the fleet's clock is in, as baselines name it.
func (p *baselinesPage) quarter() string {
	day := calendar.DateOf(p.desk.Current.At, p.desk.Zone)
	return fmt.Sprintf("%dQ%d", day.Year, (int(day.Month)+2)/3)
}

// stampBinding writes the baseline in front into the registry of the servers that have reached it.
func (p *baselinesPage) stampBinding(group string) part.Binding {
	return part.Binding{Keys: []string{"t"}, Help: "stamp: write the baseline's version into the registry of every server that has reached it", Group: group,
		Action: engine.StampBaseline{}.Action(), Run: func() part.Cmd {
			name := p.baseline().Name
			p.desk.Ask(part.Question{Title: "Stamp " + name + "?", Verb: "Stamp", Reason: true,
				Says: []string{fmt.Sprintf("%s at it or above it. Their registry says so afterwards; nothing else is changed on them.",
					part.Count(p.counts[inventory.At]+p.counts[inventory.Above], "server is", "servers are"))},
				Do: func(reason string) part.Cmd { return p.desk.Do(engine.StampBaseline{Baseline: name, Reason: reason}) }})
			return nil
		}, Disabled: func() string {
			if p.baseline() == nil {
				return "there is no baseline yet: n makes one"
			}
			return ""
		}}
}
