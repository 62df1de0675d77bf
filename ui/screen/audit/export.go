package audit

import (
	"context"
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// exportPage is how the trail leaves the console. A terminal cannot carry a file, so that the page gives the command that does, for where
// the person sits; who may, also keeps a copy on the console's own machine, on the record.
type exportPage struct {
	desk    *desk.Desk
	scroll  part.Scroll
	writing bool
	answer  string // what became of the last copy
}

// exportTime bounds the writing of a copy: a trail of a million entries takes seconds.
const exportTime = 10 * time.Minute

// kept says what became of a copy.
type kept struct {
	page   *exportPage
	answer string
	err    error
}

// exportFile is what the export is called in the commands.
const exportFile = "trail.jsonl"

// command exports the trail to where the person sits.
func (p *exportPage) command() string {
	if p.desk.Address == "" {
		return p.desk.Outside("audit export " + exportFile)
	}
	return p.desk.Outside("audit export - > " + exportFile)
}

// Title implements desk.Screen.
func (p *exportPage) Title() string { return "Export the audit trail" }

// Init implements desk.Screen.
func (p *exportPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *exportPage) Update(message part.Msg) part.Cmd {
	m, ok := message.(kept)
	if !ok || m.page != p {
		return nil
	}
	p.writing, p.answer = false, m.answer
	if m.err != nil {
		p.answer = "nothing was kept: " + m.err.Error()
	}
	p.desk.Tell(p.answer, m.err != nil)
	return nil
}

// Bindings implements desk.Screen.
func (p *exportPage) Bindings() []part.Binding {
	const group = "Export"
	list := p.desk.CopyText("copy the command that exports to where you sit", func() (string, string) {
		return p.command(), "the command is on your clipboard: run it in a shell where you sit"
	})
	list = append(list, part.Binding{Keys: []string{"w"}, Help: "keep a copy on the console's machine, with a reason, on the record", Hint: "keep a copy", Group: group,
		Action: engine.RecordExport{}.Action(), Run: p.askKeep, Disabled: func() string {
			if p.writing {
				return "a copy is being written"
			}
			return ""
		}})
	return append(list, p.scroll.Moves()...)
}

func (p *exportPage) askKeep() part.Cmd {
	p.desk.Ask(part.Question{Title: "Keep a copy of the audit trail?", Verb: "Keep it", Reason: true,
		Says: []string{fmt.Sprintf("%s go into a file on the console's machine, in the folder exports of its data folder. That is recorded in the trail.",
			part.Count(int(p.desk.Current.Head.Seq), "entry", "entries"))},
		Do: func(reason string) part.Cmd {
			p.writing, p.answer = true, ""
			console, actor := p.desk.Console, p.desk.Actor
			return func() part.Msg {
				limited, cancel := context.WithTimeout(context.Background(), exportTime)
				defer cancel()
				answer, err := console.ExportTrail(limited, actor, reason)
				return kept{p, answer, err}
			}
		}})
	return nil
}

// View implements desk.Screen.
func (p *exportPage) View(width, height int) []string {
	t := p.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), part.Count(int(p.desk.Current.Head.Seq), "entry", "entries"))
	sheet.Say(t.Normal, "The export is one line of JSON an entry, as stored, and a last line with their number and hash. Anybody can verify it.")
	way := func(where, command string) {
		sheet.Gap()
		sheet.Say(t.Dim, where)
		sheet.Say(t.Strong, "  "+command)
	}
	copies := ""
	if p.desk.Copy != nil {
		copies = " (y copies the command)"
	}
	way("To where you sit, from a shell there"+copies, p.command())
	way("Check a file, anywhere, without the store", "patchdeck audit verify "+exportFile)
	way("Only some entries: search for them, then y copies what was found", "f on the screen Audit")
	if p.desk.May(engine.RecordExport{}.Action()) {
		way("On the console's own machine, on the record: w here, or", p.desk.Outside(`audit keep --reason "..."`))
	}
	switch {
	case p.writing:
		sheet.Gap()
		sheet.Say(t.Accent, "writing the copy; you may go on meanwhile")
	case p.answer != "":
		sheet.Gap()
		sheet.Say(t.Normal, p.answer)
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}
