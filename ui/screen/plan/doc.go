// Package plan is the screen of the maintenance windows: a calendar of the days and windows of a change request's plan, with how many
// servers each takes, what has become of them, and what the approvers should know.
//
// In flow the view's change requests with their frozen plans, and the rollouts that run them. Nothing goes out: plans are made by
// submitting, and narrowed on the screens of changes and rollouts. What a plan lacks is said by the plan itself (its findings); the
// screen only counts. Counting is done once a plan, because a plan never changes. Start reading at Screen in screen.go.
package plan
