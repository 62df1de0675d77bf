// Package wsman is the protocol half of a simulated Windows server: WS-Management (WinRM) over HTTP with NTLM or
// Kerberos and message sealing, or over HTTPS. It serves clients that were written for real Windows, not only ours.
//
// In flow bytes of a listener; out flow replies. What the server knows and does (accounts, programs, restarts, damage)
// comes from a Machine; the Windows model in the package above implements it. This package must not know scripts,
// updates or the engine, and it never executes anything on the host it runs on.
//
// Start reading at server.go (Serve, Drop, Close), then connection.go (one HTTP connection, requests in series),
// operations.go (what each WS-Management action does) and shell.go (shells, commands and their output). Envelopes live in
// the package soap, logins in ntlm, spnego and kerberos.
//
// # When a command starts
//
// A Machine gets all of standard input at once, so a command may have to wait for it:
//
//   - A Machine that is an InputReader says for each command line whether it reads standard input. If it does, the
//     command starts with the Send that carries End="true"; if not, it starts at once and later input is ignored.
//   - For other Machines the client decides: WINRS_CONSOLEMODE_STDIN=FALSE waits for End="true" (Ansible sets it exactly
//     when it sends input), everything else starts at once (pywinrm and masterzen/winrm always say TRUE).
//
// # To check on a real host
//
//   - An empty POST on an authenticated connection answers 200 here; some clients expect 401.
//   - A second Receive for a command ends the first one with fault 995, and a Receive that is sent again with the same
//     MessageID gets the same output again.
//   - A request beyond MaxEnvelope answers 413 and closes; a process beyond MaxProcessesPerShell is fault 2147944216.
//   - MaxMemoryPerShell counts what this package sees, input and output: beyond it input is fault 2147942414, and a process
//     ends with STATUS_NO_MEMORY. A real process fails in its own way, and its own memory counts.
//   - The quota of running commands of a user (MaxOperationsPerUser) ends in the same fault as that of a shell's commands;
//     the one of users (MaxUsers) in 2150859179.
//   - Of a shell that was there before, the service says so through its shell provider (the nested wording of 2150858843); of
//     others it speaks itself.
//   - Channel bindings are compared where a client gives them (CbtHardeningLevel Relaxed), with NTLM only: those of a Kerberos
//     ticket's checksum are not read.
//   - A host that is down refuses with a reset after the kernel took the connection, or takes it and says nothing: a loopback
//     address cannot leave a connection attempt without any answer.
package wsman
