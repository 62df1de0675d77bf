// Package command is the tree of commands: the same words on a shell of this machine and behind "ssh console".
//
// In flow the words of one call, its three streams and an Environment that says who calls and how to reach an engine; out flow
// tables or JSON lines on standard output, one line of error on standard error, and an exit code. A tree is built for each
// call and thrown away after it, so two sessions never share one.
//
// A verb either runs here, on the engine.Console that Environment.Open gives, or is handed as it is to the process that
// holds the store (Environment.Forward). Files named in a command are opened on the side of the person who named them;
// over SSH there is only "-". What a console prints of the data of others is stripped of everything that could command
// a terminal.
//
// The package must not know the store, the road to the servers, or how a daemon is found. It decides nothing: the engine
// checks roles and rules.
//
// Start reading at New in root.go and at verb in verb.go; each noun has a file of its own.
package command
