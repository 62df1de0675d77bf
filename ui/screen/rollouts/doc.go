// Package rollouts is the live advertisement status grid: every server of a rollout as one cell, by window and site, with the counts
// that add up to the targeted servers, the rate, the forecast and the stop rule's score above it, and what is known of the
// cell under the cursor beside it. The same servers are also shown as a table and by error code; v goes round.
//
// In flow views; out go pause, halt, resume, retry, skip and exclude, each after a question that names the servers. A command carries the
// ids that its question showed. Positions follow the view's cells and are never re-sorted; the cursor belongs to an
// advertisement's id.
//
// Start reading at Screen in screen.go; grid.go turns cells into strips, action.go holds the questions.
package rollouts
