// Package procedure is the screen of the month: its 31 tasks, the lead's checklist, and the same as a chart over time.
//
// In flow the view's procedure, computed by the engine; out go ticks with a note, skips and reopenings with a reason. Which task is
// overdue, by whom it may be ticked and what to do about it is said by engine/procedure: the screen decides nothing. Start reading at
// Screen in screen.go.
package procedure
