<#
.SYNOPSIS
    Removes the task and the work files of a job that no longer runs; state.json stays, so that the id is never used again.
.NOTES
    Script: job-remove
    Version: 2
    Parameters: job
    Result: removed
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/file.ps1
#include part/folder.ps1
#include part/job.ps1

$workFiles = @('job.ps1', 'manifest.json', 'progress.jsonl', 'heartbeat', 'cancel', 'dism.log')

$job = Assert-Id 'job' ([string]$parameters.job)
$answer = Get-JobAnswer $job
if ($answer.state -ceq 'registered' -or $answer.state -ceq 'running') { return [ordered]@{ removed = $false } }
$task = Get-JobTask $job
if ($null -ne $task) { Unregister-ScheduledTask -InputObject $task -Confirm:$false -ErrorAction Stop }
if ($answer.state -cne 'absent') {
    foreach ($name in $workFiles) { [System.IO.File]::Delete((Join-Path -Path (Get-JobFolder $job) -ChildPath $name)) }
}
return [ordered]@{ removed = $true }
