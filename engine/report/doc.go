// Package report tells how a night went: how many servers were patched and verified, what became of every other one and why,
// who decided what, why a stop rule halted the rollout, and what needs a person next. And it tells where the fleet stands with the
// updates of the catalogue (Compliance).
//
// In flow records (inventory, release, change request, plan, rollouts, advertisements) and the entries of the audit trail; they
// are read, never changed. Out come one value, Night, and from it the Summary that scripts read, a JSON document and a page of HTML
// that needs nothing but a browser. The same input gives the same bytes.
//
// # Counting
//
// Every server of the frozen plan counts once. Targeted servers are the succeeded, failed, unreachable, window missed and not
// started ones and, while the night lasts, the open ones: an installation was ordered and its end is not known. A server whose
// ring was never opened, or that was skipped, counts as not started. Excluded and not applicable servers stand outside, and so do
// servers that came into the inventory after the plan was frozen. Make holds the numbers against each other and gives no report
// that does not add up.
//
// # Compliance
//
// A Gauge holds the updates that count: no other replaces them, and nobody decided that they are not relevant. Every managed server has one
// Grade for each set of them (all, one severity, one phase of the cycle), by its newest evidence: its facts, its scan, or what a rollout proved
// since. The denominator of a percentage is whoever must have the updates, with the servers of which nothing, or nothing recent, is known;
// exempt servers and those to which nothing applies are outside. Each table says how many servers are unknown and how many are stale.
//
// # Installations
//
// An Installation is one release on one server that was to get it, with how it came (enforced by us, voluntarily by its administrator, by hand)
// and when that was proved. From their list follow Installs, TimesToPatch (each update on each server, since its publication and since its
// approval, against the deadline of the change request) and Trend. Percentiles are of the nearest rank. What is not proved is in no median; it
// is open, or overdue once the deadline has passed. An update counts as proved, too, when one that replaces it was.
//
// # Evidence
//
// Installed is what was read on a server, never what was hoped: a build at or above the one that the update brings, or the
// KB's presence. Where an installation was ordered and nothing was read after it, the report says that the update may be there.
//
// The package must not know the engine, the store, a network or the time; it does not decide anything. Strings from hosts
// and people are hostile: clean.go strips what could command a terminal or turn the reading direction, and the page escapes the rest.
//
// Start reading at Make in make.go; night.go is the document, account.go the counting, explain.go the sentences. For compliance begin with
// compliance.go, what is counted; gauge.go judges one server, measure.go counts all. installation.go is the list behind installs.go,
// time_to_patch.go and trend.go, exception.go the list of who need not have what; table.go shows each to people and to spreadsheets.
package report
