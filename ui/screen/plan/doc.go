// Package plan is the screen of the maintenance windows: a calendar of the days and windows of a change request's plan, with how many
// servers each takes, what has become of them, and what the approvers should know; under it the window at the cursor, what each window is
// expected to hold, and the release as a Gantt chart. v goes round where there is no room for all of them.
//
// In the calendar ! is trouble, * an open window, & members of one cluster that share the window, < a window that is not expected to finish
// its servers. In flow the view's change requests with their frozen plans, and the rollouts that run them. Nothing goes out: plans are made by
// submitting, and narrowed on the screens of changes and rollouts. What a plan lacks is said by the plan itself (its findings and clashes), what
// may be expected by the engine's forecast (engine.View.Outlooks), which takes up to a second for a large fleet and is asked for in a command
// (capacity.go); the screen only counts. Counting is done once a plan, because a plan never changes. Start reading at Screen in screen.go.
package plan
