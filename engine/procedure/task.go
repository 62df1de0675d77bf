package procedure

import (
	"time"

	"patchdeck/engine/calendar"
)

// Task is one line of the monthly procedure.
type Task struct {
	Number int
	Who    Party
	Title  string
	Rule   Rule
	// Auto tells that the engine completes the task itself from what it sees.
	Auto bool
	// Escalates is the task whose absence makes this one necessary; when that one is finished, this one is.
	Escalates int
	// BuildsOn are the tasks that come before: this one is due no earlier.
	BuildsOn []int
	// Late is what to do when the task is overdue.
	Late string
}

// Rule says when a task is due.
type Rule struct {
	// From and By are days around day 0 with local times of day; without a span both are the same.
	From, By Moment
	// Distance from the release replaces By where local time is ahead of Pacific; 0 is none.
	Distance time.Duration
	// Counts is what the rule counts from.
	Counts Anchor
}

// Moment is a day, counted from day 0, and a local time of day.
type Moment struct {
	Day   int
	Clock calendar.Clock
}

// Anchor is what a due rule counts from.
type Anchor string

const (
	FromDayZero Anchor = "day 0"
	// AtOpening is the first opening of a Prod window.
	AtOpening Anchor = "first opening"
	// WhileOpen is each day on which Prod windows are open, and the closing of the last.
	WhileOpen Anchor = "daily and last closing"
	// DayAfter is each day after one with Prod windows.
	DayAfter Anchor = "daily"
	// FromClosing counts from the day on which the last Prod window closes; the table's days stand for a closing on day 5.
	FromClosing Anchor = "last closing"
)

// prodDay is the day of the table on which Prod is updated in a single window.
const prodDay = 5

func at(day, hour, minute int) Rule {
	m := Moment{day, calendar.ClockAt(hour, minute)}
	return Rule{From: m, By: m, Counts: FromDayZero}
}

func span(first, last, hour int) Rule {
	return Rule{From: Moment{first, 0}, By: Moment{last, calendar.ClockAt(hour, 0)}, Counts: FromDayZero}
}

func (r Rule) afterRelease(distance time.Duration) Rule { r.Distance = distance; return r }
func (r Rule) counting(from Anchor) Rule                { r.Counts = from; return r }

// Tasks is the monthly procedure: 31 tasks in the order of their numbers.
var Tasks = []Task{
	{Number: 1, Who: Vendor, Rule: at(-5, 11, 0), Title: "Advance notice: technologies and number of updates expected, contents subject to change",
		Late: "call the vendor contact (task 2), or read the vendor's advance information yourself; then tick this with what you learnt"},
	{Number: 2, Who: Lead, Rule: at(-5, 12, 0), Title: "No advance notice: call the vendor contact", Escalates: 1, BuildsOn: []int{1},
		Late: "call the vendor contact now and note who answered, or skip it with a reason: the vendor gives no advance notice this month"},
	{Number: 3, Who: Lead, Rule: at(-5, 13, 0), Title: "Check relevance against the inventory of applications", Auto: true, BuildsOn: []int{1},
		Late: "sweep the facts and make the release of the month, or note which technologies concern you"},
	{Number: 4, Who: Lead, Rule: at(-5, 14, 0), Title: "Submit the change request to the change authority", Auto: true, BuildsOn: []int{3},
		Late: "submit it: patchdeck change submit RELEASE"},
	{Number: 5, Who: Lead, Rule: at(-5, 17, 0), Title: "Heads-up notice to application support, technology owners and security: ask vendors about impact; objections by the board meeting",
		Auto: true, BuildsOn: []int{4}, Late: "send the heads-up now: the time for objections is running"},
	{Number: 6, Who: Lead, Rule: at(-5, 17, 0), Title: "Publish the advance notice", Auto: true, BuildsOn: []int{1},
		Late: "publish what is known, marked as subject to change"},
	{Number: 7, Who: Authority, Rule: at(-5, 17, 0), Title: "Authorise the change request", Auto: true, BuildsOn: []int{4},
		Late: "ask the change authority, then their secondary: without it the pilot stays locked"},
	{Number: 8, Who: Support, Rule: span(-5, -1, 17), Title: "Post availability issues, or report them at the board meeting", BuildsOn: []int{5},
		Late: "ask application support for issues at the board meeting"},
	{Number: 9, Who: Security, Rule: span(-5, -1, 17), Title: "Post changes of the threat level, or report them at the board meeting", BuildsOn: []int{5},
		Late: "ask security for the threat level at the board meeting"},
	{Number: 10, Who: Vendor, Rule: at(0, 11, 0).afterRelease(time.Hour), Title: "The bulletin arrives and is imported", Auto: true,
		Late: "fetch it from the vendor's site and import it: patchdeck catalog import FILE"},
	{Number: 11, Who: Lead, Rule: at(0, 11, 30).afterRelease(90 * time.Minute), Title: "No bulletin: call, or fetch it from the vendor's site", Escalates: 10, BuildsOn: []int{10},
		Late: "fetch the document from the vendor's own site, never from mail, and import it: patchdeck catalog import FILE"},
	{Number: 12, Who: Lead, Rule: at(0, 14, 0).afterRelease(4 * time.Hour), Title: "Evaluate the relevance to technology owners", Auto: true, BuildsOn: []int{10},
		Late: "scan the servers and make the release: patchdeck inventory scan, patchdeck release create"},
	{Number: 13, Who: Lead, Rule: at(0, 14, 0).afterRelease(4 * time.Hour), Title: "Notice of the update with restart expectations", Auto: true, BuildsOn: []int{12},
		Late: "send the update notice now: owners plan their restarts by it"},
	{Number: 14, Who: Lead, Rule: at(0, 14, 0).afterRelease(4 * time.Hour), Title: "Check client health", Auto: true, BuildsOn: []int{10},
		Late: "read the facts of all servers: patchdeck inventory sweep"},
	{Number: 15, Who: Lead, Rule: at(0, 14, 0).afterRelease(4 * time.Hour), Title: "Fix clients, record incidents", Auto: true, BuildsOn: []int{14},
		Late: "mend what the sweep could not read and sweep again, or note the incidents and tick this"},
	{Number: 16, Who: Lead, Rule: at(0, 14, 0).afterRelease(4 * time.Hour), Title: "Pilot: push to one no- or low-risk Dev server per OS, check the advertisement status", Auto: true, BuildsOn: []int{7, 12},
		Late: "look at the pilot's rollout: the change request must be authorised, and a pilot window open"},
	{Number: 17, Who: Lead, Rule: at(0, 15, 0).afterRelease(5 * time.Hour), Title: "Build the package for all Dev servers", Auto: true, BuildsOn: []int{12},
		Late: "submit the change request: its plan is the package for Dev and Prod"},
	{Number: 18, Who: Lead, Rule: at(0, 16, 0).afterRelease(6 * time.Hour), Title: "Present the change to the board", Auto: true, BuildsOn: []int{7, 17},
		Late: "bring the plan and the pilot's results before the board, and ask it to decide: patchdeck change show"},
	{Number: 19, Who: Lead, Rule: at(0, 17, 0).afterRelease(7 * time.Hour), Title: "Publish the link to the bulletin", Auto: true, BuildsOn: []int{10},
		Late: "publish the link where teams look for it"},
	{Number: 20, Who: Lead, Rule: at(0, 17, 0).afterRelease(7 * time.Hour), Title: "Advertise to Dev for the night", Auto: true, BuildsOn: []int{17, 18},
		Late: "the board's approval opens Dev: ask for it before the night"},
	{Number: 21, Who: Lead, Rule: at(1, 8, 0), Title: `"Dev complete" notice: list of updates; acceptance results due day +2 17:00; no response counts as no issues`, Auto: true, BuildsOn: []int{20},
		Late: "send the notice now: application support tests from it on"},
	{Number: 22, Who: Support, Rule: span(1, 2, 17), Title: "Acceptance tests; report the results", BuildsOn: []int{21},
		Late: "silence counts as no issues; what is found now is excluded or dropped"},
	{Number: 23, Who: Lead, Rule: span(1, 3, 17), Title: "Edit exclusions (also after the advertisement: they apply at execution)", Auto: true, BuildsOn: []int{21},
		Late: "patchdeck rollout exclude CHANGE SERVER works until the server starts"},
	{Number: 24, Who: Administrator, Rule: at(2, 17, 0), Title: "Drop updates that failed acceptance from the package", Auto: true, BuildsOn: []int{22},
		Late: "drop them (patchdeck release drop), exclude the servers, or record a workaround: Prod waits for it"},
	{Number: 25, Who: Administrator, Rule: at(3, 9, 0), Title: "Advertise to the Prod collection for its windows", Auto: true, BuildsOn: []int{24},
		Late: "Prod opens with the board's approval and the end of acceptance: ask for what is missing"},
	{Number: 26, Who: Engine, Rule: at(prodDay, 0, 1).counting(AtOpening), Title: "Prod executes the advertisement", Auto: true, BuildsOn: []int{25},
		Late: "the first window is open and nothing started: look at why servers wait, patchdeck rollout status"},
	{Number: 27, Who: Lead, Rule: at(prodDay, 2, 0).counting(WhileOpen), Title: `Progress daily; "Prod updated" notice when the last window closes`, Auto: true, BuildsOn: []int{26},
		Late: "send the notice now, with the counts of patchdeck rollout status"},
	{Number: 28, Who: Administrator, Rule: at(prodDay+1, 10, 0).counting(DayAfter), Title: "Rollout status report", Auto: true, BuildsOn: []int{26},
		Late: "write the report: patchdeck report FILE.html"},
	{Number: 29, Who: Lead, Rule: at(prodDay+1, 17, 0).counting(FromClosing), Title: "Update the incident and asset records", BuildsOn: []int{27},
		Late: "record what failed and what changed, server by server"},
	{Number: 30, Who: Everybody, Rule: span(prodDay+2, prodDay+4, 17).counting(FromClosing), Title: "Change review meeting", BuildsOn: []int{29},
		Late: "hold the review: patchdeck review hold MONTH"},
	{Number: 31, Who: Writer, Rule: at(prodDay+4, 17, 0).counting(FromClosing), Title: "Publish the meeting summary", BuildsOn: []int{30},
		Late: "publish the summary with the actions, their owners and dates"},
}

// TaskOf gives a task by its number; ok is false for a number that the procedure does not have.
func TaskOf(number int) (task Task, ok bool) {
	if number < 1 || number > len(Tasks) {
		return Task{}, false
	}
	return Tasks[number-1], true
}
