// Package store keeps the records of the engine and the audit trail on a disk, with Badger. In come batches
// (engine.Batch), out go records and raw entries as they were written; what they mean is not known here, nor is
// anything of servers, releases or people. An acknowledged batch survives kill -9 and, on Linux, a power cut; it is
// there whole or not at all, whatever its size; and a store that lost or changed something says so instead of opening.
//
// Start reading at open.go, which goes through all safeguards in order, then commit.go and chunks.go. What every
// implementation of engine.Store has in common is in store/batch and store/storetest.
//
// # The folder
//
// A store owns its folder, which is readable for its owner alone:
//
//	pid            locked while a process has the store open, and says which one (lock.go)
//	identity.json  {"format":1,"store":"<32 hex digits>"}; creating.json until the new store is whole (identity.go)
//	anchor         the head of the trail, written and synced apart from the database (anchor.go)
//	ballast        room to start again on a full disk, when asked for (space.go)
//	badger/        the database
//
// # Keys
//
//	m/format               format of this layout and id of the store, JSON; a newer one is refused
//	m/head                 sequence number (8 bytes, big endian) and hash of the trail's last entry
//	m/redo                 the last batch that was written in chunks, JSON (chunks.go)
//	a/<seq, 8 bytes>       an audit entry exactly as hashed; numbers are big endian everywhere
//	r/<kind>\x00<id>       a record; an empty value is a removed one
//	x/<set, 8><number, 4>  a chunk of a batch that is not applied yet
//
// # What Badger does not do
//
// It has no group commit: each synced transaction costs its own two flushes, so the engine merges what is waiting into
// one batch. It takes only so much in one transaction: chunks.go. It can lose the end of its log, a log file or its
// manifest without a word: the anchor and the checks before opening find that. It panics on damaged tables in
// goroutines of its own: database.go verifies all tables first, which is why Badger itself is told not to. It dies of
// SIGBUS on a full disk: commits are refused before (WithMinFree; compaction was seen to take up to 131 MB beyond what
// is stored, in stores of up to 2 GB), and readers read in slices (read.go). A failed commit may be visible, and Close may hang
// after it: such a store only gives its *UnknownOutcome any more.
//
// The options are measured ones: no compression and no block cache (the only form in which damage can be found
// cleanly), small tables and few of them, values below 1 MiB so that the value log stays unused, and no Subscribe,
// expiry, or incremental backups.
//
// # Backup
//
// Backup writes one file while commits go on (its format: backup.go), VerifyBackup checks such a file without a store,
// Restore makes a new store from one. Badger's own backup is not used: it does not notice a flipped bit.
//
// # Speed
//
// go test ./store -run xxx -bench Commit (two shared cores, one run):
//
//	 1 event a commit     1,471 events/s
//	16 events a commit   30,642 events/s   21 times
//	64 events a commit   59,728 events/s   41 times
//	256 events a commit  68,407 events/s   47 times
//
// An event is two records of 200 bytes and their entry; each commit includes the anchor, whose own write and sync cost
// 0.1 ms of the 0.7 ms of the smallest (-bench Anchor). A store of 10,000 records and 1,000,000 entries opens in
// 0.15 s with all its checks; verifying the whole trail of it takes 7 s.
//
// # To check on a real host
//
// On Windows Badger's sync of a mapped file does nothing: a power cut there can lose the last batches. The anchor,
// which is synced by other means, then refuses the store. Run the daemon on Linux.
package store
