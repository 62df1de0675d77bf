<#
.SYNOPSIS
    Moves all groups off this node of a failover cluster and keeps new ones away, ahead of its restart.
.NOTES
    Script: cluster-suspend
    Version: 1
    Parameters: suspend, wait_seconds
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

# A node is taken out only while all storage is whole and somebody is there to take over.
function Assert-PeerUp {
    $peers = @(Get-ClusterNode -ErrorAction Stop | Where-Object -FilterScript { $_.Name -ne $env:COMPUTERNAME -and [string]$_.State -eq 'Up' })
    if ($peers.Length -eq 0) { throw (New-Failure 0x800713BA 'no other node of the cluster is up, so nothing can be moved off this one') }
}

# Starts the drain without waiting in it, so that the limit of the wait is ours. One that failed is tried anew by each call.
function Start-Drain {
    $node = Get-OwnNode
    if ([string]$node.State -eq 'Up' -or [string]$node.DrainStatus -eq 'Failed') {
        [void](Suspend-ClusterNode -Name $env:COMPUTERNAME -Drain -ErrorAction Stop)
    }
}

$suspend = Assert-Id 'suspend' ([string]$parameters.suspend)
$obstacle = Get-ClusterObstacle
if ($obstacle -ne '') { return Get-ClusterAnswer $obstacle '' }
$end = Get-WaitEnd ([int]$parameters.wait_seconds)
$mark = Get-ClusterMark
if (-not [System.IO.File]::Exists($mark)) {
    if ([string](Get-OwnNode).State -eq 'Paused') { return Get-ClusterAnswer '' '' }
    if (-not (Wait-Until $end { @(Get-UnfinishedStorageJob).Length -eq 0 })) { return Get-ClusterAnswer '' 'storage' }
    Assert-PeerUp
    [void](Publish-NewText $mark (ConvertTo-Json -InputObject ([ordered]@{ suspend = $suspend; time = Get-UtcTime }) -Compress))
}
Start-Drain
$waiting = ''
if (-not (Wait-Until $end { [string](Get-OwnNode).DrainStatus -ne 'InProgress' })) { $waiting = 'drain' }
return Get-ClusterAnswer '' $waiting
