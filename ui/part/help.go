package part

import "slices"

// Help draws what keys do, from the bindings themselves, by group in the order in which groups first appear.
func Help(t *Theme, bindings []Binding, width int) []string {
	sheet := Sheet{Theme: t, Width: width}
	var groups []string
	for _, b := range bindings {
		if !slices.Contains(groups, b.Group) {
			groups = append(groups, b.Group)
		}
	}
	for _, group := range groups {
		sheet.Head(group, "")
		for _, b := range bindings {
			if b.Group == group {
				sheet.Row(func(l *Line) { helpRow(l, t, b) })
			}
		}
	}
	return sheet.Lines
}

func helpRow(l *Line, t *Theme, b Binding) {
	const keyWidth = 18
	why := b.Why()
	ink := t.Normal
	if why != "" {
		ink = t.Dim
	}
	l.Column(t.Accent, b.KeyText(t), keyWidth).Put(ink, b.Help)
	if why != "" {
		l.Put(t.Dim, "  (not now: "+why+")")
	}
}
