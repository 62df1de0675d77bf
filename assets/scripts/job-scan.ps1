<#
.SYNOPSIS
    Asks the Windows Update Agent what it offers to this server.
.NOTES
    Script: job-scan
    Version: 2
    Parameters: criteria
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
    Enter-Phase 'searching' ([string]$order.manifest.criteria)
    $found = @(Search-Update (New-AgentSession) ([string]$order.manifest.criteria) $false)
    $entries = @($found | ForEach-Object -Process { New-Entry ([string](Get-UpdateName $_ | Select-Object -First 1)) $_ })
    Add-Line ('{0} updates offered' -f $entries.Length)
    New-Outcome 'succeeded' '0x00000000' '' $false @($entries | ForEach-Object -Process { Format-Entry $_ })
}
