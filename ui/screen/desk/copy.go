package desk

import (
	"strings"

	"patchdeck/ui/part"
)

// CopyRows gives the key that puts a table's chosen rows on the person's clipboard; none where that is out of reach.
func (d *Desk) CopyRows(table *part.Table) []part.Binding {
	return d.CopyText("copy the marked rows, or the one under the cursor", func() (string, string) {
		return table.Text(), part.Count(len(table.Chosen()), "row is", "rows are") + " on your clipboard"
	})
}

// CopyPage gives the key that puts a page on the person's clipboard.
func (d *Desk) CopyPage(draw func(*part.Theme) []string) []part.Binding {
	return d.CopyText("copy the page", func() (string, string) {
		return strings.Join(draw(&part.Theme{}), "\n") + "\n", "the page is on your clipboard"
	})
}

// CopyText gives the key that puts a text on the person's clipboard; told says what was put there.
func (d *Desk) CopyText(help string, text func() (copied, told string)) []part.Binding {
	if d.Copy == nil {
		return nil
	}
	return []part.Binding{{Keys: []string{"y"}, Help: help, Group: "Look", Run: func() part.Cmd {
		copied, told := text()
		d.Copy(copied)
		d.Tell(told, false)
		return nil
	}}}
}
