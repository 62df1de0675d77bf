<#
.SYNOPSIS
    Gives this domain controller back exactly the operation master roles that fsmo-move took from it.
.NOTES
    Script: fsmo-return
    Version: 1
    Parameters: none
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

$obstacle = Get-DirectoryObstacle
if ($obstacle -ne '') { return New-RoleAnswer $obstacle @() }
$mark = Get-RoleMark
if (-not [System.IO.File]::Exists($mark)) { return New-RoleAnswer '' @() }
$plan = ConvertFrom-Json -InputObject (Read-SharedText $mark)
$owner = Get-RoleOwner
# A role that somebody moved on in the meantime is left where they wanted it.
$roles = @(foreach ($role in $plan.roles) {
        $entry = New-RoleResult $role $plan.to $plan.from
        if ($owner[$role] -eq $plan.to) { Move-Role $entry } elseif ($owner[$role] -ne $plan.from) { $entry.result = 'elsewhere' }
        $entry
    })
if (@($roles | Where-Object -FilterScript { $_.result -eq 'failed' }).Length -eq 0) { [System.IO.File]::Delete($mark) }
return New-RoleAnswer '' $roles
