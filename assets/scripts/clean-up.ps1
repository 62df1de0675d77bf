<#
.SYNOPSIS
    Lists, and removes if asked to, what jobs left behind that nobody knows any more: their tasks and their folders.
.NOTES
    Script: clean-up
    Version: 1
    Parameters: live, days, remove
    Result: orphans, more, time
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

$mostOrphans = 500

# The names of all tasks and folders of ours. What is not named like a job is not ours to touch.
function Get-KnownName {
    $jobs = Join-Path -Path $patchdeckFolder -ChildPath 'jobs'
    $tasks = @(Get-ScheduledTask -TaskPath $taskPath -ErrorAction SilentlyContinue | ForEach-Object -Process { [string]$_.TaskName })
    $folders = @()
    if ([System.IO.Directory]::Exists($jobs)) {
        Assert-PrivateFolder $jobs
        $folders = @([System.IO.Directory]::GetDirectories($jobs) | ForEach-Object -Process { Split-Path -Path $_ -Leaf })
    }
    $tasks + $folders | Where-Object -FilterScript { $_ -cmatch '\A[a-z0-9][a-z0-9-]{0,59}\z' } | Sort-Object -Unique
}

# When something last happened to a job: the newest of its files, or the last run of a task without a folder.
function Get-LastSign {
    param([string]$job, $task)
    $folder = Get-JobFolder $job
    if ([System.IO.Directory]::Exists($folder)) {
        $last = [System.IO.Directory]::GetLastWriteTimeUtc($folder)
        foreach ($file in [System.IO.Directory]::GetFiles($folder)) {
            $time = [System.IO.File]::GetLastWriteTimeUtc($file)
            if ($time -gt $last) { $last = $time }
        }
        return Format-UtcTime $last
    }
    $information = Get-ScheduledTaskInfo -InputObject $task -ErrorAction SilentlyContinue
    if ($null -eq $information -or $null -eq $information.LastRunTime -or $information.LastRunTime.Year -lt 2000) { return '' }
    return Format-UtcTime $information.LastRunTime
}

function Remove-Orphan {
    param([string]$job, $task)
    if ($null -ne $task) { Unregister-ScheduledTask -InputObject $task -Confirm:$false -ErrorAction Stop }
    $folder = Get-JobFolder $job
    if ([System.IO.Directory]::Exists($folder)) {
        Assert-PrivateFolder $folder
        [System.IO.Directory]::Delete($folder, $true)
    }
}

# What lives, or was seen in the last days, is no orphan whoever asks.
function Get-Orphan {
    param([string[]]$names, [int]$days, [bool]$remove)
    foreach ($job in $names) {
        $task = Get-JobTask $job
        $last = Get-LastSign $job $task
        if ($last -ne '' -and (Get-SecondsBetween $last (Get-UtcTime)) -lt 86400 * $days) { continue }
        if (Test-JobAlive $job) { continue }
        $orphan = [ordered]@{
            job = $job; last = $last; task = $null -ne $task; folder = [System.IO.Directory]::Exists((Get-JobFolder $job)); removed = $false; words = ''
        }
        if ($remove) {
            try {
                Remove-Orphan $job $task
                $orphan.removed = $true
            } catch { $orphan.words = [string](Get-Cause $_).Message }
        }
        $orphan
    }
}

$days = [int]$parameters.days
if ($days -lt 1) { throw (New-Failure 0x80070057 'days is below 1: what was there today is nobody''s leftover') }
$live = [string[]]@($parameters.live | Where-Object -FilterScript { $_ })
$names = [string[]]@(Get-KnownName | Where-Object -FilterScript { $live -cnotcontains $_ })
$orphans = @(Get-Orphan $names $days ([bool]$parameters.remove) | Select-Object -First $mostOrphans)
return [ordered]@{ orphans = [object[]]$orphans; more = $orphans.Length -ge $mostOrphans; time = Get-UtcTime }
