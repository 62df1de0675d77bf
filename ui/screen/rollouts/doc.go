// Package rollouts is the live advertisement status grid: every server of a rollout as one cell, by window and site, with the counts
// that add up to the targeted servers, the rate, the forecast and the stop rule's score above it, and what is known of the
// cell under the cursor beside it. The same servers are also shown as a table, by update and by error code; v goes round. E lays the rollout
// out for a bad night (emergency), P shows its past (replay). Under grid and table stand the charts of the window at hand where there is room;
// c gives their room to the servers. A small terminal has the last hour's rate as a row beside its number.
//
// In flow views, and the log of the job on the server under the cursor, read when the cursor has come to rest and the engine heard
// something newer (log.go); out go pause, halt, resume, retry, skip, exclude, include, force, done by hand and broken locks, each after a question
// that names the servers, and what takes back one's own last action (desk/undo.go). A command carries the
// ids that its question showed. Positions follow the view's cells and are never re-sorted; the cursor belongs to an
// advertisement's id.
//
// Start reading at Screen in screen.go; grid.go turns cells into strips, action.go holds the questions.
package rollouts
