package changes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, c := s.desk.Theme, s.change()
	if c == nil {
		return []string{t.Text(t.Title, width, "Changes"), "", t.Text(t.Dim, width, "no change request yet: the lead creates a release on the screen Updates and submits it here")}
	}
	line := t.Line(width).Put(t.Title, c.ID+" "+c.Release).Space(2).Put(stateInk(t, c.State), string(c.State))
	if open := len(c.OpenObjections()); open > 0 {
		line.Space(2).Put(t.Tone(rollout.ToneBad), part.Count(open, "open objection", "open objections"))
	}
	if c.Held != nil {
		line.Space(2).Put(t.Tone(rollout.ToneMissed), "held back")
	}
	head := line.End(t.Dim, s.picker.Words("change")).String()
	const wide = 110
	var lines []string
	if width < wide {
		lines = s.sheet(width, c, s.decided, s.urgency, s.updates, s.affected, s.plan, s.tested, s.acceptance, s.exclusions, s.stated)
	} else {
		left := width / 2
		lines = t.Beside(s.sheet(left-1, c, s.decided, s.urgency, s.tested, s.acceptance, s.stated), left,
			s.sheet(width-left-2, c, s.updates, s.affected, s.plan, s.exclusions))
	}
	return append([]string{head}, s.scroll.Render(t, lines, width, height-1)...)
}

func (s *Screen) sheet(width int, c *engine.ChangeView, sections ...func(*part.Sheet, *engine.ChangeView)) []string {
	sheet := part.Sheet{Theme: s.desk.Theme, Width: width}
	for _, write := range sections {
		write(&sheet, c)
	}
	return sheet.Lines
}

// stateTones lends the states of a change request the looks of the statuses that feel the same.
var stateTones = map[approval.State]rollout.Tone{
	approval.Submitted: rollout.ToneMissed, approval.Authorised: rollout.ToneMissed, approval.Approved: rollout.ToneGood,
	approval.Rejected: rollout.ToneBad, approval.Void: rollout.ToneBad, approval.Returned: rollout.ToneMissed, approval.Completed: rollout.ToneGood,
}

func stateInk(t *part.Theme, state approval.State) part.Ink { return t.Tone(stateTones[state]) }

// urgency says how soon the change must be through, and what led to that.
func (s *Screen) urgency(sheet *part.Sheet, c *engine.ChangeView) {
	t, d := sheet.Theme, s.desk
	sheet.Head("Priority "+string(c.Priority), "")
	if c.State.Ended() {
		sheet.Fact("deadline", t.Dim, d.Day(c.Deadline))
	} else {
		s.deadline(sheet, "deadline", c.Deadline)
		if !c.Latest.IsZero() {
			s.deadline(sheet, "at the latest", c.Latest)
		}
	}
	writeAssessments(sheet, d, c)
	if a := newest(c); a != nil && a.Proposed != nil {
		sheet.Fact("proposed", t.Dim, string(a.Proposed.Priority)+": "+strings.Join(a.Proposed.Steps, "; "))
	}
	for _, m := range c.Timetable {
		ink := t.Dim
		if !c.State.Ended() && d.Current.At.Before(m.Due) {
			ink = t.Normal
		}
		sheet.Row(func(l *part.Line) { l.Column(t.Dim, "by", 14).Column(ink, d.Day(m.Due), 18).Put(ink, m.Name) })
		if asks := m.Asks(d.Day); asks != "" {
			sheet.Fact("", t.Dim, asks)
		}
	}
}

// deadline writes an instant with the time left, or how long ago it was.
func (s *Screen) deadline(sheet *part.Sheet, label string, at time.Time) {
	t, d := sheet.Theme, s.desk
	if !at.IsZero() && d.Current.At.After(at) {
		sheet.Fact(label, t.Tone(rollout.ToneBad), d.Day(at)+", overdue since "+part.Lasting(d.Current.At.Sub(at)))
		return
	}
	sheet.Fact(label, t.Normal, d.Day(at)+", "+d.Left(at)+" left")
}

// stated is what the request says in its submitter's words.
func (s *Screen) stated(sheet *part.Sheet, c *engine.ChangeView) {
	t, unsaid := sheet.Theme, c.Request.Unsaid()
	sheet.Head("The request states", "")
	for _, field := range approval.RequestFields {
		if words := field.Of(c.Request); words != "" {
			sheet.Say(t.Dim, field.Meaning)
			sheet.Fact("", t.Normal, words)
		}
	}
	if len(unsaid) > 0 {
		sheet.Fact("left open", t.Dim, strings.Join(unsaid, ", ")+". The lead states them with d until it is authorised")
	}
}

// updates lists the release's updates; a dropped one keeps its place.
func (s *Screen) updates(sheet *part.Sheet, c *engine.ChangeView) {
	t, r := sheet.Theme, release(s.desk.Current, c.Release)
	sheet.Head("Updates", part.Count(len(r.Active()), "update", "updates"))
	for _, u := range r.Updates {
		words, ink := desk.Severity(u.Severity), t.Normal
		if u.Exploited {
			words += ", exploited"
		}
		words += fmt.Sprintf(", missing on %s", part.Number(u.Missing))
		if u.Why != "" {
			words += ": " + u.Why
		}
		if u.Dropped != nil {
			words, ink = fmt.Sprintf("dropped by %s, %s: %s", u.Dropped.By, s.desk.Day(u.Dropped.At), u.Dropped.Reason), t.Dim
		}
		sheet.Fact(u.KB, ink, words)
	}
}

// decided says who decided what and when, what stands in the way, and what it waits for.
func (s *Screen) decided(sheet *part.Sheet, c *engine.ChangeView) {
	t := sheet.Theme
	sheet.Head("Decisions", "plan "+short(c.PlanHash))
	s.signature(sheet, "submitted", &c.Submitted)
	s.signature(sheet, "authorised", c.Authority)
	s.signature(sheet, "approved", c.Board)
	s.signature(sheet, "rejected", c.Rejection)
	s.signature(sheet, string(c.State), c.Ending)
	if c.Successor != "" {
		sheet.Fact("successor", t.Accent, c.Successor)
	}
	for _, o := range c.Objections {
		words := fmt.Sprintf("%d by %s, %s: %s", o.Number, o.By, o.State, o.Reason)
		if o.Closed != nil {
			words += " (" + closedWords(o) + ")"
		}
		sheet.Fact("objection", t.Tone(objectionTones[o.State]), words)
	}
	if c.Held != nil {
		sheet.Fact("held back", t.Tone(rollout.ToneMissed), fmt.Sprintf("for the emergency %s by %s, %s: %s", c.Held.By, c.Held.Actor, s.desk.Day(c.Held.At), c.Held.Reason))
	}
	for _, id := range slices.Sorted(maps.Keys(c.Overrides)) {
		o := c.Overrides[id]
		sheet.Fact("override", t.Tone(rollout.ToneMissed), fmt.Sprintf("the halt of %s, %s (%s), %s: %s", id, o.By, o.Role, s.desk.Day(o.At), o.Reason))
	}
	for _, step := range c.State.Awaits() {
		if step.To != approval.Rejected {
			sheet.Fact("waits for", t.Tone(rollout.ToneMissed), fmt.Sprintf("the %s to %s: this %s", step.By, step.Step, step.Meaning))
		}
	}
	if !c.ConfirmBy.IsZero() && c.State == approval.Authorised {
		s.deadline(sheet, "confirmation", c.ConfirmBy)
	}
}

func (s *Screen) signature(sheet *part.Sheet, label string, by *approval.Signature) {
	if by == nil || by.By == "" {
		return
	}
	who := by.By
	if by.Role != "" { // the team settles a priority in whatever role each has
		who += " (" + string(by.Role) + ")"
	}
	sheet.Fact(label, sheet.Theme.Normal, fmt.Sprintf("%s, %s: %s", who, s.desk.Day(by.At), by.Reason))
}

func (s *Screen) plan(sheet *part.Sheet, c *engine.ChangeView) {
	t, p := sheet.Theme, c.Plan
	if p == nil {
		sheet.Head("Plan", "not made yet")
		return
	}
	sheet.Head("Plan", "")
	sheet.Fact("servers", t.Normal, fmt.Sprintf("%s: %s", part.Number(len(p.Assignments)), ringWords(c)))
	sheet.Fact("outside", t.Dim, fmt.Sprintf("%s compliant already, %s to which nothing applies", part.Number(len(p.Compliant)), part.Number(len(p.NotOffered))))
	sheet.Fact("at once", t.Normal, fmt.Sprintf("at most %s in work", part.Count(p.Ceiling, "server", "servers")))
	for _, f := range p.Findings {
		sheet.Fact("finding", t.Tone(rollout.ToneMissed), f.Words)
	}
	s.windows(sheet, p)
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

// ringWords counts the plan's servers by ring.
func ringWords(c *engine.ChangeView) string {
	counts := map[rollout.Ring]int{}
	for _, a := range c.Plan.Assignments {
		counts[a.Ring]++
	}
	var words []string
	for _, ring := range rollout.Rings {
		words = append(words, fmt.Sprintf("%s %s", part.Number(counts[ring]), ring))
	}
	return strings.Join(words, ", ")
}

// windows lists the windows with the number of servers whose first window each is.
func (s *Screen) windows(sheet *part.Sheet, p *rollout.Plan) {
	t, d := sheet.Theme, s.desk
	first := map[string]int{}
	for _, a := range p.Assignments {
		if len(a.Windows) > 0 {
			first[a.Windows[0]]++
		}
	}
	sheet.Head("Windows", part.Number(len(p.Windows)))
	for _, w := range p.Windows {
		sheet.Row(func(l *part.Line) {
			ink := t.Normal
			if w.Contains(d.Current.At) {
				ink = t.Accent
			}
			l.Column(ink, w.ID, 6).Space(1).Column(t.Dim, string(w.Ring), 6).Column(t.Normal, d.Day(w.Opens)+"–"+d.Clock(w.Closes), 24).
				Right(t.Normal, part.Number(first[w.ID]), 6).Put(t.Dim, " servers")
		})
	}
}

func (s *Screen) exclusions(sheet *part.Sheet, c *engine.ChangeView) {
	t := sheet.Theme
	sheet.Head("Taken out after the plan was frozen", part.Count(len(c.Exclusions), "server", "servers"))
	name := desk.Names(s.desk.Current)
	for _, id := range slices.Sorted(maps.Keys(c.Exclusions)) {
		e := c.Exclusions[id]
		sheet.Fact(name(inventory.ServerID(id)), t.Normal, fmt.Sprintf("%s, %s: %s", e.By, s.desk.Day(e.At), e.Reason))
	}
	for _, r := range c.Returns {
		sheet.Fact(name(inventory.ServerID(r.Server)), t.Dim, fmt.Sprintf("put back by %s, %s: %s", r.Back.By, s.desk.Day(r.Back.At), r.Back.Reason))
	}
}
