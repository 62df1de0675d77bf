// Package spnego reads and writes the tokens that wrap a login when the client negotiates its mechanism (RFC 4178). The
// only mechanism on offer is NTLM; the package does not look into what it wraps.
//
// In flow tokens of the Authorization header, out flow tokens for WWW-Authenticate. Start reading at Parse.
package spnego
