// Package transport carries messages to one WinRM endpoint and back: one TCP connection, one login on it, requests in
// series.
//
// In flow a Config (address, way of authentication, account, limits) and the bytes of a message; out flow the bytes of
// the reply or an *Error whose Kind says what kept it. It knows nothing of SOAP, shells, scripts or whose password it
// carries. Start with dial.go (how a connection comes to be), then connection.go (one request) and reply.go (what came
// back), then ntlm.go, kerberos.go, sealing.go and session.go.
//
// HTTP is written and read here instead of by net/http: a connection is pinned and serves one request at a time, so there is
// nothing to pool, to retry or to redirect. The reader is fuzzed beside net/http (FuzzReply): what both read, both read alike.
// It takes fewer spellings: no folded lines, no transfer coding but chunked, no reply with two lengths.
//
// Rules kept here:
//
//   - Never weaker than configured: NTLM and Kerberos over plain HTTP seal every message and refuse a server that will not;
//     with Kerberos the server proves itself too; Basic and certificates of ours are refused outside verified TLS; nothing
//     falls back; no proxy is taken from the environment; redirects are errors.
//   - Everything is limited: connecting by Connect, each request with its whole reply by Read, a reply by MaxReply, and all
//     of it by the context. When the context ends the call returns at once and the connection is useless from then on.
//   - A connection is pinned: the login and the sealing keys belong to it, so a request never moves to another one.
//   - A password is tried once per connection, under the control of Config.Admit.
//
// # To check on a real host
//
//   - The login POSTs have no body; the request follows when the login is done (as pywinrm does it).
//   - Messages sealed by Kerberos are named HTTP-Kerberos-session-encrypted under "Negotiate" (as pywinrm does it), and the
//     login holds for the whole connection.
//   - Raw NTLM tokens under "Negotiate" are accepted without SPNEGO around them.
//   - Channel bindings satisfy CbtHardeningLevel=Strict over HTTPS.
//   - A certificate of ours is asked for by renegotiation of TLS 1.2, once, in the first request; the reply to one that no
//     account is mapped to is 401.
package transport
