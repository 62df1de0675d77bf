<#
.SYNOPSIS
    Asks a job to stop: it starts no further update, and one that is being installed is finished.
.NOTES
    Script: job-cancel
    Version: 1
    Parameters: job
    Result: job, kind, existed, state, seq, phase, percent, kb, heartbeat, started, finished, boot_time, time, outcome
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

$job = Assert-Id 'job' ([string]$parameters.job)
$answer = Get-JobAnswer $job
if ($answer.state -ceq 'registered' -or $answer.state -ceq 'running') {
    Write-DurableText (Join-Path -Path (Get-JobFolder $job) -ChildPath 'cancel') (Get-UtcTime)
}
return $answer
