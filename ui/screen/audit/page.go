package audit

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// page is one entry in full.
type page struct {
	desk   *desk.Desk
	jump   jump
	record record
	scroll part.Scroll
}

func (p *page) Title() string            { return "Entry " + strconv.FormatUint(p.record.seq, 10) }
func (p *page) Init() part.Cmd           { return nil }
func (p *page) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	list := []part.Binding{objectBinding(p.desk, p.jump, func() *record { return &p.record })}
	list = append(list, p.desk.CopyPage(func(t *part.Theme) []string { return p.lines(t, copyWidth) })...)
	return append(list, p.scroll.Moves()...)
}

// copyWidth is how wide a page is copied.
const copyWidth = 160

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	return p.scroll.Render(p.desk.Theme, p.lines(p.desk.Theme, width), width, height)
}

func (p *page) lines(t *part.Theme, width int) []string {
	e := &p.record.entry
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), "")
	if p.record.broke != "" {
		sheet.Say(t.Tone(rollout.ToneBad), p.record.broke)
		return sheet.Lines
	}
	sheet.Fact("when", t.Normal, e.At.In(p.desk.Zone).Format(time.RFC1123Z))
	sheet.Fact("who", t.Normal, strings.TrimSpace(e.Actor+" "+roleWords(e.Roles)))
	sheet.Fact("by way of", t.Normal, e.Via)
	sheet.Fact("what", t.Normal, e.Action)
	sheet.Fact("object", t.Normal, e.Object)
	sheet.Fact("before", t.Normal, e.Before)
	sheet.Fact("after", t.Normal, e.After)
	sheet.Fact("reason", t.Normal, e.Reason)
	sheet.Fact("chained to", t.Dim, e.Prev)
	if len(e.Body) > 0 {
		sheet.Head("Body", "")
		for _, l := range strings.Split(indented(e.Body), "\n") {
			sheet.Row(func(line *part.Line) { line.Put(t.Normal, l) })
		}
	}
	return sheet.Lines
}

func roleWords(roles []string) string {
	if len(roles) == 0 {
		return ""
	}
	return "(" + strings.Join(roles, ", ") + ")"
}

func indented(body json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return string(body)
	}
	return b.String()
}
