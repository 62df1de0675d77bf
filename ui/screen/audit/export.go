package audit

import (
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// exportPage says how the trail leaves the console. The console itself writes no files: it runs inside the daemon, whose folders are not
// those of the person in front of it.
type exportPage struct {
	desk   *desk.Desk
	scroll part.Scroll
}

// exports are the ways out, with the command for each.
var exports = []struct{ where, command string }{
	{"From elsewhere, over SSH", "ssh -p 2222 CONSOLE-HOST audit export - > trail.jsonl"},
	{"On the console's own machine", "patchdeck audit export trail.jsonl"},
	{"Check a file, anywhere, without the store", "patchdeck audit verify trail.jsonl"},
}

// Title implements desk.Screen.
func (p *exportPage) Title() string { return "Export the audit trail" }

// Init implements desk.Screen.
func (p *exportPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *exportPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *exportPage) Bindings() []part.Binding {
	list := p.scroll.Moves()
	if p.desk.Copy != nil {
		list = append(list, part.Binding{Keys: []string{"y"}, Help: "copy the command that exports over SSH", Hint: "copy", Group: "Export", Run: func() part.Cmd {
			p.desk.Copy(exports[0].command)
			p.desk.Tell("the command is on your clipboard", false)
			return nil
		}})
	}
	return list
}

// View implements desk.Screen.
func (p *exportPage) View(width, height int) []string {
	t := p.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), part.Count(int(p.desk.Current.Head.Seq), "entry", "entries"))
	sheet.Say(t.Normal, "The export is one line of JSON an entry, as stored, and a last line with their number and hash. Anybody can verify it.")
	for _, e := range exports {
		sheet.Gap()
		sheet.Say(t.Dim, e.where)
		sheet.Say(t.Strong, "  "+e.command)
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}
