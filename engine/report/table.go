package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchdeck/engine/inventory"
)

// Table is a report as people read it, and as a spreadsheet takes it. Notes stand above the table: what was counted, and against what.
type Table struct {
	Notes []string
	Head  []string
	Rows  [][]Cell
	None  string // why there are no rows
}

// Cell is one value of a table: words, or a number with how it is said.
type Cell struct {
	Words string // for a person
	Plain string // for a spreadsheet: a number, or the same words; empty where there is none
}

func text(words string) Cell { return Cell{words, words} }

func number(n int) Cell { return text(strconv.Itoa(n)) }

// none is where there is no value.
var none = Cell{Words: "-"}

// hoursSuffix names the unit of a column of hours, which people read as minutes, hours or days.
const hoursSuffix = " (HOURS)"

// WriteCSV writes the head and the rows. A value that a spreadsheet would run as a formula gets a leading apostrophe.
func (t Table) WriteCSV(w io.Writer) error {
	out := bufio.NewWriter(w)
	write := func(row []string) {
		for i, value := range row {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(inventory.CSVField(clean(value)))
		}
		out.WriteString("\r\n")
	}
	write(t.Head)
	for _, row := range t.Rows {
		plain := make([]string, len(row))
		for i, cell := range row {
			plain[i] = cell.Plain
		}
		write(plain)
	}
	return out.Flush()
}

// Words gives the head and the rows for a person.
func (t Table) Words() (head []string, rows [][]string) {
	for _, h := range t.Head {
		head = append(head, strings.TrimSuffix(h, hoursSuffix))
	}
	for _, row := range t.Rows {
		words := make([]string, len(row))
		for i, cell := range row {
			words[i] = cell.Words
		}
		rows = append(rows, words)
	}
	return head, rows
}

// gradeHead are the columns of a tally.
var gradeHead = []string{"SERVERS", "COMPLIANT", "MISSING", "UNKNOWN", "STALE", "EXEMPT", "NOT APPLICABLE", "RESTART OWED", "MUST HAVE", "COMPLIANT %", "OF KNOWN %"}

func (t Tally) row() []Cell {
	row := numbers(t.Servers, t.Compliant, t.Missing, t.Unknown, t.Stale, t.Exempt, t.NotApplicable, t.RestartOwed, t.Concerned())
	return append(row, percentage(t.Percent()), percentage(t.KnownPercent()))
}

// ComplianceBy are the tables of compliance.
var ComplianceBy = []string{"severity", "phase", "os", "site", "owner", "environment", "collection"}

// Table gives compliance by one of ComplianceBy, with all servers as the last row. Tables of names have the worst first.
func (c Compliance) Table(by string) Table {
	t := Table{None: "the inventory holds no managed server", Notes: c.notes()}
	lines := map[string][]ComplianceLine{"os": c.Systems, "site": c.Sites, "owner": c.Owners, "environment": c.Environments, "collection": c.Collections}[by]
	switch by {
	case "severity":
		t.Head = append([]string{"SEVERITY", "UPDATES"}, gradeHead...)
		for _, l := range c.Severities {
			t.Rows = append(t.Rows, append([]Cell{text(SeverityName(l.Severity)), number(l.Updates)}, l.row()...))
		}
		t.Rows = append(t.Rows, append([]Cell{text(allName), number(c.Updates)}, c.All.row()...))
		return t
	case "phase":
		t.Head = append([]string{"PHASE", "RELEASES", "UPDATES"}, gradeHead...)
		for _, l := range c.Phases {
			t.Rows = append(t.Rows, append([]Cell{text(string(l.Phase)), number(l.Releases), number(l.Updates)}, l.row()...))
		}
		return t
	}
	lines = slices.Clone(lines)
	WorstFirst(lines)
	t.Head = append([]string{strings.ToUpper(by)}, gradeHead...)
	for _, l := range lines {
		t.Rows = append(t.Rows, append([]Cell{named(l.Name)}, l.row()...))
	}
	t.Rows = append(t.Rows, append([]Cell{text(allName)}, c.All.row()...))
	return t
}

func (c Compliance) notes() []string {
	which := "updates count"
	if c.AtLeast > 0 {
		which = fmt.Sprintf("updates that are %s or worse count", c.AtLeast)
	}
	return []string{
		fmt.Sprintf("%d %s; %d that others replace and %d that were decided to be not relevant do not.", c.Updates, which, c.Replaced, c.Irrelevant),
		fmt.Sprintf("Compliant %% is of the servers that must have the updates, with %d of which nothing is known and %d of which nothing is known since %.0f hours.", c.All.Unknown, c.All.Stale, c.FreshHours),
		fmt.Sprintf("Outside are servers that are exempt or to which nothing applies, and %d that people look after.", c.Unmanaged),
	}
}

// InstallTable gives how updates came to servers.
func InstallTable(lines []InstallLine, by GroupBy) Table {
	t := Table{Head: []string{strings.ToUpper(string(by)), "DUE", "INSTALLED %", "ENFORCED", "VOLUNTARY", "BY HAND", "VOLUNTARY %", "ENDED WITHOUT", "OPEN", "RESTARTS"}, None: "no release was advertised yet",
		Notes: []string{"Each server counts once for each release that it was to get. Enforced: installed by us; voluntary: its administrator was first; by hand: people did it, and a check proved it.",
			"Voluntary % is of the installed."}}
	for _, l := range lines {
		t.Rows = append(t.Rows, []Cell{named(l.Name), number(l.Due), percentage(l.InstalledPercent()), number(l.Enforced), number(l.Voluntary), number(l.ByHand),
			percentage(l.VoluntaryPercent()), number(l.Failed), number(l.Open), number(l.Restarts)})
	}
	return t
}

// TimeTable gives how long updates took.
func TimeTable(lines []PatchTime, by GroupBy) Table {
	t := Table{Head: []string{strings.ToUpper(string(by)), "DUE", "RELEASE MEDIAN" + hoursSuffix, "RELEASE P90" + hoursSuffix, "APPROVAL MEDIAN" + hoursSuffix, "APPROVAL P90" + hoursSuffix, "IN TIME %", "IN TIME", "LATE", "OVERDUE", "OPEN"}, None: "no release was advertised yet",
		Notes: []string{"Each update counts once for each server that was to get it. Times are until it was proved on the server: since its publication, and since its ring was approved.",
			"What is open or overdue is in no median. In time % is of what was proved or is overdue, by the deadline of the change request's priority."}}
	for _, p := range lines {
		t.Rows = append(t.Rows, []Cell{named(p.Name), number(p.Due), p.FromRelease.median(), p.FromRelease.p90(), p.FromApproval.median(), p.FromApproval.p90(),
			percentage(p.InTimePercent()), number(p.InTime), number(p.Late), number(p.Overdue), number(p.Open)})
	}
	return t
}

// TrendTable gives the months, the oldest first.
func TrendTable(lines []MonthLine) Table {
	t := Table{Head: []string{"MONTH", "RELEASES", "DUE", "INSTALLED %", "INSTALLED CHANGE", "VOLUNTARY %", "RELEASE MEDIAN" + hoursSuffix, "RELEASE P90" + hoursSuffix, "MEDIAN CHANGE" + hoursSuffix, "IN TIME %", "IN TIME CHANGE", "ENDED WITHOUT", "OPEN", "OVERDUE"},
		None:  "there is no release yet",
		Notes: []string{"A month is that of the bulletin; its numbers are as they stand now. Changes are against the month before, in points and in hours or days."}}
	for _, l := range lines {
		t.Rows = append(t.Rows, []Cell{text(l.Name), number(l.Releases), number(l.Installs.Due), percentage(l.Installs.InstalledPercent()), change(l.InstalledChange, pointWords),
			percentage(l.Installs.VoluntaryPercent()), l.Times.FromRelease.median(), l.Times.FromRelease.p90(), change(l.MedianChange, hoursWords),
			percentage(l.Times.InTimePercent()), change(l.InTimeChange, pointWords), number(l.Installs.Failed), number(l.Installs.Open), number(l.Times.Overdue)})
	}
	return t
}

// ExceptionTable gives exceptions, with days in the zone of the servers.
func ExceptionTable(list []Exception, totals ExceptionTotals, zone *time.Location) Table {
	t := Table{Head: []string{"KIND", "ID", "SERVER", "FROM", "SINCE", "AGE DAYS", "UNTIL", "LEFT DAYS", "STATE", "BY", "REASON"}, None: "no server is excepted from anything",
		Notes: []string{fmt.Sprintf("Exceptions that hold: %d, of servers: %d; without an end: %d, ending within %d days: %d. Age in days: %d the oldest, %d the median. Ended: %d.",
			totals.Holding, totals.Servers, totals.NoEnd, soon, totals.Soon, totals.Oldest, totals.Median, totals.Ended)}}
	day := func(at time.Time) Cell {
		if at.IsZero() {
			return none
		}
		return text(at.In(zone).Format(time.DateOnly))
	}
	for _, x := range list {
		state, left := "holds", none
		if !x.Holds {
			state = "ended"
		} else if x.Left >= 0 {
			left = number(x.Left)
		}
		t.Rows = append(t.Rows, []Cell{text(x.Kind), text(x.ID), text(x.Name), text(x.From), day(x.Since), number(x.Age), day(x.Until), left, text(state), text(x.By), text(x.Reason)})
	}
	return t
}

func numbers(list ...int) []Cell {
	cells := make([]Cell, len(list))
	for i, n := range list {
		cells[i] = number(n)
	}
	return cells
}

// named is the name of a line; servers without an owner, say, have none.
func named(name string) Cell {
	if name == "" {
		return none
	}
	return text(name)
}

// percentage gives a percentage with one digit. Only what is all is 100.0, and only what is none is 0.0.
func percentage(percent float64, ok bool) Cell {
	if !ok {
		return none
	}
	if percent < 100 {
		percent = min(percent, 99.9)
	}
	if percent > 0 {
		percent = max(percent, 0.1)
	}
	return text(pointWords(percent))
}

// hoursWords gives hours as people say them: minutes below an hour, days from two days on.
func hoursWords(hours float64) string {
	switch {
	case hours < 1:
		return fmt.Sprintf("%.0fm", hours*60)
	case hours < 48:
		return fmt.Sprintf("%.1fh", hours)
	default:
		return fmt.Sprintf("%.1fd", hours/24)
	}
}

func pointWords(points float64) string { return strconv.FormatFloat(points, 'f', 1, 64) }

// change says how much a value went up or down.
func change(by *float64, words func(float64) string) Cell {
	if by == nil {
		return none
	}
	c := Cell{"same", strconv.FormatFloat(*by, 'f', 2, 64)}
	switch {
	case *by > 0:
		c.Words = "up " + words(*by)
	case *by < 0:
		c.Words = "down " + words(-*by)
	}
	return c
}

func (s Spread) median() Cell { return s.cell(s.Median) }
func (s Spread) p90() Cell    { return s.cell(s.P90) }

func (s Spread) cell(hours float64) Cell {
	if s.Count == 0 {
		return none
	}
	return Cell{hoursWords(hours), strconv.FormatFloat(hours, 'f', 2, 64)}
}
