// Package updates shows the bulletins and their updates: how severe, exploited or not, restart, how many servers miss each or have it, and
// whether somebody decided that it matters here. The counts of the table come from the servers' own scans and builds, as far as they are
// known; the page of one update judges it on every server (engine.View.Look), beside the session's loop. People decide relevance, and the
// lead creates a release of what is shown, or marked, and missing somewhere.
//
// Start reading at Screen in screen.go, then page.go.
package updates
