<#
.SYNOPSIS
    Takes this node of a failover cluster back into service, if it was us who suspended it, and waits for repairs of storage.
.NOTES
    Script: cluster-resume
    Version: 1
    Parameters: wait_seconds
    Result: applicable, why, cluster, node, state, drain, ours, waiting, nodes, groups, storage_jobs, time
    Privileges: member of Administrators, with full control of the cluster
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
#include part/cluster.ps1

$obstacle = Get-ClusterObstacle
if ($obstacle -ne '') { return Get-ClusterAnswer $obstacle '' }
$end = Get-WaitEnd ([int]$parameters.wait_seconds)
$mark = Get-ClusterMark
if ([System.IO.File]::Exists($mark)) {
    # After a restart the node joins first; before that it can be neither paused nor up.
    if (-not (Wait-Until $end { @('Paused', 'Up') -contains [string](Get-OwnNode).State })) { return Get-ClusterAnswer '' 'node' }
    if ([string](Get-OwnNode).State -eq 'Paused') { [void](Resume-ClusterNode -Name $env:COMPUTERNAME -Failback Immediate -ErrorAction Stop) }
    if (-not (Wait-Until $end { [string](Get-OwnNode).State -eq 'Up' })) { return Get-ClusterAnswer '' 'node' }
    [System.IO.File]::Delete($mark)
}
$waiting = ''
if (-not (Wait-Until $end { @(Get-UnfinishedStorageJob).Length -eq 0 })) { $waiting = 'storage' }
return Get-ClusterAnswer '' $waiting
