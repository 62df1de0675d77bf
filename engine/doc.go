// Package engine is the service: commands in, views out, and the loop that drives work on the servers.
//
// One goroutine, Engine.Run, owns the state. It drains commands (people) and reports (hosts) into a batch, decides, writes records
// and audit entries of the whole batch in one commit, answers, sends the calls that are owed to hosts, and publishes an immutable
// View. Nothing is answered, sent or shown before it is durable. What was ordered and has no outcome after a crash is asked of
// the host, never assumed: the conversation with a host (rollout.Contact) is not stored, and an empty one begins with a question.
//
// The decisions themselves live in the pure rooms below (inventory, catalog, approval, pilot, rollout, procedure, notice): values and functions without
// I/O, goroutines or a clock. An event is the body of an audit entry; folding all entries gives the records (fold_test.go).
//
// The engine reaches the world through small interfaces of its own: Store (records and trail), Fleet (hosts), Clock. It knows no
// Badger, no WinRM and no Bubble Tea. Consoles and commands use it through Console.
//
// A noun of the engine (servers, changes, rollouts, ...) brings its commands (offer), events (register), records (keep) and what it
// does by itself (noun.go) in files of its own; the loop knows them only through these tables.
//
// What is seen of a server is judged in the same step (judge.go): its findings open and close with the facts, the scan or the trouble
// that shows them; a sweep of facts that ends is an audit (audit.go). estate.go names what the inventory remembers beside its servers.
//
// The month leads itself (look_procedure.go): cycles begin, follow the windows of change requests, and their tasks are completed by what
// evidence.go sees; a noun that sees more adds to its table. A look at it walks over no server.
//
// What was is told from the trail alone: Replay (replay.go) folds one rollout's entries to any instant; Undo (undo.go) says what a person may still
// take back. JobLog (job_log.go) is the one reading of a host beside Facts that a console asks for; neither goes through the loop.
//
// Start reading at Engine.Run in engine.go; then decide.go (people), hear.go (hosts), look.go (time), send.go (calls), event_table.go
// (everything that can happen), make_view.go (what readers see).
package engine
