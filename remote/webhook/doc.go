// Package webhook hands notices to other programs by an HTTP call that they can check.
//
// In flows one copy of a notice (notice.Message) and where it goes (Options); out comes nil when the receiver answered 2xx, or a
// *notice.Trouble that says whether to try again. The call is a POST of one JSON object (Body) with three headers, after the Standard
// Webhooks specification:
//
//	webhook-id         the copy's token, the same for every attempt: who has seen it has the notice
//	webhook-timestamp  seconds since 1970 of this attempt: who finds it older than some minutes refuses it
//	webhook-signature  "v1," and base64 of HMAC-SHA256(secret, id "." timestamp "." body)
//
// A secret that begins with "whsec_" is base64 after that; any other is taken as it is. Answers: 2xx is taken; 408 and 425 are tried
// again; 429 and 5xx too, after the pause that Retry-After asks for, and meanwhile all other copies wait; so they do at 401, 403, 404 and
// redirects, which are never followed: there the configuration has to be mended. Every other answer refuses the copy for good. Of an answer
// only the status and the first few bytes are read. Certificates are always checked; http without TLS goes to this machine alone.
//
// The package must not know when something is sent, how often, or what becomes of it. Start reading at Sender.Post in sender.go.
package webhook
