package incidents

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/notice"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

const noticeGroup = "Notices"

// selectedNotice is the notice under the cursor; nil when there is none.
func (s *Screen) selectedNotice() *engine.NoticeView {
	row, ok := s.notices.Selected()
	if !ok {
		return nil
	}
	return &s.desk.Current.Notices[s.sent[row]]
}

func (s *Screen) noticeBindings() []part.Binding {
	return append([]part.Binding{
		{Keys: []string{"enter"}, Help: "the text, and what became of each copy", Hint: "open", Group: noticeGroup,
			Disabled: func() string {
				if s.selectedNotice() == nil {
					return "no notice is selected"
				}
				return ""
			},
			Run: func() part.Cmd { return s.desk.Open(&noticePage{desk: s.desk, id: s.selectedNotice().ID}) }},
		{Keys: []string{"n"}, Help: "write a notice now: choose its kind and see its text first", Hint: "write", Group: noticeGroup,
			Disabled: func() string {
				if len(s.desk.Current.Releases) == 0 {
					return "there is no release to write about"
				}
				return ""
			},
			Run: func() part.Cmd { return s.desk.Open(newKindsPage(s.desk)) }},
	}, copySteps(s.desk, s.selectedNotice)...)
}

// copySteps are what a person may do to the copies of a notice, in the list and on its page.
func copySteps(d *desk.Desk, which func() *engine.NoticeView) []part.Binding {
	with := func(why string, states ...notice.State) func() string {
		return func() string {
			n := which()
			if n == nil {
				return "no notice is selected"
			}
			for _, state := range states {
				if n.Counts()[state] > 0 {
					return ""
				}
			}
			return why
		}
	}
	number := func(n *engine.NoticeView, states ...notice.State) (copies int) {
		for _, state := range states {
			copies += n.Counts()[state]
		}
		return copies
	}
	return []part.Binding{
		{Keys: []string{"r"}, Help: "send again the copies that failed, or whose end is not known", Hint: "send again", Group: noticeGroup, Action: engine.RetryNotice{}.Action(),
			Disabled: with("no copy failed or is unknown", notice.Failed, notice.Unknown, notice.Waiting), Run: func() part.Cmd {
				n := which()
				d.Ask(part.Question{Title: fmt.Sprintf("Send %s again?", n.ID), Verb: "Send again", Says: []string{
					n.Subject, part.Count(number(n, notice.Failed, notice.Unknown, notice.Waiting), "copy goes", "copies go") + " now.",
					"An unknown copy may have arrived: it carries the same message id, so that mail programs can tell."},
					Do: func(string) part.Cmd { return d.Do(engine.RetryNotice{Notice: n.ID}) }})
				return nil
			}},
		{Keys: []string{"x"}, Help: "cancel the copies that were not sent", Group: noticeGroup, Action: engine.CancelNotice{}.Action(),
			Disabled: with("no copy waits, failed or is unknown", notice.Waiting, notice.Failed, notice.Unknown), Run: func() part.Cmd {
				n := which()
				d.Ask(part.Question{Title: fmt.Sprintf("Cancel %s?", n.ID), Verb: "Cancel copies", Reason: true, Says: []string{
					n.Subject, part.Count(number(n, notice.Waiting, notice.Failed, notice.Unknown), "copy is", "copies are") + " not sent any more."},
					Do: func(reason string) part.Cmd { return d.Do(engine.CancelNotice{Notice: n.ID, Reason: reason}) }})
				return nil
			}},
	}
}

// noticePage is one notice as people got it, with what became of each copy.
type noticePage struct {
	desk   *desk.Desk
	id     string
	scroll part.Scroll
}

func (p *noticePage) notice() *engine.NoticeView {
	for k := range p.desk.Current.Notices {
		if p.desk.Current.Notices[k].ID == p.id {
			return &p.desk.Current.Notices[k]
		}
	}
	return nil
}

// Title implements desk.Screen.
func (p *noticePage) Title() string { return p.id }

// Init implements desk.Screen.
func (p *noticePage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *noticePage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *noticePage) Bindings() []part.Binding {
	return append(copySteps(p.desk, p.notice), p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *noticePage) View(width, height int) []string {
	t, n := p.desk.Theme, p.notice()
	sheet := part.Sheet{Theme: t, Width: width}
	if n == nil {
		sheet.Say(t.Dim, p.id+" is not in the newest view")
		return sheet.Lines
	}
	ink, copies := copiesWords(t, n)
	sheet.Head(fmt.Sprintf("%s %s", n.ID, n.Kind), p.desk.DayAndSecond(n.At)+" by "+n.By)
	sheet.Fact("release", t.Normal, n.Release)
	sheet.Fact("copies", ink, copies)
	sheet.Head(n.Subject, "")
	sayText(&sheet, n.Body)
	if len(n.Deliveries) > 0 {
		sheet.Head("Copies", "")
	}
	for _, d := range n.Deliveries {
		sheet.Row(func(l *part.Line) {
			l.Column(t.Tone(copyTones[d.State]), string(d.State), 10).Column(t.Normal, d.To, 34).Put(t.Dim, p.desk.Day(d.Since))
			if d.Attempts > 1 {
				l.Put(t.Dim, fmt.Sprintf(", %d attempts", d.Attempts))
			}
			if d.State == notice.Waiting && !d.Next.IsZero() {
				l.Put(t.Dim, ", next "+p.desk.Clock(d.Next))
			}
		})
		if d.Words != "" && d.State != notice.Sent {
			sheet.Say(t.Dim, "          "+d.Words)
		}
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}
