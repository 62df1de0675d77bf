// Package kerberos is the server's side of a Kerberos login: it checks a client's ticket with the keytab of the service,
// proves the service, and seals and unseals messages (RFC 4121) with AES.
//
// In flow the token of a client and sealed messages; out flow the token that answers it, who the client is, and messages. It
// keeps no list of tokens that it has seen, and compares no channel bindings. Start with service.go, then session.go.
package kerberos
