<#
.SYNOPSIS
    Says how the failover cluster of a server stands: nodes, who owns which group, repairs of storage.
.NOTES
    Script: cluster-state
    Version: 1
    Parameters: none
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

return Get-ClusterAnswer (Get-ClusterObstacle) ''
