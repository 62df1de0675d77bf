// Package remote reaches Windows servers over WinRM, without an agent on them: it implements engine.Fleet.
//
// In flow targets, orders and credentials by name; out flow typed facts, jobs, restarts and verifications, or a
// *rollout.Failure in words for an operator. The way of a call: fleet.go (which host, whose turn, which limits), reach.go
// (whether it is worth a try), host.go (connection, shell, one command with input and output), script.go (what is sent,
// whose answer it is), then facts.go, job.go, restart.go and verify.go (what of the answer is believable). Messages live in
// the package soap, connections and logins in transport, passwords in secret. Start with fleet.go.
//
// The package knows no release, window or advertisement, keeps nothing on disk and decides nothing: it asks once and says
// what it heard. It builds no script from data and runs no command line but the bootstrap of assets/scripts.
//
// # What callers can rely on
//
//   - A call returns by the end of its context, whatever the server does; what it started is cleaned up behind its back.
//   - A command reads its input to the end before it does anything, so nothing has happened until the last piece of input
//     was sent. Before that, a connection or shell that turns out to be stale is replaced once. After that nothing is sent
//     again: a call that changes something and loses its answer fails with class network and code PD-OUTCOME-UNKNOWN
//     (class protocol when there was an answer, but not a believable one), and the host must be asked.
//   - A server or site that gives no sign of life costs its next callers nothing: their calls fail at once with class network
//     and code PD-HOST-DOWN or PD-SITE-DOWN, one call after each pause finds out, and one answer ends it. A server that
//     restarts on our order is not held back (reach.go).
//   - A wrong password costs one failed logon per server, three servers in a row cost no more, and until some server has
//     accepted a password only one at a time is asked (account.go).
//   - Text of servers holds no control characters and no terminal sequences, and is short.
//
// # What it costs
//
// Measured on two shared cores with the servers in another process, message sealing on, 30 KB sent and 7 KB received a
// command (go test -run - -bench . -benchtime 2s ./remote):
//
//	one command on a warm host, 32 at once      0.38 to 0.44 ms of our processor time
//	four bare HTTP POSTs of the same bytes      0.13 to 0.14 ms: a ratio of 2.7 to 3.2
//	facts of 1,000 servers never asked before   1.5 to 2.2 s, 0.65 to 0.72 ms of our processor time a server, none lost
//	a server with a command under way           34 KB of heap and stack, one goroutine
//
// # To check on a real host
//
//   - Four requests a command on a warm host: Command, Send, Receive, Signal.
//   - rsp:IdleTimeOut is honoured, and a shell outlives the connection that made it.
//   - Which code a Receive ends with when the server shuts down: 995, an empty 500, or a reset.
//   - How long a freshly started server refuses good passwords; account.go waits a minute after the first refusal.
package remote
