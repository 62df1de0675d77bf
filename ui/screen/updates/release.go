package updates

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// releaseBinding bundles what is shown and missing somewhere into a release.
func (s *Screen) releaseBinding(group string) part.Binding {
	return part.Binding{Keys: []string{"c"}, Help: "create a release of the updates shown, or marked, that servers miss", Hint: "create release", Group: group,
		Action: engine.CreateRelease{}.Action(), Run: func() part.Cmd { s.askRelease(); return nil },
		Disabled: func() string {
			if len(s.bundle()) == 0 {
				return "no server's scan offers an update that is shown: sweep facts and scan first"
			}
			return ""
		}}
}

func missedSomewhere(c counts) bool { return c.missing > 0 }

// bundle are the updates that a release would hold, by their place among the shown ones: those that servers miss, of the marked ones or of
// all.
func (s *Screen) bundle() (rows []int) {
	marked := s.table.Chosen()
	for i, u := range s.shown {
		if missedSomewhere(s.counts[i]) && (s.table.Marks() == 0 || slices.Contains(marked, u.KB)) {
			rows = append(rows, i)
		}
	}
	return rows
}

// askRelease confirms a release. The command names the updates that the question named.
func (s *Screen) askRelease() {
	b, releases := s.bulletin(), s.desk.Current.Releases
	command := engine.CreateRelease{ID: newID(s.monthOf(b), releases), Title: b.Title, Bulletin: b.ID}
	var names []string
	for _, i := range s.bundle() {
		u := &s.shown[i]
		command.Updates = append(command.Updates, u.KB)
		names = append(names, fmt.Sprintf("%s %s on %s", u.KB, desk.Severity(u.Severity), part.Number(s.counts[i].missing)))
	}
	says := []string{fmt.Sprintf("It bundles %s of %s. Nothing starts by it: its change request is submitted on the screen Changes.",
		part.Count(len(command.Updates), "update", "updates"), b.Title)}
	if others := releasesOf(b, releases); len(others) > 0 {
		says = append(says, "Releases of this bulletin so far: "+strings.Join(others, ", ")+".")
	}
	s.desk.Ask(part.Question{Title: "Create release " + command.ID + "?", Says: says, Names: names, Verb: "Create", Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
}

// monthOf is the month of a bulletin as ids begin with it; a bulletin without a date lends its own id.
func (s *Screen) monthOf(b *catalog.Bulletin) string {
	if b.Released.IsZero() {
		return strings.ToLower(b.ID)
	}
	return b.Released.In(s.desk.Zone).Format("2006-01")
}

// newID makes an id for a month's security release that no other release has.
func newID(month string, releases []approval.Release) string {
	id := month + "-security"
	taken := func(id string) bool {
		return slices.ContainsFunc(releases, func(r approval.Release) bool { return r.ID == id })
	}
	for n := 2; taken(id); n++ {
		id = fmt.Sprintf("%s-security-%d", month, n)
	}
	return id
}

func releasesOf(b *catalog.Bulletin, releases []approval.Release) []string {
	var ids []string
	for _, r := range releases {
		if r.Bulletin == b.ID {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
