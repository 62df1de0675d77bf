// Package assets is what the binary carries in itself: the PowerShell scripts that run on a server, what the error codes of
// Windows mean to an operator, the texts of notices, and the data of the demo.
//
// In flows nothing: everything is embedded when the binary is built, and read-only. Out flow texts with their version and
// hash. A script's text is never changed or put together from data; what differs from call to call is JSON that bootstrap
// reads line by line from standard input (scripts/README.md is the contract of both sides).
//
// The package must not know who runs a script, over what, or what an answer means. It imports nothing of this project.
//
// Start reading at scripts/README.md, then assets.go, then scripts/bootstrap.ps1. The way of a job is job-start.ps1,
// part/work.ps1 (the frame around a body), job-install.ps1 with part/agent.ps1, and part/job.ps1 (what others see of it).
//
// # To check on a real host
//
// The scripts were written from documentation and checked for syntax and known commands, not run on Windows. What a first
// meeting with a server should look at, and what follows if it is otherwise:
//
//   - Standard input: powershell.exe leaves it to [Console]::OpenStandardInput() as long as the script does not use $input.
//     Otherwise the bootstrap reads nothing and ends with "the request has no nonce".
//   - A line of a Send without End reaches the process at once, and what the process flushes a Receive while it runs. Otherwise
//     the first script that only reads gets no answer within its time.
//   - The update agent takes plain objects where BeginDownload and BeginInstall want callbacks. Reports differ; where it
//     refuses, the scripts go on with the synchronous form, one update at a time, with coarse progress.
//   - A job polled in a single-threaded apartment (the default of powershell.exe) completes while the script sleeps. If
//     IsCompleted never becomes true, add -Mta to the task's command.
//   - IUpdate.IsDownloaded of an object found before a download tells the state after it.
//   - CurrentUpdateIndex of a progress counts from 0 in the order of the collection.
//   - Administrators may open the mutex that SYSTEM created for Synchronize; access denied counts as "alive" as well.
//   - [System.IO.File]::Replace works on the state file while it is open for reading with FileShare.Delete.
//   - A directory created with a security descriptor that names Administrators as owner gets it from a network logon.
//   - Register-ScheduledTask takes S-1-5-18 with LogonType ServiceAccount, and creates the folder \patchdeck\.
//   - Task states are 2 (queued) and 4 (running) when cast to a number.
//   - LastBootUpTime of one boot stays within two seconds as long as the clock is not set. After a large correction of the
//     clock a server seems to have restarted, and the restart it was to make is taken as done; the build then tells.
//   - ServicingInProgress under Component Based Servicing\Interface is absent, 0 or 1 when idle.
//   - LogonUI.exe runs on Server Core at the console as on the desktop edition; otherwise readiness waits 15 minutes.
//   - Get-WindowsFeature answers within the console's deadline on a slow server; facts without it lack only roles.
//   - root/MSCluster has MSCluster_Cluster and MSCluster_Node on every node, with node states -1 to 3.
//   - Win32_Service shows per-user copies of services with a suffix of hexadecimal digits.
//   - shutdown.exe ends with the Win32 error as its exit code: 1115 and 1190 when a shutdown is under way or scheduled.
//   - Servers with PowerShell 4.0 run bootstrap and facts; job-start refuses them with 0x80070032.
//   - LastTaskResult of a task that has not run yet is 0x41303, of one that runs 0x41301.
//   - The package of a cumulative update is called Package_for_RollupFix and ends in the build that it brings; removing a
//     permanent package fails with 0x800F0825, and DISM works while a restart is pending.
//   - Moving a role speaks with the controller that takes it, which a network logon may not without delegation (Kerberos with
//     delegation, or CredSSP). Without it fsmo-move finds no target and says so, and nothing has moved.
//   - A monitoring script that starts a process of its own keeps standard output open; the reading then waits for that too.
//   - Get-AuthenticodeSignature reads the signatures of .msu and .cab files; DISM takes .msu online from build 26100 on.
//   - BITS transfers for SYSTEM without anybody logged on, and a share lets the computer's account read.
//   - AddScanPackageService takes option 0, and RemoveService removes what it made.
//   - A node keeps State Paused and DrainStatus Completed over its restart, and Get-StorageJob lists nothing once all is whole.
//   - Suspend-ClusterNode -Drain without -Wait returns at once, and a drain that failed may be started again.
//   - Get-WBSummary answers a network logon, and within seconds.
package assets
