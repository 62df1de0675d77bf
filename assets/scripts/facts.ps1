<#
.SYNOPSIS
    Says what a server is and in what state: system, hardware, roles, services, updates, pending restart, cluster, policy.
.NOTES
    Script: facts
    Version: 5
    Parameters: packages
    Result: hostname, domain, domain_role, os_caption, installation_type, build, boot_time, time, powershell, language_mode, hardware, model, memory_bytes, system_drive_free_bytes, system_drive_total_bytes, roles, services, updates, pending_restart, servicing, cluster, update_policy, baseline, problems
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 4.0 and 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/detection.ps1
#include part/pending.ps1
#include part/policy.ps1
#include part/baseline.ps1

# A model or maker that only a hypervisor reports. HypervisorPresent is no use: it is true on Hyper-V hosts as well.
$virtualHardware = 'virtual|vmware|kvm|qemu|hvm domu|xen|bochs|rhev|ovirt|openstack|amazon ec2|google|nutanix|parallels'

function Read-Role {
    if ($null -eq (Get-Command -Name Get-WindowsFeature -ErrorAction SilentlyContinue)) { return }
    Get-WindowsFeature -ErrorAction Stop |
        Where-Object -FilterScript { $_.Installed -and ($_.FeatureType -eq 'Role' -or $_.Name -eq 'Failover-Clustering') } |
        ForEach-Object -Process { [string]$_.Name }
}

# Services that run or should: what is stopped on purpose is left out. A user's own copy of a service (base name, underscore,
# session number in hex) has another name after every logon, so it says nothing about the server.
function Read-Service {
    foreach ($service in Get-CimInstance -ClassName Win32_Service -Property @('Name', 'DisplayName', 'State', 'StartMode')) {
        if ($service.State -ne 'Running' -and $service.StartMode -ne 'Auto') { continue }
        if ($service.Name -match '\A(.+)_[0-9a-f]{4,8}\z' -and (Test-Path -LiteralPath ('HKLM:\SYSTEM\CurrentControlSet\Services\' + $Matches[1]))) { continue }
        [ordered]@{
            name         = [string]$service.Name
            display_name = [string]$service.DisplayName
            state        = [string]$service.State
            start        = [string]$service.StartMode
        }
    }
}

# Works without the FailoverClusters module: the cluster service brings its own CIM namespace.
function Read-Cluster {
    $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='ClusSvc'" -Property @('State', 'StartMode')
    if ($null -eq $service -or $service.StartMode -eq 'Disabled') { return }
    if ($service.State -ne 'Running') { return [ordered]@{ name = ''; node_state = 'Down' } }
    $states = @{ '-1' = 'Unknown'; '0' = 'Up'; '1' = 'Down'; '2' = 'Paused'; '3' = 'Joining' }
    $cluster = Get-CimInstance -Namespace 'root/MSCluster' -ClassName MSCluster_Cluster | Select-Object -First 1
    $node = Get-CimInstance -Namespace 'root/MSCluster' -ClassName MSCluster_Node |
        Where-Object -FilterScript { $_.Name -eq $env:COMPUTERNAME } | Select-Object -First 1
    $state = 'Unknown'
    if ($null -ne $node -and $states.ContainsKey([string][int]$node.State)) { $state = $states[[string][int]$node.State] }
    $name = ''
    if ($null -ne $cluster) { $name = [string]$cluster.Name }
    return [ordered]@{ name = $name; node_state = $state }
}

# A part that breaks on one odd server must not cost all other facts: it is left empty and named in `problems`.
$problems = New-Object -TypeName System.Collections.ArrayList
function Read-Part {
    param($name, $read)
    try { return & $read } catch { [void]$problems.Add(('{0}: {1}' -f $name, $_.Exception.Message)) }
}

$system = Get-CimInstance -ClassName Win32_ComputerSystem
$windows = Get-CimInstance -ClassName Win32_OperatingSystem
$drive = Get-CimInstance -ClassName Win32_LogicalDisk -Filter ("DeviceID='{0}'" -f $windows.SystemDrive)
$hardware = 'physical'
if (('{0} {1}' -f $system.Manufacturer, $system.Model) -match $virtualHardware) { $hardware = 'virtual' }
$domain = ''
if ($system.PartOfDomain) { $domain = [string]$system.Domain }

# What Windows lists, and what was asked about beside it. A package that cannot be looked for costs no other.
function Read-Update {
    Get-InstalledUpdate
    foreach ($package in @($parameters.packages | Where-Object -FilterScript { $_ })) {
        Read-Part $package.kb { Get-DetectedName @($package) }
    }
}

return [ordered]@{
    hostname                 = [string]$system.DNSHostName
    domain                   = $domain
    domain_role              = [int]$system.DomainRole
    os_caption               = ([string]$windows.Caption).Trim()
    installation_type        = [string](Get-RegistryValue $windowsVersionKey 'InstallationType' '')
    build                    = Get-Build
    boot_time                = Get-BootTime
    time                     = Get-UtcTime
    powershell               = $PSVersionTable.PSVersion.ToString()
    language_mode            = [string]$ExecutionContext.SessionState.LanguageMode
    hardware                 = $hardware
    model                    = ([string]$system.Model).Trim()
    memory_bytes             = [long]$system.TotalPhysicalMemory
    system_drive_free_bytes  = [long]$drive.FreeSpace
    system_drive_total_bytes = [long]$drive.Size
    roles                    = [string[]]@(Read-Part 'roles' { Read-Role })
    services                 = [object[]]@(Read-Part 'services' { Read-Service })
    updates                  = [object[]]@(Read-Part 'updates' { Read-Update | ForEach-Object -Process { [ordered]@{ kb = $_ } } })
    pending_restart          = [object[]]@(Read-Part 'pending_restart' { Get-PendingRestart })
    servicing                = Get-Servicing
    cluster                  = @(Read-Part 'cluster' { Read-Cluster })[0]
    update_policy            = Read-UpdatePolicy
    baseline                 = @(Read-Part 'baseline' { Read-Baseline })[0]
    problems                 = [string[]]$problems.ToArray()
}
