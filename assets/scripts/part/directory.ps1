# The operation master roles of a domain controller. Needs part/machine.ps1, part/failure.ps1, part/folder.ps1 and part/module.ps1.

# Why there is nothing to move here; empty for a domain controller with the module.
function Get-DirectoryObstacle {
    if (@(4, 5) -notcontains [int](Get-CimInstance -ClassName Win32_ComputerSystem -Property DomainRole).DomainRole) { return 'no_controller' }
    if (-not (Test-Command 'Move-ADDirectoryServerOperationMasterRole')) { return 'no_module' }
    return ''
}

function Get-OwnController { return Get-ADDomainController -Identity $env:COMPUTERNAME -Server $env:COMPUTERNAME -ErrorAction Stop }

# Who holds each role now, as this controller knows it.
function Get-RoleOwner {
    $domain = Get-ADDomain -Server $env:COMPUTERNAME -ErrorAction Stop
    $forest = Get-ADForest -Server $env:COMPUTERNAME -ErrorAction Stop
    return @{
        PDCEmulator = [string]$domain.PDCEmulator; RIDMaster = [string]$domain.RIDMaster; InfrastructureMaster = [string]$domain.InfrastructureMaster
        SchemaMaster = [string]$forest.SchemaMaster; DomainNamingMaster = [string]$forest.DomainNamingMaster
    }
}

# What was moved away, and to whom: written before the first role moves, so that what was cut off can be given back as well.
function Get-RoleMark { return Join-Path -Path (Open-PrivateFolder 'fsmo') -ChildPath 'moved.json' }

function New-RoleResult {
    param([string]$role, [string]$from, [string]$to)
    return [ordered]@{ role = $role; from = $from; to = $to; result = 'kept'; code = '0x00000000'; words = '' }
}

# One role at a time: a right that is missing for the schema must not keep the others in place.
function Move-Role {
    param($entry)
    try {
        Move-ADDirectoryServerOperationMasterRole -Identity $entry.to -OperationMasterRole $entry.role -Confirm:$false -ErrorAction Stop
        $entry.result = 'moved'
    } catch {
        $entry.result = 'failed'
        $entry.code = Format-HResult (Get-Cause $_).HResult
        $entry.words = [string](Get-Cause $_).Message
    }
}

function New-RoleAnswer {
    param([string]$obstacle, [object[]]$roles)
    return [ordered]@{ applicable = $obstacle -eq ''; why = $obstacle; roles = [object[]]@($roles); time = Get-UtcTime }
}
