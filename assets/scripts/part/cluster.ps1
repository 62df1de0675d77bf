# This server as a node of its failover cluster: always asked on the node itself, since a remote session must not log on further.
# Needs part/machine.ps1, part/file.ps1, part/folder.ps1 and part/module.ps1.

$longestWaitSeconds = 120
$pauseSeconds = 2

# Why nothing can be said or done about a cluster here; empty for a node that works.
function Get-ClusterObstacle {
    $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='ClusSvc'" -Property @('State', 'StartMode')
    if ($null -eq $service -or $service.StartMode -eq 'Disabled') { return 'no_cluster' }
    if (-not (Test-Command 'Get-ClusterNode')) { return 'no_module' }
    if ($service.State -ne 'Running') { return 'service_stopped' }
    return ''
}

# The mark says that this node was suspended by us. A node that somebody else suspended is never resumed from here.
function Get-ClusterMark { return Join-Path -Path (Open-PrivateFolder 'cluster') -ChildPath 'suspended.json' }

function Get-OwnNode { return Get-ClusterNode -Name $env:COMPUTERNAME -ErrorAction Stop }

# Repairs of mirrored storage that are not done yet: until their end the cluster cannot spare another node.
function Get-UnfinishedStorageJob {
    if (-not (Test-Command 'Get-StorageJob')) { return }
    Get-StorageJob -ErrorAction SilentlyContinue | Where-Object -FilterScript { [string]$_.JobState -ne 'Completed' } |
        ForEach-Object -Process { [ordered]@{ name = [string]$_.Name; state = [string]$_.JobState; percent = [int]$_.PercentComplete } }
}

function Get-WaitEnd {
    param([int]$seconds)
    return [DateTime]::UtcNow.AddSeconds([Math]::Min([Math]::Max($seconds, 0), $longestWaitSeconds))
}

# Waits until a condition holds or the time is over, and says which.
function Wait-Until {
    param([DateTime]$end, [ScriptBlock]$condition)
    while (-not (& $condition)) {
        if ([DateTime]::UtcNow -ge $end) { return $false }
        Start-Sleep -Seconds $pauseSeconds
    }
    return $true
}

# CLUSTER of the README. `waiting` names what is not done yet and is worth another call.
function Get-ClusterAnswer {
    param([string]$obstacle, [string]$waiting)
    $answer = [ordered]@{
        applicable = $obstacle -eq ''; why = $obstacle; cluster = ''; node = [string]$env:COMPUTERNAME; state = ''; drain = ''
        ours = $false; waiting = $waiting; nodes = [object[]]@(); groups = [object[]]@(); storage_jobs = [object[]]@(); time = Get-UtcTime
    }
    if ($obstacle -ne '') { return $answer }
    $node = Get-OwnNode
    $answer.cluster = [string](Get-Cluster -ErrorAction Stop).Name
    $answer.node = [string]$node.Name
    $answer.state = [string]$node.State
    $answer.drain = [string]$node.DrainStatus
    $answer.ours = [System.IO.File]::Exists((Get-ClusterMark))
    $answer.nodes = [object[]]@(Get-ClusterNode -ErrorAction Stop | ForEach-Object -Process { [ordered]@{ name = [string]$_.Name; state = [string]$_.State } })
    $answer.groups = [object[]]@(Get-ClusterGroup -ErrorAction Stop |
            ForEach-Object -Process { [ordered]@{ name = [string]$_.Name; owner = [string]$_.OwnerNode; state = [string]$_.State } })
    $answer.storage_jobs = [object[]]@(Get-UnfinishedStorageJob)
    return $answer
}
