// Package ntlm is the accepting half of NTLMv2: challenge, proof of the password, and the sealed session that follows
// ([MS-NLMP]). One Acceptor serves one connection.
//
// In flow the client's NEGOTIATE and AUTHENTICATE messages, out flow the CHALLENGE, then a Login with the Session that
// seals and unseals messages. The package knows no HTTP, no SPNEGO and no accounts: the password comes from a function.
// It accepts NTLMv2 only; NTLMv1 and anonymous logins are refused.
//
// Start reading at acceptor.go.
package ntlm
