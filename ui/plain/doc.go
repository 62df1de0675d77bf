// Package plain is the console as lines of text: for screen readers, for terminals that cannot move their cursor, and for connections
// without a terminal. It draws nothing, sends no escape sequence, and says in words what has changed since the line before; what a
// person types is a command of the same tree that scripts use.
//
// In flow the engine's views and typed lines; out come lines and the words of a command (Options.Command runs them). News come at
// most once a second however fast the servers report, and a burst is said as a number with the first names. Failed and unreachable
// servers and what needs a person always come before counts.
//
// Start reading at Run in session.go; news.go decides what is worth a line.
package plain
