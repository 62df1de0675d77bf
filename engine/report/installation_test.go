package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

const day = 24 * time.Hour

// twoMonths is October, which is through, and November, in which the board approved yesterday. November's cumulative update replaces October's.
func twoMonths() report.Work {
	october, november := today.Add(-33*day), released
	update := func(kb string, severity catalog.Severity, at time.Time, supersedes ...string) catalog.Update {
		return catalog.Update{KB: kb, Severity: severity, Released: at, Supersedes: supersedes}
	}
	release := func(id, bulletin string, created time.Time, updates ...approval.ReleaseUpdate) approval.Release {
		return approval.Release{ID: id, Bulletin: bulletin, Created: created, Updates: updates}
	}
	sign := func(at time.Time) *approval.Signature { return &approval.Signature{By: "b", At: at} }
	ad := func(n int, state rollout.Delivery, since time.Time, updates ...string) *rollout.Advertisement {
		id := inventory.ServerID(fmt.Sprintf("s%05d", n))
		a := &rollout.Advertisement{ID: "r-" + string(id), Server: id, Delivery: state, Compliance: rollout.Missing, Since: since, Updates: updates, Restarts: 1}
		if state == rollout.NotApplicable {
			a.Compliance, a.Restarts = rollout.InstalledByOthers, 0
		}
		return a
	}
	by := func(a *rollout.Advertisement) *rollout.Advertisement {
		a.Hand = &rollout.HandWork{State: rollout.HandProven}
		return a
	}
	servers := []inventory.Server{aServer(1, "Windows Server 2019"), aServer(2, "Windows Server 2022"), aServer(3, "Windows Server 2022"), aServer(4, "Windows Server 2019"), aServer(5, "Windows Server 2022")}
	servers[1].Owner = "Warehouse"
	plan := &rollout.Plan{Hash: "h", Assignments: []rollout.Assignment{{Server: "s00005", Ring: rollout.Prod, Updates: []string{cumulative, dotnet}}, {Server: "s00004", Ring: rollout.Prod, Updates: []string{cumulative}}}}
	return report.Work{At: today, Servers: servers,
		Bulletins: []catalog.Bulletin{{ID: "2026-Nov", Released: november, Updates: []catalog.Update{update(cumulative, catalog.Critical, november, older), update(dotnet, catalog.Important, november)}},
			{ID: "2026-Oct", Released: october, Updates: []catalog.Update{update(older, catalog.Critical, october)}}},
		Releases: []approval.Release{
			release("oct", "2026-Oct", october.Add(day), approval.ReleaseUpdate{KB: older, Severity: catalog.Critical}),
			release("nov", "2026-Nov", november.Add(day), approval.ReleaseUpdate{KB: cumulative, Severity: catalog.Critical}, approval.ReleaseUpdate{KB: dotnet, Severity: catalog.Important}),
			{ID: "undo", Created: november, Undoes: "R-1", Updates: []approval.ReleaseUpdate{{KB: older}}},
		},
		Requests: []report.Requested{
			{Change: approval.Change{ID: "CHG-1", Release: "oct", State: approval.Completed, Priority: approval.Emergency, Deadline: october.Add(5 * day), Authority: sign(october.Add(2 * day)), Board: sign(october.Add(3 * day))}},
			{Change: approval.Change{ID: "CHG-2", Release: "nov", State: approval.Approved, Priority: approval.High, Deadline: november.Add(30 * day), Authority: sign(november.Add(2 * day)), Board: sign(november.Add(3 * day)),
				Exclusions: map[string]approval.Amendment{"s00004": {By: "k.osei", At: today, Reason: "payroll"}}}, Plan: plan},
		},
		Runs: []report.Run{
			{Rollout: rollout.Rollout{ID: "R-1", Change: "CHG-1", Release: "oct", Ring: rollout.Prod}, Advertisements: []*rollout.Advertisement{
				ad(1, rollout.Succeeded, october.Add(4*day), older), ad(2, rollout.NotApplicable, october.Add(day), older), by(ad(3, rollout.NotApplicable, october.Add(6*day), older)),
				ad(4, rollout.Failed, october.Add(4*day), older), ad(5, rollout.Excluded, october.Add(4*day), older)}},
			{Rollout: rollout.Rollout{ID: "R-2", Change: "CHG-1", Release: "oct", Ring: rollout.Rollback}, Advertisements: []*rollout.Advertisement{ad(1, rollout.Succeeded, october.Add(5*day), older)}},
			{Rollout: rollout.Rollout{ID: "R-3", Change: "CHG-2", Release: "nov", Ring: rollout.Pilot}, Advertisements: []*rollout.Advertisement{
				ad(4, rollout.Succeeded, november.Add(60*time.Hour), cumulative), ad(3, rollout.Running, november.Add(4*day), cumulative, dotnet)}},
		}}
}

// told gives the rows of a table as lines.
func told(t report.Table) string {
	_, rows := t.Words()
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return strings.Join(lines, "\n")
}

// Handbook 9: voluntary against enforced installations. Excluded servers and roll-backs are none; who was planned and not reached is open.
func TestInstallsTellVoluntaryFromEnforced(t *testing.T) {
	list := twoMonths().Installations()
	for by, want := range map[report.GroupBy]string{
		//                 due | installed % | enforced | voluntary | by hand | voluntary % | ended without | open | restarts
		report.ByRelease: "oct | 4 | 75.0 | 1 | 1 | 1 | 33.3 | 1 | 0 | 2\nnov | 3 | 33.3 | 1 | 0 | 0 | 0.0 | 0 | 2 | 2\nall | 7 | 57.1 | 2 | 1 | 1 | 25.0 | 1 | 2 | 4",
		report.ByOwner:   "Payroll | 6 | 50.0 | 2 | 0 | 1 | 0.0 | 1 | 2 | 4\nWarehouse | 1 | 100.0 | 0 | 1 | 0 | 100.0 | 0 | 0 | 0\nall | 7 | 57.1 | 2 | 1 | 1 | 25.0 | 1 | 2 | 4",
	} {
		got := told(report.InstallTable(report.Installs(list, by), by))
		if got != want {
			t.Errorf("by %s:\n%s\nwant\n%s", by, got, want)
		}
	}
}

// Handbook 8 and 9: what was optional counts where somebody asked for it, as voluntary; where nobody did, the server was not to get it.
func TestOptionalUpdatesCountWhereSomebodyAsked(t *testing.T) {
	w := twoMonths()
	october := w.Runs[0].Advertisements
	for _, ad := range october {
		ad.Offer = rollout.Optional
	}
	october[0].Asked = &inventory.Signed{By: "their administrator"}
	w.Requests[1].Plan.Assignments[0].Offer = rollout.Optional // s00005, to which nothing was advertised yet
	got := told(report.InstallTable(report.Installs(w.Installations(), report.ByRelease), report.ByRelease))
	if want := "oct | 3 | 100.0 | 0 | 2 | 1 | 66.7 | 0 | 0 | 1\nnov | 2 | 50.0 | 1 | 0 | 0 | 0.0 | 0 | 1 | 2\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Handbook 9: time to patch against the deadline: from the release and from the approval to the proof, and what is open is in no median.
func TestTimeToPatchIsHeldAgainstTheDeadline(t *testing.T) {
	w := twoMonths()
	lines := w.TimesToPatch(w.Installations(), report.ByPriority)
	got := told(report.TimeTable(lines, report.ByPriority))
	// due | from release: median, p90 | from approval: median, p90 | in time % | in time | late | overdue | open. October: 4 days, 1 day and 6 days,
	// and the failed one when November's update, which replaces it, was proved: 30.5 days. From the authority's word, day 2, on, for an emergency.
	want := "Emergency | 4 | 4.0d | 30.5d | 4.0d | 28.5d | 50.0 | 2 | 2 | 0 | 0\n" +
		"High | 5 | 2.5d | 2.5d | 12.0h | 12.0h | 100.0 | 1 | 0 | 0 | 4\n" +
		"all | 9 | 4.0d | 30.5d | 2.0d | 28.5d | 60.0 | 3 | 2 | 0 | 4"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if lines[0].Later != 1 {
		t.Errorf("%d were proved by an update that replaces theirs, want 1", lines[0].Later)
	}
	w.At = released.Add(31 * day)
	if late := w.TimesToPatch(w.Installations(), report.ByPriority)[1]; late.Overdue != 4 || late.Open != 0 {
		t.Errorf("after the deadline %d are overdue and %d open, want 4 and 0", late.Overdue, late.Open)
	}
	if bySeverity := w.TimesToPatch(w.Installations(), report.BySeverity); bySeverity[0].Name != "Critical" || bySeverity[0].Due != 7 || bySeverity[1].Name != "Important" || bySeverity[1].Due != 2 {
		t.Errorf("by severity it is %+v", bySeverity)
	}
}

// Handbook 9: month over month, with what changed. A month is that of the bulletin where the servers stand.
func TestTheTrendComparesMonths(t *testing.T) {
	w := twoMonths()
	lines := w.Trend(w.Installations())
	if len(lines) != 2 || lines[0].Name != "2026-10" || lines[1].Name != "2026-11" || lines[0].InstalledChange != nil {
		t.Fatalf("the months are %+v", lines)
	}
	november := lines[1]
	if fmt.Sprintf("%.1f %.1f %.0f", *november.InstalledChange, *november.InTimeChange, *november.MedianChange) != "-41.7 50.0 -36" {
		t.Errorf("the changes are %.1f points installed, %.1f points in time, %.0f hours", *november.InstalledChange, *november.InTimeChange, *november.MedianChange)
	}
	if got := told(report.TrendTable(lines)); !strings.Contains(got, "2026-11 | 1 | 3 | 33.3 | down 41.7 | 0.0 | 2.5d | 2.5d | down 36.0h | 100.0 | up 50.0 | 0 | 2 | 0") {
		t.Errorf("it is told as\n%s", got)
	}
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	w.Zone, w.Bulletins[1].Released = zone, time.Date(2026, 10, 31, 12, 0, 0, 0, time.UTC) // 1 November there
	if months := w.Trend(w.Installations()); len(months) != 1 || months[0].Releases != 2 {
		t.Errorf("where it is November already the months are %+v", months)
	}
}

// Handbook 2 and 9: exceptions have author, reason and expiry; the report shows their age, the oldest first.
func TestExceptionsShowTheirAge(t *testing.T) {
	signed := func(age int, by string) inventory.Signed {
		return inventory.Signed{By: by, At: today.Add(-time.Duration(age) * day), Reason: "because"}
	}
	a := report.Allowed{At: today, Servers: []inventory.Server{aServer(1, "Windows Server 2019"), aServer(2, "Windows Server 2019")},
		Exemptions: []rollout.Exemption{{ID: "EX-1", Server: "s00001", From: "windows", Window: "W24", Until: today.Add(10 * day), Signed: signed(40, "k.osei")},
			{ID: "EX-2", Server: "s00002", From: "low", Until: today.Add(-day), Signed: signed(90, "k.osei")}},
		Baselines:   []inventory.Baseline{{Name: "2026Q3", Exemptions: inventory.Exceptions{"s00002": {Signed: signed(100, "m.silva"), Until: today.Add(60 * day)}}}},
		Collections: []inventory.Collection{{Name: "sql", Exclusions: inventory.Exceptions{"s00001": {Signed: signed(7, "m.silva")}}}},
		Changes: []approval.Change{{ID: "CHG-1", Release: "nov", State: approval.Approved, Exclusions: map[string]approval.Amendment{"s00009": {By: "=cmd", At: today, Reason: "+1"}}},
			{ID: "CHG-0", State: approval.Completed, Exclusions: map[string]approval.Amendment{"s00001": {By: "k.osei", At: today.Add(-200 * day)}}}}}
	list, totals := a.Exceptions()
	var order []string
	for _, x := range list {
		order = append(order, x.ID)
	}
	if want := []string{"2026Q3", "EX-1", "sql", "CHG-1", "CHG-0", "EX-2"}; !slices.Equal(order, want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
	if want := (report.ExceptionTotals{Holding: 4, Servers: 3, NoEnd: 2, Soon: 1, Oldest: 100, Median: 7, Ended: 2}); totals != want {
		t.Errorf("the totals are %+v, want %+v", totals, want)
	}
	if x := list[1]; x.Age != 40 || x.Left != 10 || x.Name != "SRV-1" || x.From != "the automatic windows; enforced in W24" {
		t.Errorf("the exemption is %+v", x)
	}
	var file strings.Builder
	if err := report.ExceptionTable(list, totals, time.UTC).WriteCSV(&file); err != nil {
		t.Fatal(err)
	}
	if line := "change,CHG-1,s00009,release nov,2026-11-15,0,,,holds,'=cmd,'+1\r\n"; !strings.Contains(file.String(), line) {
		t.Errorf("the spreadsheet lacks %q: a formula must not begin a value, and none is empty:\n%s", line, file.String())
	}
}

// A spreadsheet gets hours as numbers, in columns that name them; people get them as they say them.
func TestSpreadsheetsGetNumbers(t *testing.T) {
	w := twoMonths()
	table := report.TimeTable(w.TimesToPatch(w.Installations(), report.ByPriority), report.ByPriority)
	var file strings.Builder
	if err := table.WriteCSV(&file); err != nil {
		t.Fatal(err)
	}
	want := "PRIORITY,DUE,RELEASE MEDIAN (HOURS),RELEASE P90 (HOURS),APPROVAL MEDIAN (HOURS),APPROVAL P90 (HOURS),IN TIME %,IN TIME,LATE,OVERDUE,OPEN\r\nEmergency,4,96.00,732.00,"
	if !strings.HasPrefix(file.String(), want) {
		t.Errorf("it begins %.200s, want %s", file.String(), want)
	}
	if head, _ := table.Words(); slices.Contains(head, "RELEASE MEDIAN (HOURS)") {
		t.Errorf("people read %v", head)
	}
}

// Nothing about a percentage says "all" or "none" when it is not so.
func TestAPercentageIsNeverRoundedToAllOrNone(t *testing.T) {
	c := report.Compliance{Sites: []report.ComplianceLine{{Name: "nearly", Tally: report.Tally{Servers: 100_000, Compliant: 99_999, Missing: 1}},
		{Name: "hardly", Tally: report.Tally{Servers: 100_000, Compliant: 1, Missing: 99_999}}, {Name: "", Tally: report.Tally{Servers: 1, NotApplicable: 1}}}}
	_, rows := c.Table("site").Words()
	for i, want := range []string{"hardly 0.1", "nearly 99.9", "- -"} {
		if got := rows[i][0] + " " + rows[i][10]; got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
}
