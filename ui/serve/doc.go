// Package serve is the way in: consoles and commands over SSH, from the network by public key and from this machine through a
// unix socket.
//
// In flow connections; out flow a console for each session without a command (NewModel) and one run of the command tree for
// each session with one (Command). Who acts is known before either starts: from the network by the key that signed, on the
// socket by the credentials that the kernel gives for the peer. SSH's "none" is accepted only there. Identify and Local
// answer for an identity whenever they are asked, so a session opened later on the same connection, and Recheck, see the
// users as they are then.
//
// wish keeps the connections; sessions are our own, because its middleware spins when a terminal closes under a shared
// connection, asks terminals questions whose answers arrive as key presses, and bounds nothing. Requests that are not
// listed in request.go are refused: no forwarding, no agent, no subsystem, and of the environment only what a terminal
// needs.
//
// Where a person is in the console is kept for an hour after their session (place.go): a model says it through Visitor.Keep and gets it
// back as Visitor.Place. Leaving it on purpose, or breaking it, begins anew.
//
// The package must not know what a screen or a verb does, nor the store, nor where users are kept. Losing a session
// stops nothing but the session: rollouts belong to the engine.
//
// Measured on two cores, with both ends of every connection in the process: the live grid of a fleet of 10,000 on 120 by 36, ten views a
// second. Commands:
//
//	go test ./ui/serve -run - -bench Sessions -benchtime 4x        (a round is a second)
//	go test ./ui/serve -run - -bench KeyToScreen -benchtime 200x   (400 key presses)
//
//	                                  1 console   50 consoles
//	idle, of a core                       1.4 %         8.0 %   budget 1.5 % for one
//	10 reports a second, of a core        4.1 %          16 %
//	1,000 reports a second, of a core     4.8 %          22 %
//	bytes a console, 10 reports/s      3.6 KB/s      3.2 KB/s   budget 20 KB/s
//	bytes a console, 1,000 reports/s   4.4 KB/s      4.6 KB/s
//	memory a console                                  0.4 MB
//	key to screen, p50                     9 ms          8 ms
//	key to screen, p99                    18 ms         18 ms   budget 50 ms
//
// On cores that others load with seven times what they can do, the p99 of 50 consoles was 44 to 112 ms. The views come from a stand-in for
// the engine, which costs no processor time for deciding and writing.
//
// Profiles of 50 consoles led here: an index of names that each console had of the whole inventory is the view's (heap a console 0.94 MB,
// now 0.27 MB, with both ends of its connection); strips are laid out once and not for each view, and the table is narrowed only while it
// is shown; consoles that were held up together no longer draw together from then on (ui/screen, awaitView).
//
// Start reading at Server in server.go; door.go is one connection, session.go one session, console.go and run.go what
// runs in it, attach.go the client's side of the socket.
package serve
