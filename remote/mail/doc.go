// Package mail hands notices to a mail server by SMTP.
//
// In flows one copy of a notice (notice.Message) and how to reach the server (Options); out comes nil when the server took the copy, or a
// *notice.Trouble that says what kind of trouble it is: this addressee or text is refused for good or for now, the server itself cannot be
// used now, or the connection broke after the whole text was handed over, so that nobody knows whether it was taken. What is wrong with
// the server or the account (no TLS, a certificate, a password) is never held against a copy: all copies wait until it is mended.
//
// Every attempt at one copy carries the same Message-ID and the same Date, so that mail systems recognise a second one. Texts are plain;
// headers are set by the library from values without line breaks. The password is never sent without TLS, and TLS is not given up when
// the server does not offer it.
//
// The package must not know when something is sent, how often, or what becomes of it. Start reading at Sender.Post in sender.go.
//
// # To check on a real host
//
//   - Exchange relays that take mail without an account by address: tls starttls without a user works there when the relay has a
//     certificate that is trusted.
//   - Servers that answer 5xx to MAIL FROM for a time (a sender that is not allowed yet) keep all copies waiting here, by intention.
package mail
