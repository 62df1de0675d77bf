// Package servers is the inventory: every server in one table that draws only what is seen, narrowed by a collection and by a filter of
// plain words or an expression; a page for each server; the exclusions of a collection; the audits side by side; the baselines; the findings.
//
// In flow the desk's views; out go commands about the chosen servers: the marked ones, or else the one under the cursor. What takes a walk
// over all servers with an expression (narrow.go), or works out where they stand (baseline.go), runs beside the session's loop, one at a
// time; its answer comes as a message. The engine decides everything: no rule about servers stands here.
//
// Start reading at Screen in screen.go, then query.go and completion.go for what a person types, and column.go for the columns.
package servers
