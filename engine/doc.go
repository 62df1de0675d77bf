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
// Who may give a command stands in the same table, also what is limited to a person's own servers or applications (rights.go); RIGHTS.md is
// written from it.
//
// What is seen of a server is judged in the same step (judge.go): its findings open and close with the facts, the scan or the trouble
// that shows them; a sweep of facts that ends is an audit (audit.go). estate.go names what the inventory remembers beside its servers.
//
// A rollout is played by its plan with the windows that people added to it (planOf in retry.go). What holds one back is asked in gate.go, with
// the commands that end it; advice_test.go types each of them.
//
// Which numbers rollouts are led by is configured (rollout.Settings); policy.go writes every change of them into the trail when an engine starts.
//
// Servers of a site may wait for its content (site.go): Scene.Awaits says so to staging, admission and the windows' ends alike.
//
// The month leads itself (look_procedure.go): cycles begin, follow the windows of change requests, and their tasks are completed by what
// evidence.go sees; a noun that sees more adds to its table. A look at it walks over no server.
//
// Who stays behind a release past its deadline climbs a ladder: ladder.go writes its notices, escalation.go records its last two measures (the
// account disabled, the server isolated), which people ask for, approve, take and lift; the engine touches no account and no network.
//
// How the window at hand goes, against its plan and its forecast, is a Track (track.go) of the view: the first reader that asks works it out.
//
// What was is told from the trail alone: Replay (replay.go) folds one rollout's entries to any instant; Undo (undo.go) says what a person may still
// take back. JobLog (job_log.go) is the one reading of a host beside Facts that a console asks for; neither goes through the loop.
//
// A turn of the loop costs what changed, not what there is. index.go keeps what follows from the records (accounts, locks, who works) with
// every record that is put; contact.go keeps the conversations and who is silent; both say what changed. docket.go gathers that, agenda.go knows
// when time changes something, so that look.go walks over those alone; admit.go decides anew only when something that it depends on did; send.go
// takes the calls from a queue. board.go and shelf.go keep what views share and copy a list when something in it changed. CheckIndexes
// (index_test.go) compares all of it with what is computed from the records alone, at the end of every night and at every crash of one.
//
// Start reading at Engine.Run in engine.go; then decide.go (people), hear.go (hosts), look.go (time), send.go (calls), event_table.go
// (everything that can happen), make_view.go (what readers see).
//
// # Measured
//
// On two cores with nothing else to do; sizes are flags, and smaller without them.
//
//	a full cycle of 10,000 servers over 24 windows in virtual time, played twice with the same trail: 54 s each
//	    go test ./engine -v -run FullRollout -scale.servers 10000
//	events a second with synced writes, JSON and chain: 52,000 for 256 callers, 2,700 with a transaction for each (19 times; fails below 5)
//	    go test ./engine -v -run ManyCallers
//	start-up with 10,000 servers and 1,000,000 audit entries: 0.5 s to the first view, 0.2 s of it for the store; 1.0 to 1.6 s while four
//	times as much as two cores can do was under way
//	    go test ./engine -v -run NewProcess -start.servers 10000 -start.entries 1000000
//	10,000 servers killed 50 times on a real store: nobody installed twice or forgotten, no answered command lost; 154 s, 170 s of
//	processor time, and the same in ten minutes beside other work
//	    go test ./engine -v -run KilledAgain -kills.servers 10000 -kills.count 50
//	1,000 random nights of 50 servers, 888 of them with a crash, one in 25 played twice: 29 s; a failure names the seed for -seed
//	    go test ./engine -v -run RandomNights -nights 1000
//	100,000 of them take 50 minutes; seeds 1,001 to 22,000 were played in pieces, and what three of them found is mended
//	    go test ./engine -v -run RandomNights -nights 1000 -nights.first 1001 -timeout 3h
//	where 10,000 servers stand with a year of updates: some 100 ms for the first reader of a view, 5 ms after a server changed
//	    go test ./engine -run - -bench ComplianceOf
package engine
