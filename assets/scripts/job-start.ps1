<#
.SYNOPSIS
    Registers the body of a job as a scheduled task of SYSTEM and starts it, once for each job id.
.NOTES
    Script: job-start
    Version: 3
    Parameters: job, kind, change, deadline, body, manifest
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
#include part/task.ps1

$kinds = @('scan', 'stage', 'install', 'uninstall')
# The task scheduler ends a body that hangs, but only long after the deadline: an installation that is under way is never
# cut off because its time is over.
$overtimeHours = 4
$longestHours = 72

function Assert-Body {
    param($body, [string]$kind)
    if ($kinds -cnotcontains $kind -or $body.name -cne ('job-' + $kind)) {
        throw (New-Failure 0x80070057 ('a job of kind "{0}" cannot have the body "{1}"' -f $kind, $body.name))
    }
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    $hash = [BitConverter]::ToString($sha256.ComputeHash($utf8.GetBytes([string]$body.text))).Replace('-', '')
    if ($hash -ine [string]$body.sha256) {
        throw (New-Failure 0x80096010 ('the text of {0} does not have the announced hash' -f $body.name))
    }
}

# A group policy of these kinds wins over -ExecutionPolicy Bypass, and the task would die without a word.
function Assert-CanRunFile {
    if ($PSVersionTable.PSVersion -lt [Version]'5.1') {
        throw (New-Failure 0x80070032 ('Windows PowerShell {0} is too old; install Windows Management Framework 5.1' -f $PSVersionTable.PSVersion))
    }
    $policy = [string](Get-ExecutionPolicy -Scope MachinePolicy)
    if (@('AllSigned', 'Restricted') -contains $policy) {
        throw (New-Failure 0x800704EC ('a group policy sets the PowerShell execution policy to {0}, so the job could not run' -f $policy))
    }
}

function Get-TimeLimit {
    param([string]$deadline)
    $hours = [Math]::Ceiling((Get-SecondsBetween (Get-UtcTime) $deadline) / 3600) + $overtimeHours
    return [TimeSpan]::FromHours([Math]::Min([Math]::Max($hours, $overtimeHours), $longestHours))
}

function Get-FirstState {
    param([string]$job, [string]$kind, [string]$change)
    return [ordered]@{
        job = $job; kind = $kind; change = $change; state = 'registered'; seq = 0; phase = ''; percent = 0; kb = ''
        registered = Get-UtcTime; started = ''; finished = ''; boot_time = Get-BootTime; outcome = $null
    }
}

# From here on the job exists: what goes wrong before the task runs is its outcome, and its id is spent.
function Start-Registered {
    param($parameters, [string]$folder, $state)
    try {
        $order = [ordered]@{
            job = $state.job; kind = $state.kind; change = $state.change; deadline = [string]$parameters.deadline; manifest = $parameters.manifest
        }
        $file = Join-Path -Path $folder -ChildPath 'job.ps1'
        Write-DurableText $file ([string]$parameters.body.text)
        Write-DurableText (Join-Path -Path $folder -ChildPath 'manifest.json') (ConvertTo-Json -InputObject $order -Depth 8 -Compress)
        $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f $file
        Register-SystemTask $taskPath $state.job 'WindowsPowerShell\v1.0\powershell.exe' $arguments (Get-TimeLimit $order.deadline)
        Start-ScheduledTask -TaskPath $taskPath -TaskName $state.job -ErrorAction Stop
    } catch {
        if (Test-JobAlive $state.job) { return }
        $cause = Get-Cause $_
        $state.state = 'finished'
        $state.finished = Get-UtcTime
        $state.outcome = [ordered]@{
            result = 'failed'; code = Format-HResult $cause.HResult; words = [string]$cause.Message
            restart_required = $false; build_before = Get-Build; updates = [object[]]@()
        }
        Save-SharedText (Join-Path -Path $folder -ChildPath 'state.json') (ConvertTo-Json -InputObject $state -Depth 8 -Compress)
    }
}

$job = Assert-Id 'job' ([string]$parameters.job)
$kind = [string]$parameters.kind
$existed = $null -ne (Read-JobState $job)
if (-not $existed) {
    Assert-Body $parameters.body $kind
    Assert-CanRunFile
    [void](Get-TimeLimit ([string]$parameters.deadline))
    $folder = Open-PrivateFolder 'jobs', $job
    $state = Get-FirstState $job $kind ([string]$parameters.change)
    # The state file is the job: of two calls that come at once only the one that creates it goes on.
    $created = Publish-NewText (Join-Path -Path $folder -ChildPath 'state.json') (ConvertTo-Json -InputObject $state -Depth 8 -Compress)
    $existed = -not $created
    if ($created) { Start-Registered $parameters $folder $state }
}
$answer = Get-JobAnswer $job
$answer.existed = $existed
return $answer
