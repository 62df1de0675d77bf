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
// (what is installed), failover.go (clusters), fault.go (what can go wrong: the tables are in
// fault_table.go, who is befallen in selection.go, what it does to WinRM in service.go).
//
// # Files
//
//   - A fleet: config.go, fleet.go, roster.go and workload.go (which servers), product.go and published.go (which Windows, which
//     updates), address.go, certificate.go, description.go (what people are told), draw.go (chance), clock.go, schedule.go, ledger.go.
//   - A server: host.go, road.go and power.go, system.go, shell.go, script.go, ansible.go, service.go and spoil.go (WinRM itself).
//   - Scripts: facts.go, health.go, verify.go, orphan.go (clean-up and the baseline's stamp), job_scripts.go with job.go, course.go,
//     work.go, content.go, package.go (other vendors'), uninstall.go, removable.go and outcome.go; cluster_scripts.go with failover.go, forest.go (operation
//     master roles), monitoring.go.
//   - What goes wrong: fault.go, fault_table.go, selection.go.
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
// # Faults
//
// Config.Faults is a level (none, usual, harsh), the names of faults, or both: "usual,drain-fails=20" adds a share in percent,
// a name alone befalls every server. Levels draw from a part of the faults; the others come by name only. A server has one
// of these at most
//
//   - switched-off: no packet is answered, all night
//   - off-the-network-after-its-scan: the scan works, later connections are refused
//   - system-drive-full: staging and installing end with 0x80070070
//   - installation-fails: the installation ends with 0x800F0922, every time
//   - rolled-back-at-the-start: installed, undone by the start, and offered again
//   - success-without-an-update: the agent says installed and changed nothing, once
//   - does-not-come-back: silence after the restart with the update
//   - service-does-not-start: the update breaks the server's main service
//   - installation-hangs: the installation stays at one percentage for ever
//   - update-source-out-of-reach: the first staging ends with 0x8024402C
//   - scan-interrupted: the first scan ends with 0x80244007
//   - slow-installation: the installation takes two and a half times as long
//   - network-lost-while-installing: silence for some minutes while the installation goes on
//   - slow-start: the restart takes three times as long, and the first logins meet a profile that unloads
//   - agent-denies-access: every use of the update agent ends with 0x80070005
//   - tasks-forbidden: no task of SYSTEM can be registered: health and every start of a job say 0x80070005
//   - job-never-begins: a job is registered and its task stays queued
//   - no-progress-shown: a job works and says nothing until it ends
//   - cancel-not-heeded: a job that was asked to stop goes on to its end
//   - everything-slow: scan, staging, installation and restart take four times as long
//   - flaky-update-source: the first three scans end with a code of an overloaded or unreachable source, another each time
//   - update-hidden: the update is missing and the agent does not offer it
//   - agent-asks-another-source: the scan finds superseded updates and hotpatches besides
//   - restart-not-asked-for: the installation says that no restart is wanted, only servicing knows of one
//   - agent-database-full: scans end with 0xC8000710
//   - component-store-damaged: the installation ends with 0x80073712
//   - servicing-stack-too-old: the installation ends with 0x800F0823
//   - going-down-while-installing: the first installation ends with 0x8007045B
//   - package-fails: installers of packages end with 1603
//   - package-altered-on-its-way: what a server fetches of a package has another hash: 0x80096010
//   - package-changes-nothing: installers of packages end with 0, and detection finds nothing
//   - package-restarts-the-server: the first installer of a package ends with 1641: it restarts the server under the job
//   - package-stays: removers of packages end with 1603
//   - restart-never-begins: the first restart is accepted and does not happen
//   - restarts-by-itself: minutes after the installation the server restarts, ordered by nobody
//   - restarts-twice: the start that completes the update ends in another restart
//   - winrm-does-not-come-back: after the restart the update is there and connections are refused
//   - winrm-fails-after-the-start: WinRM answers after the restart, then answers 503 for some minutes
//   - clock-jumps-at-the-start: from the first restart on the clock is eleven minutes ahead
//   - drain-fails: the cluster node cannot give its groups away: the drain ends as Failed
//   - drain-fails-once: the first drain of the cluster node ends as Failed, the next works
//   - node-stays-out-of-its-cluster: after a restart the cluster service does not start
//   - storage-repair-drags-on: after a restart the cluster repairs storage for hours
//   - roles-refused: operation master roles do not leave the domain controller: each says 0x80131500
//   - monitoring-script-fails: the owners' monitoring script ends with exit code 3
//   - little-disk: health shows 2 GiB free on the system drive
//   - update-service-disabled: health shows wuauserv disabled, jobs end with 0x80070422
//   - constrained-language: PowerShell runs in ConstrainedLanguage
//   - old-backup: health shows a last good backup of forty days ago
//   - login-refused: the account is not known to the server: every login ends with 401
//
// and any number of these besides
//
//   - clock-off: the clock is 2 to 8 minutes off
//   - file-renames-pending: a sign of a pending restart that never goes away
//   - configuration-client-waits: another product claims a pending restart for ever
//   - damaged-replies: now and then a reply is empty, cut, stalled, reset or no envelope
//   - endless-replies: now and then a reply never ends
//   - package-wants-a-restart: installers of packages end with 3010
//   - halting-replies: now and then a reply stops before or in its middle, comes in drops, is an empty 500, or a 401 that forgot the login
//   - shells-vanish: now and then WinRM has lost the shell (2150858843) or gives up a command (995)
//   - quota-used-up: now and then there are too many shells (2150859173) or commands (2150859174)
//   - slow-answers: a reply takes up to 300 ms of wall time
//   - text-around-results: a profile prints a banner before every result and an error record beside it
//   - progress-on-the-error-stream: every script leaves progress records on its error stream
//   - out-of-memory: now and then PowerShell ends with an OutOfMemoryException and no result
//
// # Ledger
//
// Events: job_started, job_finished, job_lost (a restart ended it), job_removed, downloaded, install_staged (a cumulative
// update waits for the restart), installed (it is there: for cumulative updates during the start), install_failed,
// removed, remove_failed, rolled_back, going_down and restarted, restart_ignored, network_lost and network_back,
// node_suspended, node_drained or drain_failed, node_resumed, role_moved, role_returned, role_refused, monitoring,
// monitoring_failed. The lines of one server stand in their order; lines of different servers may be some wall
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
