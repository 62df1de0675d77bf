// Package catalog is what the vendor says of a month's updates: it reads Microsoft's bulletin document and answers which
// update concerns which server.
//
// In flows a CVRF document, as XML or as JSON, from a file that somebody downloaded; it is treated as hostile. Out flows a
// Bulletin: one Update per KB that fixes at least one Windows Server product, with its severity, CVEs, restart behaviour,
// supersedence and the build that each product reaches with it. Relevant compares an update with what the inventory
// knows of a server, Superseded drops what a newer update of the same list replaces.
//
// The package must not know where documents come from, where bulletins are kept, who decides, or what the time is. Everything
// here is a function of its arguments.
//
// Start reading at Import in import.go: source.go reads bytes within bounds, xml.go and json.go turn them into the
// document of document.go, fold.go turns that into updates. relevance.go and supersedence.go stand alone.
//
// # To check on a real host
//
//   - A server that takes hotpatches reports a build below that of the month's cumulative update, and its agent does not
//     offer that update. Relevant then says "not applicable"; the hotpatch is the update that counts there.
//   - An installed update that waits for its restart is listed as installed while the build is still the old one.
package catalog
