<#
.SYNOPSIS
    Downloads the updates of a plan ahead of the maintenance window, and installs nothing.
.NOTES
    Script: job-stage
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
#include part/source.ps1
#include part/content.ps1

Invoke-Work {
    $fileEntries = @(Get-FileEntry)
    Receive-FileEntry $fileEntries
    foreach ($entry in Select-Due $fileEntries) { if ($entry.update.IsDownloaded) { $entry.result = $operationSucceeded } }
    $names = @(Get-AgentName $fileEntries)
    if ($names.Length -eq 0) { return Get-PlannedOutcome $fileEntries $false }
    $session = New-AgentSession
    Enter-Phase 'searching' ''
    $entries = @(Get-PlannedEntry $session $names)
    $offered = @($entries | Where-Object -FilterScript { $null -ne $_.update })
    if ($offered.Length -gt 0) { Receive-Update $session $offered }
    foreach ($entry in $offered) {
        if ($entry.update.IsDownloaded) { $entry.result = $operationSucceeded; $entry.hresult = 0 }
    }
    Get-PlannedOutcome ($fileEntries + $entries) $false
}
