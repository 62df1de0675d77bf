// Package overview is the first screen: what needs a person, where the month's updates and releases are in the cycle, where the servers stand
// with the updates of each severity, today's windows, what is late or due next, and the sweeps that run. It gives no commands; enter goes to
// what a line is about.
//
// In flow views. Compliance is the engine's measure (engine.View.Compliance), which takes milliseconds for a large fleet: it is asked for in a
// command, once a second at the most (desk.Asked), and the screen counts nothing itself. Start reading at Screen in screen.go.
package overview
