// Package status is the read-only page that a team opens to see its servers, and the numbers for a monitoring system.
//
// In flow the engine's views; out go HTML, a style sheet and metrics in Prometheus' text format. Nothing here takes a command: all
// methods but GET and HEAD are refused, and the handler holds a Viewer, which cannot give one. There is no login, so the page shows
// what every viewer may see (names, windows, statuses and reasons, never addresses, accounts or the audit trail) and the
// configuration decides where it listens. The page carries no script; it reloads itself, and a browser that has the newest one gets
// no body. A page is made at most once a view and filter, however many ask.
//
// Metrics are read from the newest view when they are asked for (client_golang's registry and text format): nothing is counted
// beside the engine, so nothing can disagree with it.
//
// Start reading at Handler in handler.go.
package status
