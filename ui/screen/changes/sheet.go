package changes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
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
	head := t.Line(width).Put(t.Title, c.ID+" "+c.Release).Space(2).Put(stateInk(t, c.State), string(c.State)).
		End(t.Dim, s.picker.Words("change")).String()
	const wide = 110
	var lines []string
	if width < wide {
		lines = s.sheet(width, c, s.request, s.approvals, s.plan, s.acceptance, s.exclusions)
	} else {
		left := width / 2
		lines = t.Beside(s.sheet(left-1, c, s.request, s.approvals, s.acceptance), left, s.sheet(width-left-2, c, s.plan, s.exclusions))
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

func (s *Screen) request(sheet *part.Sheet, c *engine.ChangeView) {
	t, d := sheet.Theme, s.desk
	sheet.Head("Request", "")
	deadline := d.Day(c.Deadline) + ", " + d.Left(c.Deadline) + " left"
	ink := t.Normal
	if !c.Deadline.IsZero() && d.Current.At.After(c.Deadline) {
		deadline, ink = d.Day(c.Deadline)+", overdue since "+part.Lasting(d.Current.At.Sub(c.Deadline)), t.Tone(rollout.ToneBad)
	}
	sheet.Fact("priority", t.Normal, string(c.Priority))
	sheet.Fact("deadline", ink, deadline)
	sheet.Fact("plan", t.Normal, c.PlanHash)
	for _, r := range d.Current.Releases {
		if r.ID == c.Release {
			s.updates(sheet, r)
		}
	}
}

// updates lists the release's updates; a dropped one keeps its place.
func (s *Screen) updates(sheet *part.Sheet, r approval.Release) {
	t := sheet.Theme
	label := "updates"
	for _, u := range r.Updates {
		words, ink := u.KB+" "+desk.Severity(u.Severity), t.Normal
		if u.Exploited {
			words += ", exploited"
		}
		words += fmt.Sprintf(", missing on %s", part.Number(u.Missing))
		if u.Dropped != nil {
			words, ink = fmt.Sprintf("%s dropped by %s: %s", u.KB, u.Dropped.By, u.Dropped.Reason), t.Dim
		}
		sheet.Fact(label, ink, words)
		label = ""
	}
}

func (s *Screen) approvals(sheet *part.Sheet, c *engine.ChangeView) {
	t := sheet.Theme
	sheet.Head("Decisions", "")
	s.signature(sheet, "submitted", &c.Submitted)
	s.signature(sheet, "authorised", c.Authority)
	s.signature(sheet, "approved", c.Board)
	s.signature(sheet, "rejected", c.Rejection)
	if c.Ending != nil {
		s.signature(sheet, string(c.State), c.Ending)
	}
	for _, o := range c.OpenObjections() {
		sheet.Fact("objection", t.Tone(rollout.ToneBad), fmt.Sprintf("%d by %s, open: %s", o.Number, o.By, o.Reason))
	}
	if c.Held != nil {
		sheet.Fact("held back", t.Tone(rollout.ToneMissed), fmt.Sprintf("for the emergency %s by %s: %s", c.Held.By, c.Held.Actor, c.Held.Reason))
	}
	for _, step := range c.State.Awaits() {
		if step.To != approval.Rejected {
			sheet.Fact("waits for", t.Tone(rollout.ToneMissed), fmt.Sprintf("the %s to %s: this %s", step.By, step.Step, step.Meaning))
		}
	}
	if !c.ConfirmBy.IsZero() && c.State == approval.Authorised {
		words, ink := "by "+s.desk.Day(c.ConfirmBy), t.Normal
		if c.ConfirmationOverdue(s.desk.Current.At) {
			words, ink = "overdue since "+s.desk.Day(c.ConfirmBy), t.Tone(rollout.ToneBad)
		}
		sheet.Fact("confirmation", ink, words)
	}
}

func (s *Screen) signature(sheet *part.Sheet, label string, by *approval.Signature) {
	if by != nil && by.By != "" {
		sheet.Fact(label, sheet.Theme.Normal, fmt.Sprintf("%s (%s), %s: %s", by.By, by.Role, s.desk.Day(by.At), by.Reason))
	}
}

func (s *Screen) plan(sheet *part.Sheet, c *engine.ChangeView) {
	t, p := sheet.Theme, c.Plan
	if p == nil {
		sheet.Head("Plan", "not made yet")
		return
	}
	sheet.Head("Plan", "hash "+short(p.Hash))
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

// resultTones lends the results of acceptance the looks of the statuses that mean the same.
var resultTones = map[pilot.Result]rollout.Tone{
	pilot.Pending: rollout.TonePlain, pilot.Passed: rollout.ToneGood, pilot.FailedTest: rollout.ToneBad,
	pilot.NoResponse: rollout.ToneFaint, pilot.Workaround: rollout.ToneMissed,
}

func (s *Screen) acceptance(sheet *part.Sheet, c *engine.ChangeView) {
	t, d := sheet.Theme, s.desk
	a := c.Acceptance
	state := "opens when Dev is through"
	switch {
	case a.Closed:
		state = "closed " + d.Day(a.Deadline)
	case !a.Deadline.IsZero():
		state = "until " + d.Day(a.Deadline)
	}
	sheet.Head("Acceptance by application", state)
	for _, name := range slices.Sorted(maps.Keys(a.Results)) {
		answer := a.Results[name]
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, name, 16).Space(1).Column(t.Tone(resultTones[answer.Result]), string(answer.Result), 12).Space(1)
			if answer.By != "" {
				l.Put(t.Dim, answer.By+" ")
			}
			l.Put(t.Dim, answer.Note)
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
}
