// Package soap holds the WS-Management messages of a remote shell: what we ask (Request) and how a reply is read (Read).
//
// In flow the fields of a request and the bytes of a reply; out flow the bytes of an envelope and a Reply. Nothing here
// knows connections, credentials, scripts or time. Start with request.go, then reply.go.
//
// The envelopes are written directly instead of through a document tree: they say what the builders of
// github.com/masterzen/winrm say (request_test.go compares the two element by element) plus what those cannot express,
// an idle time for the shell and a standard input that is no console. Six messages
// cost 3 microseconds and 6 objects, with the builders 154 microseconds and 1,193 objects; reading a reply with 2 KB of
// output costs 5 microseconds, with the library's parser 221 (go test -bench . ./remote/soap).
//
// A reply is hostile until proven otherwise. The scanner works on a bounded piece of memory, allows no document type, no
// entities but the predefined ones and character references, and a bounded depth; what is not well-formed is an error
// with its position, and nothing in here can panic (FuzzRead). Elements are recognised by their local name and parent:
// prefixes differ from server to server.
//
// # To check on a real host
//
//   - SelectorSet, IdleTimeOut and the options are accepted in this order by every supported Windows Server.
//   - A server takes the ShellId that Create proposes; one that chooses its own says so in its reply, which counts.
//   - A reply repeats our MessageID in RelatesTo, except in faults of the MSFT_WmiError shape.
package soap
