package incidents

import (
	"context"
	"fmt"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// kindsPage chooses what a notice is about: a release, and the kind.
type kindsPage struct {
	desk    *desk.Desk
	list    part.List
	release int // which of the view's releases
}

func newKindsPage(d *desk.Desk) *kindsPage {
	p := &kindsPage{desk: d}
	p.list.Columns = []part.Column{{Title: "Kind", Width: 14}, {Title: "Told last", Width: 16}, {Title: "Goes by itself when", Width: 30, Grow: 1}}
	p.list.Cell = p.cell
	p.list.Set(len(notice.Kinds), func(row int) string { return string(notice.Kinds[row].Kind) })
	return p
}

// about is the release that the notice would be about.
func (p *kindsPage) about() string {
	releases := p.desk.Current.Releases
	if len(releases) == 0 {
		return ""
	}
	return releases[p.release%len(releases)].ID
}

func (p *kindsPage) cell(row, column int) (part.Ink, string) {
	t, line := p.desk.Theme, notice.Kinds[row]
	switch column {
	case 0:
		return t.Normal, string(line.Kind)
	case 1:
		if told, ok := p.desk.Current.Told(p.about())[line.Kind]; ok {
			return t.Accent, p.desk.Day(told.At)
		}
		return t.Dim, "not yet"
	default:
		return t.Dim, line.When
	}
}

// Title implements desk.Screen.
func (p *kindsPage) Title() string { return "Write a notice" }

// Init implements desk.Screen.
func (p *kindsPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *kindsPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *kindsPage) Bindings() []part.Binding {
	step := func(by int) func() part.Cmd {
		return func() part.Cmd {
			n := max(1, len(p.desk.Current.Releases))
			p.release = (p.release + by + n) % n
			return nil
		}
	}
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "see its text and who gets it", Hint: "see text", Group: noticeGroup, Run: func() part.Cmd {
			return p.desk.Open(&draftPage{desk: p.desk, kind: notice.Kind(p.list.SelectedID()), release: p.about()})
		}},
		{Keys: []string{"]"}, Help: "about the next release", Hint: "release", Group: noticeGroup, Run: step(1)},
		{Keys: []string{"["}, Help: "about the release before", Group: noticeGroup, Run: step(-1)},
	}
	return append(list, p.list.Moves()...)
}

// View implements desk.Screen.
func (p *kindsPage) View(width, height int) []string {
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, p.Title()).Put(t.Normal, " about "+p.about()).End(t.Dim, part.Count(len(p.desk.Current.Releases), "release", "releases")+", [ ] between them")
	return append([]string{head.String(), ""}, p.list.Render(t, width, height-2)...)
}

// draftPage shows what a notice would say now; the engine writes it.
type draftPage struct {
	desk    *desk.Desk
	kind    notice.Kind
	release string
	text    string
	err     error
	read    bool
	scroll  part.Scroll
}

// drafted is the engine's answer.
type drafted struct {
	page *draftPage
	text string
	err  error
}

// draftTime is how long writing a draft may take.
const draftTime = 10 * time.Second

// Title implements desk.Screen.
func (p *draftPage) Title() string { return fmt.Sprintf("Draft of a %s notice", p.kind) }

// Init implements desk.Screen.
func (p *draftPage) Init() part.Cmd {
	console, actor := p.desk.Console, p.desk.Actor
	command := engine.PreviewNotice{Kind: p.kind, Release: p.release}
	return func() part.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), draftTime)
		defer cancel()
		text, err := console.Do(ctx, actor, command)
		return drafted{p, text, err}
	}
}

// Update implements desk.Screen.
func (p *draftPage) Update(message part.Msg) part.Cmd {
	if m, ok := message.(drafted); ok && m.page == p {
		p.text, p.err, p.read = m.text, m.err, true
	}
	return nil
}

// Bindings implements desk.Screen.
func (p *draftPage) Bindings() []part.Binding {
	list := []part.Binding{{Keys: []string{"s"}, Help: "send it now", Hint: "send", Group: noticeGroup, Action: engine.SendNotice{}.Action(),
		Disabled: func() string {
			if !p.read || p.err != nil {
				return "there is no text to send"
			}
			return ""
		}, Run: p.ask}}
	return append(list, p.scroll.Moves()...)
}

func (p *draftPage) ask() part.Cmd {
	to, _, _ := strings.Cut(p.text, "\n")
	command := engine.SendNotice{Kind: p.kind, Release: p.release}
	says := []string{to}
	if told, ok := p.desk.Current.Told(p.release)[p.kind]; ok {
		command.Again = true
		says = append(says, fmt.Sprintf("%s told this already (%s): this is another one.", told.Notice, p.desk.Day(told.At)))
	}
	p.desk.Ask(part.Question{Title: fmt.Sprintf("Send the %s notice about %s?", p.kind, p.release), Says: says, Verb: "Send",
		Do: func(string) part.Cmd { return p.desk.Do(command) }})
	return nil
}

// View implements desk.Screen.
func (p *draftPage) View(width, height int) []string {
	t := p.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), p.release)
	switch {
	case !p.read:
		sheet.Say(t.Dim, "the engine writes it")
	case p.err != nil:
		sheet.Say(t.Tone(rollout.ToneBad), p.err.Error())
	default:
		sayText(&sheet, p.text)
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}

// sayText writes a text with its own lines.
func sayText(s *part.Sheet, text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			s.Gap()
			continue
		}
		s.Say(s.Theme.Normal, line)
	}
}
