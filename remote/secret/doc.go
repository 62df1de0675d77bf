// Package secret reads passwords and keys from where they are kept: the configuration only says where.
//
// In flows a Reference (an environment variable, a file, or a command that prints the password) or the path of a file that
// is secret as a whole; out flows the secret or one sentence that says which reference failed and why, never what it held. It knows nothing of servers or accounts and
// keeps nothing. Start with reference.go.
package secret
