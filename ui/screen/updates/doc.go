// Package updates shows the bulletins and their updates: how severe, exploited or not, restart, and how many servers miss each or
// have it. The counts come from the servers' own scans and builds, as far as they are known. Enter opens one update.
// The lead creates a release of what is shown and missing somewhere: the filter narrows it.
package updates
