// Package changes shows one change request at a time: who decided what and when, objections, how its priority came about and the
// time left, updates, affected servers by environment and owner, the plan, the minimum tests, acceptance, what was taken out, and what the
// request states. The change authority, the board and the lead take its steps here (decision.go); a decision names the hash of the plan
// that its question showed, and a step that the engine would refuse says so before a reason is written. An emergency holds others back
// in hold.go. Pages of their own hold objections (objection.go), the priority with its criteria (priority.go), the matrix of
// acceptance (acceptance.go, trial.go), the release with its updates and its review (release.go), and the releases that have no change
// request yet (submit.go). What the request states is written in a form (describe.go).
//
// Start reading at Screen in screen.go, then the sections in sheet.go, scope.go and tested.go.
package changes
