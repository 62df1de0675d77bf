// Package remote reaches Windows servers over WinRM, without an agent on them: it implements engine.Fleet.
//
// In flow targets, orders and credentials by name; out flow typed facts, jobs, restarts and verifications, or a
// *rollout.Failure in words for an operator. The way of a call: fleet.go (which host, whose turn, which limits), reach.go
// (whether it is worth a try), process.go (whose process runs it), host.go (connection, shell, input and output), script.go (what is sent,
// whose answer it is), then facts.go, job.go, restart.go and verify.go (what of the answer is believable). Messages live in
// the package soap, connections and logins in transport, tickets of a domain in kerberos, passwords in
// secret. Start with fleet.go.
//
// The package knows no release, window or advertisement, keeps nothing on disk and decides nothing: it asks once and says
// what it heard. It builds no script from data and runs no command line but the bootstrap of assets/scripts.
//
// # What callers can rely on
//
//   - A call returns by the end of its context, whatever the server does; what it started is cleaned up behind its back.
//   - A call that changes something has a process of its own, which reads its input to the end before it does anything: nothing
//     has happened until the last piece of input was sent. Before that, a connection or shell that turns out to be stale is
//     replaced once. After that nothing is sent again: a call that loses its answer fails with class network and code
//     PD-OUTCOME-UNKNOWN (class protocol when there was an answer, but not a believable one), and the host must be asked.
//   - Calls that only read share a process that is kept with the shell (process.go): two requests each. One that finds
//     connection, shell or process of before gone asks once more.
//   - A server or site that gives no sign of life costs its next callers nothing: their calls fail at once with class network
//     and code PD-HOST-DOWN or PD-SITE-DOWN, one call after each pause finds out, and one answer ends it. A server that
//     restarts on our order is not held back (reach.go).
//   - A wrong password costs one failed logon per server, three servers in a row cost no more, and until some server has
//     accepted a password only one at a time is asked (account.go).
//   - Text of servers holds no control characters and no terminal sequences, and is short.
//
// # What it costs
//
// Measured on two shared cores with the servers in another process on the same cores, message sealing on, 31 KB sent and
// 7 KB received a command. Ratios are of one run; times vary with what else the machine does.
//
//	go test -run - -bench 'Command|Waiting|Together' -benchtime 2s ./remote
//	    one command on a warm host, 32 at once      0.38 to 0.45 ms of our processor time
//	    four bare HTTP POSTs of the same bytes      0.13 to 0.15 ms: a ratio of 2.7 to 3.2 (budget 4)
//	    a server with a command under way           31 to 34 KB of heap and stack, one goroutine (budget 40)
//	    200 cold servers that take 1 s each         1.3 s (budget 1.5)
//
//	go test ./remote -run SweepOfAFleet -sweep 10000 -v
//	    facts of 10,000 servers never asked before  16 s, none lost; 7.6 s of our processor time, 8.4 s of the simulator's;
//	                                                at most 4,112 connections; the simulator held 250 MB
//
//	go test -run - -bench BesideTheLibrary -benchtime 4000x ./remote
//	    the library, 256 sessions, NTLM inside TLS  424 to 982 commands/s, 1.4 to 1.7 ms of processor time each
//	    the library's own sealing, 256 sessions     takes its process down
//	    the library's own sealing, 32 sessions      no command gets through: see below
//	    ours, 256 sessions, sealed                  1,000 to 2,340 commands/s, 0.41 to 0.46 ms each: 2.3 to 2.5 times as many,
//	                                                3.5 times by our processor time
//
// The fivefold of the library that we want is not reached. A third of our time goes to sealing and opening what travels: of
// the 31 KB a command, 17 are the script and its parameters in base64 and 7 the bootstrap's command line. Compressed,
// the 17 would be about 8; how much faster that is has not been measured.
//
// # To check on a real host
//
//   - Two requests a question on a warm host, Send and Receive: input reaches the process without the end of its input, and
//     Receive gives its output while it runs. Four a change: Command, Send, Receive, Signal.
//   - What a powershell.exe costs a server that waits for up to IdleLimit (90 s) after the last question: some 60 MB.
//   - What an empty request gets on a connection that is logged in: the simulated servers say 200, with which the library's
//     own sealing cannot go on; a server with which it works must say 401.
//   - rsp:IdleTimeOut is honoured, and a shell outlives the connection that made it.
//   - Which code a Receive ends with when the server shuts down: 995, an empty 500, or a reset.
//   - How long a freshly started server refuses good passwords; account.go waits a minute after the first refusal.
package remote
