package approval

import "time"

// Milestone is one date of a timetable.
type Milestone struct {
	Name string    `json:"name"`
	Due  time.Time `json:"due"`
	// Asked is what the priority alone would ask for, where the windows of the plan make it another date; Opens is when the first window that
	// it is about begins.
	Asked time.Time `json:"asked,omitzero"`
	Opens time.Time `json:"opens,omitzero"`
}

// Asks says what the priority asks for where the plan makes it another date; empty where it does not.
func (m Milestone) Asks(show func(time.Time) string) string {
	switch {
	case m.Asked.IsZero():
		return ""
	case m.Asked.Before(m.Opens):
		return "priority asks for " + show(m.Asked) + ", first window begins " + show(m.Opens)
	case m.Asked.After(m.Due):
		return "priority gives time until " + show(m.Asked) + ", first window begins " + show(m.Opens)
	}
	return "priority asks for " + show(m.Asked)
}

// Milestones by name.
const (
	AuthorisedBy = "authorised"
	PilotBy      = "pilot verified"
	ApprovedBy   = "approved"
	AcceptedBy   = "acceptance closed"
	ThroughBy    = "Prod through"
)

// hours of each milestone after the submission, for the standard category.
type template struct {
	priority                    Priority
	authorised, pilot, approved int
	acceptance                  int // after the pilot
	monthly                     bool
}

var templates = []template{
	{Emergency, 1, 3, 24, 2, false},
	{High, 102, 118, 125, 48, true},
	{Medium, 102, 118, 125, 120, true},
	{LowPrio, 240, 480, 485, 240, true},
}

// Timetable gives the dates of a change of a category and a priority that is submitted at an instant.
func Timetable(c Category, p Priority, submitted time.Time) []Milestone {
	t := templates[p.rank()]
	after := func(hours int) time.Time {
		return submitted.Add(time.Duration(hours) * time.Hour * time.Duration(c.Share) / 100)
	}
	due := p.Term().Due.From(submitted)
	through := submitted.Add(due.Sub(submitted) * time.Duration(c.Share) / 100)
	accepted := after(t.pilot).Add(time.Duration(t.acceptance) * time.Hour * time.Duration(c.Acceptance) / 100)
	list := []Milestone{{Name: AuthorisedBy, Due: after(t.authorised)}, {Name: PilotBy, Due: after(t.pilot)}}
	if p == Emergency { // the board confirms afterwards
		return append(list, Milestone{Name: AcceptedBy, Due: accepted}, Milestone{Name: ThroughBy, Due: through}, Milestone{Name: ApprovedBy, Due: submitted.Add(time.Duration(t.approved) * time.Hour)})
	}
	return append(list, Milestone{Name: ApprovedBy, Due: after(t.approved)}, Milestone{Name: AcceptedBy, Due: accepted}, Milestone{Name: ThroughBy, Due: through})
}

// Course is when the windows of a plan are, by what they are for. A ring without windows has zero times.
type Course struct {
	Pilot, Dev, Prod Stretch
	AcceptBy         time.Time
}

// Stretch is from the opening of a ring's first window to the end of its last.
type Stretch struct{ Opens, Closes time.Time }

// following is when the first window after the pilot begins.
func (c Course) following() time.Time {
	if !c.Dev.Opens.IsZero() {
		return c.Dev.Opens
	}
	return c.Prod.Opens
}

// fits tell for each milestone by which windows it is bound: the stretch of time in which its date may be, and the date that it gets outside.
var fits = map[string]func(c Course, asked time.Time, p Priority) (due, opens time.Time){
	AuthorisedBy: func(c Course, asked time.Time, _ Priority) (due, opens time.Time) {
		if first := c.first(); asked.After(first) {
			return first, first // later it could not start any more
		}
		return asked, time.Time{}
	},
	PilotBy: func(c Course, asked time.Time, _ Priority) (due, opens time.Time) {
		if asked.Before(c.Pilot.Opens) || asked.After(c.Pilot.Closes) {
			return c.Pilot.Closes, c.Pilot.Opens
		}
		return asked, time.Time{}
	},
	ApprovedBy: func(c Course, asked time.Time, p Priority) (due, opens time.Time) {
		if next := c.following(); p != Emergency && (asked.Before(c.Pilot.Opens) || asked.After(next)) {
			return next, c.Pilot.Opens // what the pilot shows is decided on, before anybody else starts
		}
		return asked, time.Time{}
	},
	AcceptedBy: func(c Course, asked time.Time, _ Priority) (due, opens time.Time) {
		if !c.AcceptBy.IsZero() {
			return c.AcceptBy, c.following()
		}
		return asked, time.Time{}
	},
	ThroughBy: func(c Course, asked time.Time, _ Priority) (due, opens time.Time) {
		if asked.Before(c.Prod.Opens) {
			return c.Prod.Closes, c.Prod.Opens
		}
		return asked, time.Time{}
	},
}

func (c Course) first() time.Time {
	if !c.Pilot.Opens.IsZero() {
		return c.Pilot.Opens
	}
	return c.following()
}

// Fit brings a timetable to the windows of a plan: no date lies where nothing can be done for it, and a date that was moved says what the
// priority asks for.
func Fit(list []Milestone, c Course, p Priority) []Milestone {
	fitted := make([]Milestone, 0, len(list))
	for _, m := range list {
		if due, opens := fits[m.Name](c, m.Due, p); !due.IsZero() && !due.Equal(m.Due) {
			m = Milestone{Name: m.Name, Due: due, Asked: m.Due, Opens: opens}
		}
		fitted = append(fitted, m)
	}
	return fitted
}
