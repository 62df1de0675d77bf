// Package approval holds what people decide: releases, change requests, their priorities and approvals, and the roles that
// may take each decision.
//
// In flow a person's command and the time; out come events, or an error that says which rule forbids it. A release and a
// change request are plain values: Decide functions answer with events, Apply folds an event into the value. The package
// knows no servers beyond their ids, no store and no clock. Start reading at Change in change.go; the table of its
// states is Transitions.
package approval
