// Package assets is what the binary carries in itself: the PowerShell scripts that run on a server, what the error codes of
// Windows mean to an operator, and the data of the demo.
//
// In flows nothing: everything is embedded when the binary is built, and read-only. Out flow texts with their version and
// hash. A script's text is never changed or put together from data; what differs from call to call is JSON that bootstrap
// reads from standard input (scripts/README.md is the contract of both sides).
//
// The package must not know who runs a script, over what, or what an answer means. It imports nothing of this project.
//
// Start reading at scripts/README.md, then assets.go, then scripts/bootstrap.ps1.
package assets
