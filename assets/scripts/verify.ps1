<#
.SYNOPSIS
    Gives the evidence after an installation or a restart: build, updates, services, what is still pending.
.NOTES
    Script: verify
    Version: 2
    Parameters: updates, services, packages
    Result: build, boot_time, time, servicing, logon_ready, present, missing, services_not_running, pending_restart
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/pending.ps1
#include part/detection.ps1

# After this long a server without a logon screen (one that is managed by nobody at its console) counts as ready as well.
$readyAfterSeconds = 900

# Package states in which the update's files are in place. A pending one is not: it becomes true at the restart.
$installedStates = @('Installed', 'Superseded')

# The name of a package carries its KB, except for cumulative updates, which the build proves.
$packageName = '\APackage_for_(KB[0-9]{6,8})~.*\z'
function Get-PackagedUpdate {
    Get-WindowsPackage -Online -ErrorAction Stop |
        Where-Object -FilterScript { $installedStates -contains [string]$_.PackageState -and $_.PackageName -match $packageName } |
        ForEach-Object -Process { $_.PackageName -replace $packageName, '$1' } |
        Sort-Object -Unique
}

# The list of the servicing stack is quick and usually enough; the full list of packages takes seconds.
function Get-PresentUpdate {
    param([string[]]$wanted)
    $present = @(Get-InstalledUpdate)
    if (@($wanted | Where-Object -FilterScript { $present -cnotcontains $_ }).Length -gt 0) { $present = $present + @(Get-PackagedUpdate) }
    $wanted | Where-Object -FilterScript { $present -ccontains $_ }
}

# A service that starts by itself should run again. One that is started by hand, by a trigger or by a cluster may rest.
function Get-StoppedService {
    param([string[]]$names)
    foreach ($service in Get-CimInstance -ClassName Win32_Service -Property @('Name', 'State', 'StartMode')) {
        if ($service.State -eq 'Running' -or $service.StartMode -ne 'Auto' -or $names -notcontains $service.Name) { continue }
        if (Test-Path -LiteralPath ('HKLM:\SYSTEM\CurrentControlSet\Services\{0}\TriggerInfo' -f $service.Name)) { continue }
        [string]$service.Name
    }
}

# A server whose logon screen is up, or where somebody works, has come through its start.
function Test-LogonReady {
    param([string]$bootTime)
    if ($null -ne (Get-Process -Name 'LogonUI', 'explorer' -ErrorAction SilentlyContinue)) { return $true }
    return (Get-SecondsBetween $bootTime (Get-UtcTime)) -gt $readyAfterSeconds
}

# A list that is missing arrives as null.
$wanted = [string[]]@($parameters.updates | Where-Object -FilterScript { $_ })
$ranBefore = [string[]]@($parameters.services | Where-Object -FilterScript { $_ })
$sought = @($parameters.packages | Where-Object -FilterScript { $_ })
$packaged = @($sought | ForEach-Object -Process { [string]$_.kb })
$present = [string[]]@(@(Get-PresentUpdate @($wanted | Where-Object -FilterScript { $packaged -cnotcontains $_ })) + @(Get-DetectedName $sought))
$bootTime = Get-BootTime
return [ordered]@{
    build                = Get-Build
    boot_time            = $bootTime
    time                 = Get-UtcTime
    servicing            = Get-Servicing
    logon_ready          = Test-LogonReady $bootTime
    present              = $present
    missing              = [string[]]@($wanted | Where-Object -FilterScript { $present -cnotcontains $_ })
    services_not_running = [string[]]@(Get-StoppedService $ranBefore)
    pending_restart      = [object[]]@(Get-PendingRestart)
}
