// Package audit shows the newest entries of the audit trail, its head and hash, and one entry in full, from which a key goes to what it is
// about. It reads through engine.Console in commands, a page at a time; older pages come when the cursor reaches the last row. The
// filter looks at what was read so far, and says how much that is.
//
// The whole trail is looked through by the search (search.go; what can be asked stands in query.go) and checked by the verification
// (verify.go): both read a stretch of 20,000 entries a command, newest first and oldest first, with progress, until a person stops them or
// closes the page; neither the engine nor the keys wait. Of 1,000,000 entries, most are dismissed by their bytes alone: 0.4 us an entry
// where nothing matches, 2.7 us where one in five does, 6 us where only the time is asked (go test ./ui/screen/audit -run - -bench
// Search, two shared cores, entries in memory). export.go is how the
// trail leaves: by the command for where the person sits, or as a copy that the engine keeps on the console's machine and records.
package audit
