<#
.SYNOPSIS
    Removes updates by their packages, and packages of other vendors by their own removers. It never restarts the server: that is ordered on its own.
.NOTES
    Script: job-uninstall
    Version: 3
    Parameters: removals
    Result: result, code, words, restart_required, build_before, updates
    Privileges: SYSTEM, as the scheduled task that job-start registers
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
#include part/machine.ps1
#include part/failure.ps1
#include part/file.ps1
#include part/work.ps1
#include part/detection.ps1
#include part/installer.ps1
#include part/installed.ps1
#include part/removal.ps1

$removed = 2
$failed = 4
$notInstalled = 0x80240017 # WU_E_NOT_APPLICABLE
$cancelCode = 0x8024000B   # WU_E_CALL_CANCELLED
$lateCode = 0x800705B4     # ERROR_TIMEOUT

# One entry for each removal; an update may have several packages.
function Get-Removal {
    $packages = @(Get-WindowsPackage -Online -ErrorAction Stop)
    foreach ($removal in $order.manifest.removals) {
        $entry = @{ kb = [string]$removal.kb; packages = @(); package = $removal.package; result = 0; hresult = 0; restart = $false; leaving = $false }
        if ($null -eq $removal.package) { $found = $entry.packages = @(Select-Package $packages $removal) } else { $found = @(Get-PackageRemover $removal.package) }
        $entry.there = $found.Length -gt 0
        if ($found.Length -eq 0) { $entry.hresult = $notInstalled }
        $entry
    }
}

# Its own log, so that the ordinary one of DISM does not grow.
function Remove-Package {
    param($entry, $package)
    if ([string]$package.PackageState -eq 'UninstallPending') {
        $entry.restart = $true
        return
    }
    $log = Join-Path -Path $workFolder -ChildPath 'dism.log'
    $answer = Remove-WindowsPackage -Online -PackageName $package.PackageName -NoRestart -LogPath $log -LogLevel Warnings -ErrorAction Stop
    if ($answer.RestartNeeded) { $entry.restart = $true }
}

function Remove-Update {
    param($entry)
    try {
        if ($null -ne $entry.package) {
            Set-EntryExit $entry (Invoke-PackageRemover $entry.package)
            return
        }
        foreach ($package in $entry.packages) { Remove-Package $entry $package }
        $entry.result = $removed
    } catch {
        # A permanent package says so with 0x800F0825 only when it is tried.
        $entry.result = $failed
        $entry.hresult = (Get-Cause $_).HResult
        Add-Line ([string](Get-Cause $_).Message)
    }
}

function Format-Entry {
    param($entry)
    $title = ''
    if ($entry.packages.Length -gt 0) { $title = [string]$entry.packages[0].PackageName }
    return [ordered]@{
        kb = $entry.kb; update_id = ''; title = $title; severity = ''; result = $entry.result; code = Format-HResult $entry.hresult
        restart = 'can'; restart_required = $entry.restart; downloaded = $false; size_bytes = 0
    }
}

function Get-RemovalOutcome {
    param([object[]]$entries)
    $updates = @($entries | ForEach-Object -Process { Format-Entry $_ })
    $restart = @($entries | Where-Object -FilterScript { $_.restart }).Length -gt 0
    $present = @($entries | Where-Object -FilterScript { $_.there })
    if ($present.Length -eq 0) {
        return New-Outcome 'nothing_to_do' (Format-HResult $notInstalled) 'none of the updates is installed on this server' $restart $updates
    }
    $broken = @($present | Where-Object -FilterScript { $_.result -eq $failed } | Select-Object -First 1)
    if ($broken.Length -gt 0) {
        return New-Outcome 'failed' (Format-HResult $broken[0].hresult) ('{0} was not removed' -f $broken[0].kb) $restart $updates
    }
    if (@($present | Where-Object -FilterScript { $_.result -ne $removed }).Length -eq 0) {
        return New-Outcome 'succeeded' '0x00000000' '' $restart $updates
    }
    if ((Get-StopReason) -eq 'late') {
        return New-Outcome 'failed' (Format-HResult $lateCode) 'the deadline passed before all updates were removed' $restart $updates
    }
    return New-Outcome 'cancelled' (Format-HResult $cancelCode) 'the job was stopped before all updates were removed' $restart $updates
}

Invoke-Work {
    Enter-Phase 'searching' ''
    $entries = @(Get-Removal)
    $present = @($entries | Where-Object -FilterScript { $_.there })
    if ($present.Length -gt 0) { Enter-Phase 'removing' ('{0} updates' -f $present.Length) }
    for ($index = 0; $index -lt $present.Length; $index++) {
        if ((Get-StopReason) -ne '') { break }
        Set-Progress ([int](100 * $index / $present.Length)) $present[$index].kb
        Remove-Update $present[$index]
    }
    Get-RemovalOutcome $entries
}
