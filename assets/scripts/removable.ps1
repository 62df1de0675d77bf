<#
.SYNOPSIS
    Says by which packages updates could be removed. A permanent package says that it stays only when its removal is tried.
.NOTES
    Script: removable
    Version: 2
    Parameters: removals
    Result: updates, time
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/detection.ps1
#include part/installed.ps1
#include part/removal.ps1

$packages = @(Get-WindowsPackage -Online -ErrorAction Stop)
$updates = foreach ($removal in @($parameters.removals | Where-Object -FilterScript { $_ })) {
    $names = [string[]]@(if ($null -ne $removal.package) { Get-PackageRemover $removal.package } else { Select-Package $packages $removal | ForEach-Object -Process { [string]$_.PackageName } })
    [ordered]@{ kb = [string]$removal.kb; packages = $names }
}
return [ordered]@{
    updates = [object[]]@($updates)
    time    = Get-UtcTime
}
