package changes

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/history"
)

const releaseGroup = "Release"

// releasePage is one release: its updates to drop and to add, its owner, what its phase still lacks, and its end by a review or
// without a rollout.
type releasePage struct {
	desk *desk.Desk
	id   string
	list part.List
	of   approval.Release
}

func newReleasePage(d *desk.Desk, id string) *releasePage {
	p := &releasePage{desk: d, id: id}
	p.list.Columns = []part.Column{{Title: "Update", Width: 10}, {Title: "Severity", Width: 20}, {Title: "Missing", Width: 7, Right: true}, {Title: "Why it is in, or out", Width: 24, Grow: 1}}
	p.list.Cell = p.cell
	return p
}

func (p *releasePage) cell(row, column int) (part.Ink, string) {
	t, u := p.desk.Theme, &p.of.Updates[row]
	switch column {
	case 0:
		if u.Dropped != nil {
			return t.Dim, u.KB
		}
		return t.Strong, u.KB
	case 1:
		if u.Exploited {
			return t.Normal, desk.Severity(u.Severity) + ", exploited"
		}
		return t.Normal, desk.Severity(u.Severity)
	case 2:
		return t.Normal, part.Number(u.Missing)
	}
	if u.Dropped != nil {
		return t.Tone(rollout.ToneMissed), whyWords(u)
	}
	return t.Dim, whyWords(u)
}

// whyWords say why an update is in the release, or out of it.
func whyWords(u *approval.ReleaseUpdate) string {
	switch {
	case u.Dropped != nil:
		return fmt.Sprintf("dropped by %s: %s", u.Dropped.By, u.Dropped.Reason)
	case u.Added != nil:
		return fmt.Sprintf("added by %s: %s", u.Added.By, u.Added.Reason)
	}
	return u.Why
}

// Title implements desk.Screen.
func (p *releasePage) Title() string { return "Release " + p.id }

// Init implements desk.Screen.
func (p *releasePage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *releasePage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		p.of = release(p.desk.Current, p.id)
		updates := p.of.Updates
		p.list.Set(len(updates), func(row int) string { return updates[row].KB })
	}
	return nil
}

// selected is the update under the cursor; nil when the release holds none.
func (p *releasePage) selected() *approval.ReleaseUpdate {
	if row, ok := p.list.Selected(); ok {
		return &p.of.Updates[row]
	}
	return nil
}

// closed says why nothing can be changed any more.
func (p *releasePage) closed() string {
	switch {
	case p.of.ID == "":
		return p.id + " is not in the newest view"
	case p.of.Phase == approval.Closed:
		return p.id + " is closed"
	}
	return ""
}

// Bindings implements desk.Screen.
func (p *releasePage) Bindings() []part.Binding {
	list := []part.Binding{
		{Keys: []string{"d"}, Help: "drop the update from the release; the approval stays", Hint: "drop", Group: releaseGroup, Action: engine.DropUpdate{}.Action(),
			Run: p.askDrop, Disabled: func() string {
				switch u := p.selected(); {
				case u == nil:
					return "no update is selected"
				case u.Dropped != nil:
					return u.KB + " is dropped already; + takes it back"
				}
				return p.closed()
			}},
		{Keys: []string{"+"}, Help: "add an update, or take back a dropped one; what was approved is void", Group: releaseGroup, Action: engine.WidenRelease{}.Action(),
			Run: p.askWiden, Disabled: p.closed},
		{Keys: []string{"n"}, Help: "name another owner", Group: releaseGroup, Action: engine.OwnRelease{}.Action(), Run: p.askOwner, Disabled: p.closed},
		{Keys: []string{"v"}, Help: "record the review after Deploy, which closes the release", Hint: "review", Group: releaseGroup, Action: engine.ReviewRelease{}.Action(),
			Run: p.review, Disabled: func() string {
				if why := p.closed(); why != "" {
					return why
				}
				if p.of.Phase != approval.Deploy {
					return fmt.Sprintf("%s is in %s: the review comes after Deploy", p.id, p.of.Phase)
				}
				return ""
			}},
		{Keys: []string{"x"}, Help: "close the release without a rollout", Group: releaseGroup, Action: engine.WithdrawRelease{}.Action(), Run: p.askWithdraw, Disabled: p.closed},
		{Keys: []string{"l"}, Help: "what the audit trail says of it", Hint: "history", Group: releaseGroup, Run: func() part.Cmd {
			return p.desk.Open(history.New(p.desk, p.id, p.id))
		}},
	}
	return append(list, p.list.Moves()...)
}

func (p *releasePage) askDrop() part.Cmd {
	u := p.selected()
	command := engine.DropUpdate{Release: p.id, KB: u.KB}
	p.desk.Ask(part.Question{Title: fmt.Sprintf("Drop %s from %s?", u.KB, p.id), Verb: "Drop", Reason: true,
		Says: []string{fmt.Sprintf("The rings that have not begun go on without it: %s. What was installed stays.", part.Count(len(p.of.Active())-1, "update is left", "updates are left"))},
		Do:   func(reason string) part.Cmd { command.Reason = reason; return p.desk.Do(command) }})
	return nil
}

func (p *releasePage) askWiden() part.Cmd {
	command := engine.WidenRelease{Release: p.id}
	p.desk.Ask(part.Question{Title: "Add an update to " + p.id + "?", Verb: "Add", Reason: true,
		Says: []string{"A plan that was frozen before is void: the change request must be submitted and approved anew."},
		Prompt: &part.Prompt{Label: "Update", Hint: part.Some(p.outside(), 4), Take: func(kb string) error {
			if command.KB = strings.ToUpper(kb); command.KB == "" {
				return fmt.Errorf("name the update, for instance KB5072033")
			}
			return nil
		}},
		Do: func(reason string) part.Cmd { command.Reason = reason; return p.desk.Do(command) }})
	return nil
}

// outside are the updates of its bulletin that the release does not bring, the dropped ones first.
func (p *releasePage) outside() (kbs []string) {
	for _, u := range p.of.Updates {
		if u.Dropped != nil {
			kbs = append(kbs, u.KB)
		}
	}
	for _, b := range p.desk.Current.Bulletins {
		if b.ID != p.of.Bulletin {
			continue
		}
		for _, u := range b.Updates {
			if _, held := p.of.Holds(u.KB); !held {
				kbs = append(kbs, u.KB)
			}
		}
	}
	return kbs
}

func (p *releasePage) askOwner() part.Cmd {
	command := engine.OwnRelease{Release: p.id}
	p.desk.Ask(part.Question{Title: "Give " + p.id + " another owner?", Says: []string{"Its owner now is " + p.of.Owner + "."}, Verb: "Give", Reason: true,
		Prompt: &part.Prompt{Label: "Owner", Hint: "the name in the users file", Take: func(name string) error {
			if command.Owner = name; name == "" {
				return fmt.Errorf("name the new owner")
			}
			return nil
		}},
		Do: func(reason string) part.Cmd { command.Reason = reason; return p.desk.Do(command) }})
	return nil
}

// review asks what the review after a deployment answers.
func (p *releasePage) review() part.Cmd {
	form := &desk.Form{Name: "Review of " + p.id, Says: []string{"The review closes the release and completes its change request."}, Group: releaseGroup,
		Verb: "close with this review", Action: engine.ReviewRelease{}.Action(), Make: func(written map[string]string) (engine.Command, error) {
			return engine.ReviewRelease{Release: p.id, Review: approval.Review{Answers: written}}, nil
		}}
	for _, q := range approval.ReviewQuestions {
		form.Blanks = append(form.Blanks, desk.Blank{Key: q.Key, Label: q.Key, Meaning: q.Words, Required: true})
	}
	return p.desk.Fill(form)
}

func (p *releasePage) askWithdraw() part.Cmd {
	p.desk.Ask(part.Question{Title: "Close " + p.id + " without a rollout?", Verb: "Close", Reason: true,
		Says: []string{"Its updates may go into another release. It is never opened again."},
		Do:   func(reason string) part.Cmd { return p.desk.Do(engine.WithdrawRelease{Release: p.id, Reason: reason}) }})
	return nil
}

// fullLines are the lines under the updates in which the one under the cursor says all that its row has no room for.
const fullLines = 4

// View implements desk.Screen.
func (p *releasePage) View(width, height int) []string {
	t, r := p.desk.Theme, &p.of
	if r.ID == "" {
		return []string{t.Text(t.Title, width, p.Title()), "", t.Text(t.Dim, width, p.closed())}
	}
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Row(func(l *part.Line) {
		l.Put(t.Title, p.Title()).Space(2).Put(t.Accent, string(r.Phase)).End(t.Dim, r.Title)
	})
	sheet.Fact("owner", t.Normal, fmt.Sprintf("%s, created %s from %s", r.Owner, p.desk.Day(r.Created), r.Bulletin))
	lacking := p.desk.Current.Lacking[r.ID]
	for _, words := range lacking {
		sheet.Fact("lacks", t.Tone(rollout.ToneMissed), words)
	}
	if len(lacking) == 0 && r.Phase != approval.Closed {
		sheet.Fact("lacks", t.Dim, "nothing to leave "+string(r.Phase))
	}
	for _, o := range p.desk.Current.Overlaps[r.ID] {
		sheet.Fact("shares", t.Normal, o.Words)
	}
	if r.Closing != nil {
		sheet.Fact("withdrawn", t.Normal, fmt.Sprintf("%s, %s: %s", r.Closing.By, p.desk.Day(r.Closing.At), r.Closing.Reason))
	}
	if r.Review != nil {
		sheet.Fact("reviewed", t.Normal, r.Review.By+", "+p.desk.Day(r.Review.At))
		for _, q := range approval.ReviewQuestions {
			sheet.Fact("", t.Dim, q.Words+" "+r.Review.Answers[q.Key])
		}
	}
	sheet.Gap()
	const leastRows = 4 + fullLines
	above := slices.Clip(sheet.Lines[:min(len(sheet.Lines), max(2, height-leastRows))])
	rows := min(p.list.Len()+1, height-len(above)-fullLines)
	foot := part.Sheet{Theme: t, Width: width}
	foot.Gap()
	if u := p.selected(); u != nil {
		foot.Say(t.Normal, u.KB+": "+whyWords(u))
	}
	return append(append(above, p.list.Render(t, width, rows)...), foot.Lines[:min(len(foot.Lines), fullLines)]...)
}
