<#
.SYNOPSIS
    Installs the updates of a plan. It never restarts the server: that is ordered on its own.
.NOTES
    Script: job-install
    Version: 4
    Parameters: updates, files, packages
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
#include part/folder.ps1
#include part/module.ps1
#include part/work.ps1
#include part/agent.ps1
#include part/detection.ps1
#include part/installer.ps1
#include part/source.ps1
#include part/content.ps1
#include part/package.ps1

$goingDown = 0x8007045B # ERROR_SHUTDOWN_IN_PROGRESS

# An update that must be handled exclusively goes alone, and first (servicing stacks are such); the others go together, so
# that the agent finds their order.
function Get-InstallGroup {
    param([object[]]$entries)
    $alone = @($entries | Where-Object -FilterScript { [int]$_.update.InstallationBehavior.Impact -eq $exclusiveHandling })
    $together = @($entries | Where-Object -FilterScript { [int]$_.update.InstallationBehavior.Impact -ne $exclusiveHandling })
    foreach ($entry in $alone) { , @($entry) }
    if ($together.Length -gt 0) { , $together }
}

function Assert-CanInstall {
    param($installer)
    if ($installer.IsBusy) { throw (New-Failure $agentBusy 'another installation is running on the server') }
    if ($installer.RebootRequiredBeforeInstallation) { throw (New-Failure $restartFirst 'the server must be restarted before anything can be installed') }
}

function New-Installer {
    param($session)
    $installer = $session.CreateUpdateInstaller()
    $installer.ForceQuiet = $true
    $installer.AllowSourcePrompts = $false
    return $installer
}

# What a group leaves undone because the one before it wants a restart says so in its code.
function Install-Group {
    param($session, [object[]]$entries)
    foreach ($group in Get-InstallGroup $entries) {
        if ((Get-StopReason) -ne '') { return }
        $installer = New-Installer $session
        if ($installer.RebootRequiredBeforeInstallation) {
            foreach ($entry in $group) { $entry.hresult = $restartFirst }
            continue
        }
        Invoke-Group 'installing' $installer $group
    }
}

# Files go first: among them may be the servicing stack that the others need. Packages of other vendors go before all, while no restart
# is owed yet that one of them could refuse to begin with.
function Install-PlannedFile {
    param($session, [object[]]$entries)
    $due = @(Select-Due $entries)
    if ($due.Length -eq 0) { return }
    Assert-CanInstall (New-Installer $session)
    Receive-FileEntry $due
    $ready = @($due | Where-Object -FilterScript { $_.update.IsDownloaded })
    if ($ready.Length -eq 0) { return }
    Enter-Phase 'installing' ('files of {0} updates' -f $ready.Length)
    Install-PackageEntry @($ready | Where-Object -FilterScript { $null -ne $_.package })
    if (Test-Leaving $ready) { return }
    Install-FileEntry @($ready | Where-Object -FilterScript { $null -eq $_.package })
}

Invoke-Work {
    $session = New-AgentSession
    $fileEntries = @(Get-FileEntry)
    Install-PlannedFile $session $fileEntries
    $entries = @()
    $names = @(Get-AgentName $fileEntries)
    if (Test-Leaving $fileEntries) {
        $undone = @(Select-Due $fileEntries | Where-Object -FilterScript { $_.result -eq 0 })
        if ($names.Length + $undone.Length -gt 0) { throw (New-Failure $goingDown 'an installer restarts the server; the rest is left to another job') }
        return Get-PlannedOutcome $fileEntries $true
    }
    if ($names.Length -gt 0) {
        Enter-Phase 'searching' ''
        $entries = @(Get-PlannedEntry $session $names)
    }
    $offered = @($entries | Where-Object -FilterScript { $null -ne $_.update })
    if ($offered.Length -gt 0) {
        Assert-CanInstall (New-Installer $session)
        Receive-Update $session $offered
        # The results of the download count only for what it did not bring.
        $ready = @($offered | Where-Object -FilterScript { $_.update.IsDownloaded })
        foreach ($entry in $ready) { $entry.result = 0; $entry.hresult = 0 }
        if ($ready.Length -gt 0) {
            Enter-Phase 'installing' ('{0} updates' -f $ready.Length)
            Install-Group $session $ready
        }
    }
    $restartRequired = [bool](New-Object -ComObject 'Microsoft.Update.SystemInfo').RebootRequired
    foreach ($entry in $fileEntries + $offered) { if ($entry.restart) { $restartRequired = $true } }
    Get-PlannedOutcome ($fileEntries + $entries) $restartRequired
}
