package report

import (
	"slices"

	"patchdeck/engine/catalog"
)

// InstallLine says how the updates of a release, or on a site, or of an owner, came to the servers. A server counts once for each release.
type InstallLine struct {
	Name      string `json:"name"`
	Due       int    `json:"due"` // servers that were to get it, once for each release
	Enforced  int    `json:"enforced"`
	Voluntary int    `json:"voluntary"`
	ByHand    int    `json:"by_hand"`
	Failed    int    `json:"ended_without"` // failed, not reached, not started, skipped, or its window missed
	Open      int    `json:"open"`          // not through
	Restarts  int    `json:"restarts"`      // that we ordered
}

// Installed is how many were proved to have it, however it came.
func (l InstallLine) Installed() int { return l.Enforced + l.Voluntary + l.ByHand }

// VoluntaryPercent is the share of the installed that their administrators did themselves.
func (l InstallLine) VoluntaryPercent() (percent float64, ok bool) {
	return share(l.Voluntary, l.Installed())
}

// InstalledPercent is the share of the due that were proved to have it.
func (l InstallLine) InstalledPercent() (percent float64, ok bool) {
	return share(l.Installed(), l.Due)
}

func (l *InstallLine) count(i *Installation) {
	l.Due++
	l.Restarts += i.Restarts
	switch {
	case i.How == Enforced:
		l.Enforced++
	case i.How == Voluntary:
		l.Voluntary++
	case i.How == ByHand:
		l.ByHand++
	case i.Failed:
		l.Failed++
	default:
		l.Open++
	}
}

// Installs counts installations by group, with all of them as the last line; none are no lines.
func Installs(list []Installation, by GroupBy) []InstallLine {
	lines := tableLines[InstallLine]{}
	all := InstallLine{Name: allName}
	for i := range list {
		worst, _ := list[i].Release.Worst()
		l := lines.line(by.of(&list[i], worst), func(name string) InstallLine { return InstallLine{Name: name} })
		l.count(&list[i])
		all.count(&list[i])
	}
	if len(list) == 0 {
		return []InstallLine{}
	}
	return append(lines.inOrder(by), all)
}

// allName is the name of the last line of a table, which is about everything.
const allName = "all"

// tableLines are the lines of a table while they are counted.
type tableLines[T any] struct {
	lines map[string]*T
	names []string // in the order in which they came
}

// line gives the line of a group, and begins it when it is the first time.
func (g *tableLines[T]) line(name string, begin func(name string) T) *T {
	if g.lines == nil {
		g.lines = map[string]*T{}
	}
	if g.lines[name] == nil {
		l := begin(name)
		g.lines[name], g.names = &l, append(g.names, name)
	}
	return g.lines[name]
}

// inOrder gives the lines in the order of their groups.
func (g *tableLines[T]) inOrder(by GroupBy) []T {
	slices.SortStableFunc(g.names, by.compare)
	list := make([]T, 0, len(g.names)+1)
	for _, name := range g.names {
		list = append(list, *g.lines[name])
	}
	return list
}

// severityOf is how an update of an installation is rated.
func (i *Installation) severityOf(kb string) catalog.Severity {
	u, _ := i.Release.Holds(kb)
	return u.Severity
}
