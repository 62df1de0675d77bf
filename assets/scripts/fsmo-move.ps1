<#
.SYNOPSIS
    Moves the operation master roles of this domain controller to another one, ahead of its restart.
.NOTES
    Script: fsmo-move
    Version: 1
    Parameters: move, target
    Result: applicable, why, roles, time
    Privileges: Domain Admins; Enterprise Admins and Schema Admins for the two roles of the forest
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/file.ps1
#include part/folder.ps1
#include part/module.ps1
#include part/directory.ps1

# Another writable controller of this domain: the one that is named, or the best: in the same site, with the global catalog.
function Select-Target {
    param($own, [string]$name)
    $others = @(Get-ADDomainController -Filter '*' -Server $env:COMPUTERNAME -ErrorAction Stop |
            Where-Object -FilterScript { $_.Name -ne $own.Name -and $_.Domain -eq $own.Domain -and -not $_.IsReadOnly })
    if ($name -ne '') { $others = @($others | Where-Object -FilterScript { $_.Name -eq $name -or $_.HostName -eq $name }) }
    foreach ($wish in { $_.Site -eq $own.Site -and $_.IsGlobalCatalog }, { $_.Site -eq $own.Site }, { $_.IsGlobalCatalog }, { $true }) {
        foreach ($other in @($others | Where-Object -FilterScript $wish)) {
            try { return Get-ADDomainController -Identity $other.HostName -Server $other.HostName -ErrorAction Stop } catch {
                # It does not answer: the next one.
                continue
            }
        }
    }
    throw (New-Failure 0x8007054B 'no other writable domain controller of this domain answers, so the roles stay here')
}

# The roles that are to go, from the mark of a call before or from what is held now.
function Get-Plan {
    param([string]$move, [string]$target)
    $mark = Get-RoleMark
    if ([System.IO.File]::Exists($mark)) { return ConvertFrom-Json -InputObject (Read-SharedText $mark) }
    $own = Get-OwnController
    $held = [string[]]@($own.OperationMasterRoles | ForEach-Object -Process { [string]$_ })
    if ($held.Length -eq 0) { return $null }
    $plan = [ordered]@{ move = $move; time = Get-UtcTime; from = [string]$own.HostName; to = [string](Select-Target $own $target).HostName; roles = $held }
    [void](Publish-NewText $mark (ConvertTo-Json -InputObject $plan -Compress))
    return ConvertFrom-Json -InputObject (Read-SharedText $mark)
}

$move = Assert-Id 'move' ([string]$parameters.move)
$obstacle = Get-DirectoryObstacle
if ($obstacle -ne '') { return New-RoleAnswer $obstacle @() }
$plan = Get-Plan $move ([string]$parameters.target)
if ($null -eq $plan) { return New-RoleAnswer '' @() }
$owner = Get-RoleOwner
$roles = foreach ($role in $plan.roles) {
    $entry = New-RoleResult $role $plan.from $plan.to
    if ($owner[$role] -eq $plan.from) { Move-Role $entry } elseif ($owner[$role] -eq $plan.to) { $entry.result = 'moved' } else { $entry.result = 'elsewhere' }
    $entry
}
return New-RoleAnswer '' @($roles)
