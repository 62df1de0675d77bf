package updates

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// relevanceBinding decides whether an update matters here.
func relevanceBinding(d *desk.Desk, group string, which func() string, key string, relevant bool) part.Binding {
	words, says := "relevant", "It may go into releases."
	if !relevant {
		words, says = "not relevant", "It stays in the catalogue, with this decision beside it."
	}
	return part.Binding{Keys: []string{key}, Help: "decide that the update is " + words + " here, with a reason", Group: group,
		Action: engine.DecideRelevance{}.Action(), Run: func() part.Cmd {
			kb := which()
			d.Ask(part.Question{Title: fmt.Sprintf("Is %s %s here?", kb, words), Says: []string{says}, Verb: "Decide", Reason: true,
				Do: func(reason string) part.Cmd {
					return d.Do(engine.DecideRelevance{KB: kb, Relevant: relevant, Reason: reason})
				}})
			return nil
		}, Disabled: func() string {
			if which() == "" {
				return "no update is shown"
			}
			return ""
		}}
}
