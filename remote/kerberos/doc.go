// Package kerberos proves an account to servers of a Windows domain and protects the messages that follow: tickets from the
// domain's key distribution centres (KDC), the two tokens of a login, and sealing.
//
// In flows an Account (user and realm, and a password, keytab or credential cache) and the name of a server; out flow a
// Ticket, the token that logs in with it, and the Session of a login that the server answered with proof of its own. Every
// failure is an *Error. The package knows neither HTTP nor WinRM and keeps nothing on disk. The protocol's messages and
// ciphers are those of github.com/jcmturner/gokrb5. Start with client.go (tickets), then login.go, then session.go.
//
// Rules kept here:
//
//   - AES only: a domain that answers with RC4 or DES is refused, whatever its ticket is good for.
//   - A server must prove itself (mutual authentication): without that there is no Session.
//   - One ticket for a server and its life time, one login for an account and five sixths of its life time. A KDC's refusal
//     of an account is remembered for Account.Hold and costs one failed logon, however many servers wait for it.
//   - KDCs are asked over TCP, each for at most 5 s to connect and 5 s for its answer, and callers leave when their context
//     ends. Nothing goes on when nobody asks: a login is renewed by logging in again, by whoever needs it next. That is why
//     the client of gokrb5 is not used: it renews in the background, takes any length for true, and proves a password with
//     whatever cipher an answer names.
//   - gokrb5 panics over some hostile bytes; here that is an *Error.
//
// # To check on a real host
//
//   - Windows continues the sequence numbers of the two tokens in sealed messages, and rotates them by 28 bytes.
//   - A token of Kerberos itself, without SPNEGO around it, is accepted under "Negotiate" and answered likewise.
//   - Channel bindings satisfy CbtHardeningLevel=Strict over HTTPS.
//   - Servers are known to the domain as HTTP/name.
package kerberos
