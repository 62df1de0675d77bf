// Package trail is the audit trail: what an entry says, how entries are chained, and how anybody checks that none was
// changed, dropped or added. It knows neither the store nor the engine: entries go in as values and come out as lines.
//
// # Format
//
// An entry is one line of JSON in UTF-8, without a line break, stored and hashed exactly as it was written; nobody
// ever formats it again. Its members, in this order, empty ones left out:
//
//	v       format of the entry, 1
//	seq     1 for the first entry of a trail, then one more each time, without gaps
//	at      when, RFC 3339 in UTC
//	actor   who
//	roles   what the actor was entitled to at that time
//	via     how the actor came in: ssh, socket, engine
//	action  what was done
//	object  what it was done to
//	before  the value before
//	after   the value after
//	reason  why, in the actor's words
//	body    the event itself, any JSON
//	prev    the hash of the trail before this entry, 64 lower-case hex digits
//
// The hash of a trail is
//
//	h(0) = 32 zero bytes
//	h(n) = SHA-256( h(n-1) || line n )
//
// so the hash after the last entry (the head) vouches for every byte before it. A member that is unknown, spelled
// otherwise or given twice is refused: two readers must never understand one line differently.
//
// An export is the lines of a trail, each ended by a line feed, and one last line, the manifest:
//
//	{"manifest":"patchdeck audit trail 1","entries":3,"first":1,"last":3,"head":"9f86d0..."}
//
// first and last are sequence numbers (0 in an export without entries), head is the hash after the last entry. The
// manifest shows that an export was not cut off. It cannot show that somebody with the whole trail in hand wrote it
// all anew: for that, compare the head with one that was noted elsewhere (a ticket, a mail, a report).
//
// With sha256sum and a hex editor the chain can be checked without this program; VerifyExport is the same in Go.
//
// Start reading at head.go.
package trail
