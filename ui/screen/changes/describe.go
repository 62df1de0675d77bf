package changes

import (
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// describeBinding writes what the request states, as long as that can still be changed.
func (s *Screen) describeBinding() part.Binding {
	return part.Binding{Keys: []string{"d"}, Help: "describe: state risks, mitigations, cost and the rest of the request", Group: group, Action: engine.DescribeChange{}.Action(),
		Run: func() part.Cmd { return s.desk.Fill(describeForm(s.change())) },
		Disabled: func() string {
			switch c := s.change(); {
			case c == nil:
				return noChange
			case c.State != approval.Submitted:
				return c.ID + " is " + string(c.State) + ": what it states can be changed until it is authorised"
			}
			return ""
		}}
}

func describeForm(c *engine.ChangeView) *desk.Form {
	id := c.ID
	form := &desk.Form{Name: "What " + id + " states", Group: group, Verb: "state it", Action: engine.DescribeChange{}.Action(),
		Says: []string{"What is left empty stays as it is."},
		Make: func(written map[string]string) (engine.Command, error) {
			request := approval.Request{}
			for _, f := range approval.RequestFields {
				request = request.Set(f, written[f.Name])
			}
			return engine.DescribeChange{Change: id, Request: request}, nil
		}}
	for _, f := range approval.RequestFields {
		form.Blanks = append(form.Blanks, desk.Blank{Key: f.Name, Label: f.Name, Meaning: f.Meaning, Text: f.Of(c.Request)})
	}
	return form
}
