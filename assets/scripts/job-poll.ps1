<#
.SYNOPSIS
    Says how far a job is, with the progress lines after a number that the caller has.
.NOTES
    Script: job-poll
    Version: 1
    Parameters: job, after, most
    Result: job, kind, existed, state, seq, phase, percent, kb, heartbeat, started, finished, boot_time, time, outcome, lines
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

$mostLines = 1000

# The line of number n is the n-th of the file. What stands after the last line break is a line still being written.
function Get-ProgressLine {
    param([string]$job, [int]$after, [int]$most)
    $path = Join-Path -Path (Get-JobFolder $job) -ChildPath 'progress.jsonl'
    if (-not [System.IO.File]::Exists($path)) { return }
    $lines = (Read-SharedText $path).Split("`n")
    $end = [Math]::Min($after + $most, $lines.Length - 1)
    for ($index = $after; $index -lt $end; $index++) {
        try { ConvertFrom-Json -InputObject $lines[$index] } catch {
            # Half a line, from a disk that was full: its number stays empty.
            continue
        }
    }
}

$job = Assert-Id 'job' ([string]$parameters.job)
$after = [Math]::Max([int]$parameters.after, 0)
$most = [Math]::Min([Math]::Max([int]$parameters.most, 0), $mostLines)
$answer = Get-JobAnswer $job
$answer.lines = [object[]]@(if ($answer.state -ne 'absent') { Get-ProgressLine $job $after $most })
return $answer
