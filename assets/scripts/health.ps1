<#
.SYNOPSIS
    Says ahead of a maintenance window what would stop an installation: a task of SYSTEM is really run, the rest is read.
.NOTES
    Script: health
    Version: 1
    Parameters: none
    Result: build, boot_time, time, language_mode, execution_policy, task, system_drive_free_bytes, system_drive_total_bytes, services, servicing, update_policy, pending_restart, backup, last_backup, problems
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/pending.ps1
#include part/policy.ps1
#include part/module.ps1
#include part/task.ps1

$neededServices = @('wuauserv', 'TrustedInstaller', 'BITS', 'CryptSvc')
$taskFolder = '\patchdeck\'
$taskSeconds = 20
# Not yet run, running, queued: the task has no result yet.
$taskUnderWay = @(0x41303, 0x41301, 0x41325)

function Wait-Task {
    param([string]$name)
    for ($second = 0; $second -lt $taskSeconds; $second++) {
        $task = Get-ScheduledTask -TaskPath $taskFolder -TaskName $name -ErrorAction Stop
        $result = (Get-ScheduledTaskInfo -InputObject $task -ErrorAction Stop).LastTaskResult
        if ($taskUnderWay -notcontains $result) { return $result }
        Start-Sleep -Seconds 1
    }
    throw (New-Failure 0x800705B4 ('a task of SYSTEM was registered and did not run within {0} seconds' -f $taskSeconds))
}

# Does what every job does, with a program that does nothing: policy, security products and a task scheduler that hangs show
# here, and not in the window.
function Test-SystemTask {
    $name = 'health-' + [Guid]::NewGuid().ToString('N')
    try {
        Register-SystemTask $taskFolder $name 'cmd.exe' '/d /c exit 0' ([TimeSpan]::FromMinutes(1))
        Start-ScheduledTask -TaskPath $taskFolder -TaskName $name -ErrorAction Stop
        $result = Wait-Task $name
        if ($result -eq 0) { return [ordered]@{ ok = $true; code = '0x00000000'; words = '' } }
        return [ordered]@{ ok = $false; code = '0x{0:X8}' -f $result; words = 'a task of SYSTEM ran and failed' }
    } catch {
        $cause = Get-Cause $_
        return [ordered]@{ ok = $false; code = Format-HResult $cause.HResult; words = [string]$cause.Message }
    } finally {
        $task = Get-ScheduledTask -TaskPath $taskFolder -TaskName $name -ErrorAction SilentlyContinue
        if ($null -ne $task) { Unregister-ScheduledTask -InputObject $task -Confirm:$false -ErrorAction SilentlyContinue }
    }
}

function Read-NeededService {
    foreach ($name in $neededServices) {
        $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='{0}'" -f $name) -Property @('State', 'StartMode')
        $start = 'Missing'
        $state = ''
        if ($null -ne $service) {
            $start = [string]$service.StartMode
            $state = [string]$service.State
        }
        [ordered]@{ name = $name; start = $start; state = $state }
    }
}

# Of a server that Windows Server Backup has never saved the summary gives the first day of the calendar, or nothing.
function Read-LastBackup {
    $last = (Get-WBSummary -ErrorAction Stop).LastSuccessfulBackupTime
    if ($null -eq $last -or $last.Year -lt 2000) { return '' }
    return Format-UtcTime $last
}

$problems = New-Object -TypeName System.Collections.ArrayList
function Read-Part {
    param($name, $read)
    try { return & $read } catch { [void]$problems.Add(('{0}: {1}' -f $name, $_.Exception.Message)) }
}

$task = Test-SystemTask
$drive = Get-CimInstance -ClassName Win32_LogicalDisk -Filter ("DeviceID='{0}'" -f $env:SystemDrive)
$backup = Test-Command 'Get-WBSummary'
$lastBackup = ''
if ($backup) { $lastBackup = [string](Read-Part 'last_backup' { Read-LastBackup }) }
return [ordered]@{
    build                    = Get-Build
    boot_time                = Get-BootTime
    time                     = Get-UtcTime
    language_mode            = [string]$ExecutionContext.SessionState.LanguageMode
    execution_policy         = [string](Get-ExecutionPolicy -Scope MachinePolicy)
    task                     = $task
    system_drive_free_bytes  = [long]$drive.FreeSpace
    system_drive_total_bytes = [long]$drive.Size
    services                 = [object[]]@(Read-Part 'services' { Read-NeededService })
    servicing                = Get-Servicing
    update_policy            = Read-UpdatePolicy
    pending_restart          = [object[]]@(Read-Part 'pending_restart' { Get-PendingRestart })
    backup                   = $backup
    last_backup              = $lastBackup
    problems                 = [string[]]$problems.ToArray()
}
