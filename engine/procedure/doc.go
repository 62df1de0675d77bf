// Package procedure is the monthly procedure: 31 tasks around Patch Tuesday, what each is due, who does it, what completes it and what to
// do when it is overdue; the lead's checklist and the Gantt chart over them; reviews with their actions, the quarterly questionnaire and
// the outside sources.
//
// In flow dates, zones, maintenance windows and ticks; out come timetables and values that say where each task stands. Everything is a
// value or a pure function. The package does not know what the engine sees: the evidence that completes a task is found by the engine and
// comes in as a Tick. It knows no notices, no store, no screens and no clock but the time it is given.
//
// A Cycle is one run of the procedure: a month around its Patch Tuesday, or a change request of its own beside it. Its timetable is frozen in
// its record as instants and made anew, as an event, when a change request brings other windows. Times are local; where the local clocks are
// ahead of the vendor's, tasks 10 to 20 keep their distance from the release at 10:00 Pacific. No task is due before one that it builds on.
// The pilot's check (16) and the end of Dev (21) are due no earlier than their windows close; acceptance (22, 24) when the plan says so. With
// several Prod windows progress (27) is due daily at 10:00 and for the last time two hours after the last closing, the status report (28) daily, and 29 to 31 count from
// the day of that closing. A folded cycle (an emergency, a demonstration) has the same tasks on the timeline of its windows: what the table
// has between two fixed points keeps its place between them in proportion, and people still have their days after the closing. A month that
// begins late squeezes what was missed into the time until its next fixed point.
//
// The month's tasks:
//
//	#   due                  who                               completes    builds on
//	1   day -5 11:00         vendor contact                    by hand
//	2   day -5 12:00         lead                              with 1       1
//	3   day -5 13:00         lead                              engine       1
//	4   day -5 14:00         lead                              engine       3
//	5   day -5 17:00         lead                              engine       4
//	6   day -5 17:00         lead                              engine       1
//	7   day -5 17:00         change authority                  engine       4
//	8   day -5 to -1 17:00   application support               by hand      5
//	9   day -5 to -1 17:00   security                          by hand      5
//	10  day +0 11:00         vendor contact                    engine
//	11  day +0 11:30         lead                              with 10      10
//	12  day +0 14:00         lead                              engine       10
//	13  day +0 14:00         lead                              engine       12
//	14  day +0 14:00         lead                              engine       10
//	15  day +0 14:00         lead                              engine       14
//	16  day +0 14:00         lead                              engine       7 12
//	17  day +0 15:00         lead                              engine       12
//	18  day +0 16:00         lead                              engine       7 17
//	19  day +0 17:00         lead                              engine       10
//	20  day +0 17:00         lead                              engine       17 18
//	21  day +1 08:00         lead                              engine       20
//	22  day +1 to +2 17:00   application support               by hand      21
//	23  day +1 to +3 17:00   lead                              engine       21
//	24  day +2 17:00         patch administrator               engine       22
//	25  day +3 09:00         patch administrator               engine       24
//	26  first opening        engine                            engine       25
//	27  daily 10:00, closing lead                              engine       26
//	28  daily 10:00          patch administrator               engine       26
//	29  close +1 17:00       lead                              by hand      27
//	30  close +2 to +4 17:00 everybody but the vendor contact  by hand      29
//	31  close +4 17:00       technical writer                  by hand      30
//
// A task goes from state to state:
//
//	waiting  -> open     time              what it builds on is due, or its span begins
//	open     -> overdue  time     overdue  past its deadline: the trail says what to do, and who is told
//	waiting  -> done     engine   done     the engine saw what completes it, ahead of its time
//	open     -> done     engine   done     the engine saw what completes it
//	overdue  -> done     engine   done     late, but the engine saw it
//	open     -> waiting  engine   done     this time is done; a task that repeats waits for its next
//	overdue  -> waiting  engine   done     late, but this time is done; a task that repeats waits for its next
//	waiting  -> done     person   done     ticked with a note, ahead of its time
//	open     -> done     person   done     ticked with a note
//	overdue  -> done     person   done     late, ticked with a note
//	open     -> waiting  person   done     this time is done; a task that repeats waits for its next
//	overdue  -> waiting  person   done     late, but this time is done; a task that repeats waits for its next
//	waiting  -> skipped  person   skip     not needed this month, with a reason
//	open     -> skipped  person   skip     not needed this month, with a reason
//	overdue  -> skipped  person   skip     given up, with a reason
//	done     -> waiting  person   reopen   a tick undone, with a reason; the engine leaves the task to people from then on
//	done     -> open     person   reopen   the same, with its time come
//	done     -> overdue  person   reopen   the same, past the deadline
//	skipped  -> waiting  person   reopen   needed after all
//	skipped  -> open     person   reopen   needed after all, with its time come
//	skipped  -> overdue  person   reopen   needed after all, past the deadline
//	waiting  -> open     person   reopen   a task that repeats: its newest time is undone
//	waiting  -> overdue  person   reopen   the same, past that deadline
//	open     -> overdue  person   reopen   the same, past that deadline
//	waiting  -> open     windows           the windows moved, and the deadline with them
//	waiting  -> overdue  windows           the windows moved, and the deadline with them into the past
//	open     -> waiting  windows           the windows moved, and the deadline with them
//	open     -> overdue  windows           the windows moved, and the deadline with them into the past
//	overdue  -> waiting  windows           the windows moved, and the deadline with them
//	overdue  -> open     windows           the windows moved, and the deadline with them
//	waiting  -> done     windows           the windows moved: the times that were answered are all there are
//	open     -> done     windows           the windows moved: the times that were answered are all there are
//	overdue  -> done     windows           the windows moved: the times that were answered are all there are
//	done     -> waiting  windows           the windows moved: a task that repeats has more times than were answered
//	done     -> open     windows           the same, with the time come
//	done     -> overdue  windows           the same, past the deadline
//
// An action of a review:
//
//	open     -> overdue  time              its day is over; it stands among what waits for people
//	open     -> open     engine   carry    a new month begins: it is carried forward
//	overdue  -> overdue  engine   carry    a new month begins: it is carried forward
//	open     -> done     person   finish   done, with a note
//	overdue  -> done     person   finish   done late, with a note
//
// Start reading at Tasks in task.go, Timetable in timetable.go, then Cycle in cycle.go.
package procedure
