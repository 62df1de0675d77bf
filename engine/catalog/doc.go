// Package catalog is what the vendor says of a month's updates: it reads Microsoft's bulletin document and answers which
// update concerns which server.
//
// In flows a month's CVRF document, as XML or as JSON, or a CSAF advisory on one vulnerability, from a file that somebody downloaded; it is
// treated as hostile. Out flows a Bulletin: one Update per KB that fixes at least one Windows Server product, with its severity, CVEs,
// restart behaviour, supersedence and the build that each product reaches with it. An update that no bulletin names is described by hand
// (ManualUpdate), with inventory filters that say where it applies and where it is. A Judge compares an update with what the inventory knows
// of a server; Superseded drops what a newer update of the same list replaces, LineageOf says who replaces whom.
//
// What people record of an update stands in its Dossier: decisions on its relevance, threat changes, rules for classes of servers, known
// issues, source files with their signatures and the places where servers fetch them. The newest threat wins over the bulletin. A package that
// servers install by themselves has an Installer: the file that is run, what its exit codes mean, the Detection that proves it, what removes
// it. A Package is what a plan freezes of that, with the file's hash.
//
// The package must not know where documents come from, where bulletins are kept, who decides, how signatures are read, or what the time
// is. Everything here is a function of its arguments.
//
// Start reading at Import in import.go: source.go reads bytes within bounds, xml.go, json.go and csaf.go turn them into the document of
// document.go, fold.go turns that into updates. judge.go (over relevance.go), dossier.go, installer.go, detection.go, point.go, rule.go, kind.go, site.go and supersedence.go stand
// alone.
//
// # To check on a real host
//
//   - A server that takes hotpatches reports a build below that of the month's cumulative update, and its agent does not
//     offer that update. Relevant then says "not applicable"; the hotpatch is the update that counts there.
//   - The KB and the fixed build of an advisory are taken from texts ("<build>:<kind>:<address>", an address that ends with the KB), whose
//     form is known from one published advisory alone.
//   - An installed update that waits for its restart is listed as installed while the build is still the old one.
package catalog
