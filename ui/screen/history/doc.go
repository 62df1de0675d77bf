// Package history is the page with everything that the audit trail says of one server, newest first. It reads through
// engine.Console in a command, never while drawing.
package history
