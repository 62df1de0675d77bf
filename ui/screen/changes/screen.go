package changes

import (
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/history"
)

// Screen implements desk.Screen, desk.Finder and desk.Returner.
type Screen struct {
	desk   *desk.Desk
	picker desk.Picker
	scroll part.Scroll
	scope  scope
}

// New makes the screen.
func New(d *desk.Desk) *Screen { return &Screen{desk: d} }

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Changes" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		changes := s.desk.Current.Changes
		s.picker.Set(len(changes), func(i int) string { return changes[i].ID }, s.proposed())
	}
	return nil
}

// proposed is the change request that waits for a decision, else the newest.
func (s *Screen) proposed() int {
	changes := s.desk.Current.Changes
	for i, c := range changes {
		if len(c.State.Awaits()) > 0 {
			return i
		}
	}
	return len(changes) - 1
}

// Find implements desk.Finder. A release is found as its newest change request.
func (s *Screen) Find(id string) bool {
	s.Init()
	s.scroll.Top()
	if s.picker.Pick(id) {
		return true
	}
	for _, c := range slices.Backward(s.desk.Current.Changes) {
		if c.Release == id {
			return s.picker.Pick(c.ID)
		}
	}
	return false
}

func (s *Screen) change() *engine.ChangeView {
	if s.picker.Len() == 0 {
		return nil
	}
	return &s.desk.Current.Changes[s.picker.At()]
}

// lookUp gives a change request of the newest view by its id; nil when it has left.
func lookUp(view *engine.View, id string) *engine.ChangeView {
	i := slices.IndexFunc(view.Changes, func(c engine.ChangeView) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &view.Changes[i]
}

// release gives a release of the newest view; the zero value when it has left.
func release(view *engine.View, id string) approval.Release {
	i := slices.IndexFunc(view.Releases, func(r approval.Release) bool { return r.ID == id })
	if i < 0 {
		return approval.Release{}
	}
	return view.Releases[i]
}

const group = "Change request"

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	list := s.decisionBindings()
	list = append(list,
		s.page("o", "objections: object, answer, overrule", "objections", func(c *engine.ChangeView) (desk.Screen, string) {
			return newObjectionsPage(s.desk, c.ID), ""
		}),
		s.page("t", "acceptance: results, the minimum tests, test plans, workarounds", "acceptance", func(c *engine.ChangeView) (desk.Screen, string) {
			if len(c.Acceptance.Results) == 0 && len(c.Minimum.Servers) == 0 {
				return nil, "acceptance opens when Dev is through, and no pilot server was tested yet"
			}
			return newAcceptancePage(s.desk, c.ID), ""
		}),
		s.page("p", "priority: what raises and lowers it; assess it for the team", "priority", func(c *engine.ChangeView) (desk.Screen, string) {
			return newPriorityPage(s.desk, c.ID), ""
		}),
		s.page("r", "release: its updates to drop or add, its owner, its review", "release", func(c *engine.ChangeView) (desk.Screen, string) {
			return newReleasePage(s.desk, c.Release), ""
		}),
		s.describeBinding(),
		part.Binding{Keys: []string{"T"}, Help: "test plans: how each application is tested, written before testing starts", Group: group,
			Run: func() part.Cmd { return s.desk.Open(newTestPlansPage(s.desk)) }},
		s.submitBinding(),
	)
	list = append(list, s.holdBindings()...)
	list = append(list, s.page("l", "what the audit trail says of it", "history", func(c *engine.ChangeView) (desk.Screen, string) {
		return history.New(s.desk, c.ID, c.ID), ""
	}))
	return append(append(list, s.picker.Bindings("change request", group, s.scroll.Top)...), s.scroll.Moves()...)
}

// page is the key that opens a page about the change request in front; page gives it, or says why there is none.
func (s *Screen) page(key, help, hint string, page func(*engine.ChangeView) (desk.Screen, string)) part.Binding {
	return part.Binding{Keys: []string{key}, Help: help, Hint: hint, Group: group,
		Disabled: func() string {
			c := s.change()
			if c == nil {
				return noChange
			}
			_, why := page(c)
			return why
		},
		Run: func() part.Cmd {
			opened, _ := page(s.change())
			return s.desk.Open(opened)
		}}
}

const noChange = "there is no change request"
