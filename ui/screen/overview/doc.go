// Package overview is the first screen: what needs a person, the releases by phase, today's windows, where the fleet stands, and
// the sweeps that run. It gives no commands; enter goes to what a line is about.
package overview
