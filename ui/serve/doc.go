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
// The package must not know what a screen or a verb does, nor the store, nor where users are kept. Losing a session
// stops nothing but the session: rollouts belong to the engine.
//
// Start reading at Server in server.go; door.go is one connection, session.go one session, console.go and run.go what
// runs in it, attach.go the client's side of the socket.
package serve
