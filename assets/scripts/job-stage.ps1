<#
.SYNOPSIS
    Downloads the updates of a plan ahead of the maintenance window, and installs nothing.
.NOTES
    Script: job-stage
    Version: 2
    Parameters: updates
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
#include part/agent.ps1

Invoke-Work {
    $session = New-AgentSession
    Enter-Phase 'searching' ''
    $entries = @(Get-PlannedEntry $session @(Get-PlannedName))
    $offered = @($entries | Where-Object -FilterScript { $null -ne $_.update })
    if ($offered.Length -gt 0) { Receive-Update $session $offered }
    foreach ($entry in $offered) {
        if ($entry.update.IsDownloaded) { $entry.result = $operationSucceeded; $entry.hresult = 0 }
    }
    Get-PlannedOutcome $entries $false
}
