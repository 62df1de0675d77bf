<#
.SYNOPSIS
    Asks the Windows Update Agent what it offers to this server.
.NOTES
    Script: job-scan
    Version: 4
    Parameters: criteria, catalogue
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
#include part/source.ps1

# The registration ends with the search in any case, so it need not outlive the process.
$volatileService = 0

# Searches with a catalogue file that somebody put on the server: no update source is asked. It knows security updates only.
function Search-Catalogue {
    param($catalogue, [string]$criteria)
    $path = [string]$catalogue.path
    if ($path -cnotmatch '\A[A-Za-z]:\\[^"<>|?*]+\.cab\z') { throw (New-Failure 0x80070057 ('"{0}" is not a local path to a catalogue' -f $path)) }
    if (-not [System.IO.File]::Exists($path)) { throw (New-Failure 0x80070002 ('the catalogue {0} is not on the server' -f $path)) }
    Assert-MicrosoftFile $path ([string]$catalogue.sha256)
    $manager = New-Object -ComObject 'Microsoft.Update.ServiceManager'
    $service = $manager.AddScanPackageService('patchdeck offline catalogue', $path, $volatileService)
    try { Search-Update (New-AgentSession) $criteria $false ([string]$service.ServiceID) } finally { $manager.RemoveService($service.ServiceID) }
}

Invoke-Work {
    $criteria = [string]$order.manifest.criteria
    $catalogue = Get-ManifestValue 'catalogue'
    Enter-Phase 'searching' $criteria
    $found = @(if ($null -ne $catalogue) { Search-Catalogue $catalogue $criteria } else { Search-Update (New-AgentSession) $criteria $false })
    $entries = @($found | ForEach-Object -Process { New-Entry ([string](Get-UpdateName $_ | Select-Object -First 1)) $_ })
    Add-Line ('{0} updates offered' -f $entries.Length)
    New-Outcome 'succeeded' '0x00000000' '' $false @($entries | ForEach-Object -Process { Format-Entry $_ })
}
