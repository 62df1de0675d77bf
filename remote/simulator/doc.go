// Package simulator is a fleet of simulated Windows servers on loopback: to rehearse a night, to demonstrate the console,
// and to test it. Each server listens on an address of its own and speaks WS-Management (package wsman).
//
// In flow a Config (how many servers, which seed, what Microsoft published, how much goes wrong) and the requests of
// clients; out flow their answers, a Description of each server, and the ledger: one JSON line for each thing that truly
// happened, written by the servers and by nobody else. A night is checked against the ledger.
//
// The fleet models Windows, not a client. It knows neither package remote nor the engine, and never looks at who asks.
// Nothing is executed: a server answers to the scripts of package assets, known by name, version and hash, with behaviour
// written in Go; to a handful of harmless programs (hostname, whoami, echo, ver), from cmd.exe or PowerShell; and to Ansible's
// win_ping, recognised by the shape of Ansible's starter (ansible.go). Everything else fails as it would in cmd.exe or
// PowerShell.
//
// Start reading at fleet.go (New, Close), then host.go (one server, its agenda, its face to wsman), shell.go and script.go
// (from a command line to a behaviour), job.go with course.go and work.go (host jobs), power.go (restarts), system.go
// (what is installed), failover.go (clusters), fault.go (what goes wrong, as a table).
//
// # Time
//
// Everything runs on fleet time = epoch + speed x (wall - started). Progress is computed when somebody looks; what must
// happen without being looked at (a job ends, a server goes down) stands in the server's agenda, and one timer visits the
// servers whose moment has come. Stamps are the moments at which things were due, so they do not depend on how busy the
// machine is.
//
// # Chance
//
// A server draws from (seed, its name, what is drawn, attempt): the same seed gives the same servers with the same
// durations and the same fate, in whatever order they are visited. Fates (fault.go) are dealt out by exact shares in
// blocks of 200 servers, so that a usual night stays a usual night with every seed.
//
// # Ledger
//
// Events: job_started, job_finished, job_lost (a restart ended it), job_removed, downloaded, install_staged (a cumulative
// update waits for the restart), installed (it is there: for cumulative updates during the start), install_failed,
// removed, remove_failed, rolled_back, restarted, node_suspended, node_resumed, role_moved,
// monitoring. The lines of one server stand in their order; lines of different servers may be some wall
// milliseconds out of order. Times are true fleet time, also for a server whose own clock is off.
//
// # To check on a real host
//
//   - An update that waits for the restart is offered by a search until then; a second installation before the restart
//     is refused with 0x80240016.
//   - A server that restarts under an installation has none of the update afterwards, and no pending restart.
//   - An update that the start rolls back needs one restart, which takes about twice as long.
//   - During a restart connections are refused for a moment, then packets vanish, then they are refused again, then
//     http.sys answers 503, then WinRM answers. Servicing is busy for one or two minutes more.
//   - The first logins after a slow start may fail with 2147943418 while a profile is unloaded.
package simulator
