// Package secret reads passwords from where they are kept: the configuration only says where.
//
// In flows a Reference (an environment variable, a file, or a command that prints the password); out flows the password or
// one sentence that says which reference failed and why, never what it held. It knows nothing of servers or accounts and
// keeps nothing. Start with reference.go.
package secret
