# The Windows Update Agent: what it offers, and downloads and installations that can be watched and stopped.
# Needs part/failure.ps1 and part/work.ps1.

$operationSucceeded = 2
$operationSucceededWithErrors = 3
$operationAborted = 5
$pollSeconds = 2
$alreadyInstalled = 0x00240006
$notApplicable = 0x80240017 # WU_E_NOT_APPLICABLE
$cancelCode = 0x8024000B    # WU_E_CALL_CANCELLED
$lateCode = 0x800705B4      # ERROR_TIMEOUT
$restartFirst = 0x80240016  # WU_E_INSTALL_NOT_ALLOWED
$agentBusy = 0x80240009     # WU_E_OPERATIONINPROGRESS
$restartNames = @('never', 'always', 'can')
$exclusiveHandling = 2

# What can be done with a group of updates. `whole` is the form that does not return before the end.
$operations = @{
    downloading = @{
        begin = { param($agent) $agent.BeginDownload([object]::new(), [object]::new(), [object]::new()) }
        end   = { param($agent, $job) $agent.EndDownload($job) }
        whole = { param($agent) $agent.Download() }
    }
    installing  = @{
        begin = { param($agent) $agent.BeginInstall([object]::new(), [object]::new(), [object]::new()) }
        end   = { param($agent, $job) $agent.EndInstall($job) }
        whole = { param($agent) $agent.Install() }
    }
}

function New-AgentSession {
    $session = New-Object -ComObject 'Microsoft.Update.Session'
    $session.ClientApplicationID = 'patchdeck'
    return $session
}

# With a service the search asks that one (ServerSelection 3), else what the policy of the server says.
# Superseded updates are left out unless asked for: a scan wants what is current, a frozen plan wants what it names.
function Search-Update {
    param($session, [string]$criteria, [bool]$superseded, [string]$service = '')
    $searcher = $session.CreateUpdateSearcher()
    $searcher.IncludePotentiallySupersededUpdates = $superseded
    if ($service -ne '') {
        $searcher.ServerSelection = 3
        $searcher.ServiceID = $service
    }
    $found = $searcher.Search($criteria)
    $code = [int]$found.ResultCode
    if ($code -ne $operationSucceeded -and $code -ne $operationSucceededWithErrors) {
        throw (New-Failure 0x80240FFF ('the search ended with result {0}' -f $code))
    }
    foreach ($warning in $found.Warnings) { Add-Line ('search warning {0} {1}' -f (Format-HResult $warning.HResult), $warning.Message) }
    foreach ($update in $found.Updates) { $update }
}

# The KBs of an update, of which the agent gives the digits only. Some updates have none, or a number of another kind.
function Get-UpdateName {
    param($update)
    foreach ($digits in $update.KBArticleIDs) { if ($digits -match '\A[0-9]{6,8}\z') { 'KB' + $digits } }
}

# One entry for each update that the job has to do with. `update` is the agent's own object; it never leaves the process.
function New-Entry {
    param([string]$kb, $update)
    return @{ kb = $kb; update = $update; result = 0; hresult = 0; restart = $false }
}

# UPDATE of the README.
function Format-Entry {
    param($entry)
    $update = $entry.update
    $known = [ordered]@{
        kb = $entry.kb; update_id = ''; title = ''; severity = ''; result = $entry.result; code = Format-HResult $entry.hresult
        restart = 'never'; restart_required = $entry.restart; downloaded = $false; size_bytes = 0
    }
    if ($null -eq $update) { return $known }
    $known.update_id = [string]$update.Identity.UpdateID
    $known.title = [string]$update.Title
    $known.severity = [string]$update.MsrcSeverity
    $behaviour = [int]$update.InstallationBehavior.RebootBehavior
    if ($behaviour -ge 0 -and $behaviour -lt $restartNames.Length) { $known.restart = $restartNames[$behaviour] }
    $known.downloaded = [bool]$update.IsDownloaded
    $known.size_bytes = [long]$update.MaxDownloadSize
    return $known
}

# The entries of the updates that the plan names: those that are offered, and then one for each that is not, with the code
# that says why. An update may be offered in several pieces under one KB; all of them belong to it.
function Get-PlannedEntry {
    param($session, [string[]]$wanted)
    $offered = @{}
    foreach ($update in Search-Update $session "IsInstalled=0 and Type='Software' and IsHidden=0" $true) {
        $kb = Get-UpdateName $update | Where-Object -FilterScript { $wanted -contains $_ } | Select-Object -First 1
        if ($null -eq $kb) { continue }
        $offered[$kb] = $true
        New-Entry $kb $update
    }
    $rest = @($wanted | Where-Object -FilterScript { -not $offered.ContainsKey($_) })
    if ($rest.Length -eq 0) { return }
    $installed = @(Search-Update $session "IsInstalled=1 and Type='Software'" $true | ForEach-Object -Process { Get-UpdateName $_ })
    foreach ($kb in $rest) {
        $entry = New-Entry $kb $null
        $entry.hresult = if ($installed -contains $kb) { $alreadyInstalled } else { $notApplicable }
        $entry
    }
}

# Takes the result of each update out of the result of its group.
function Read-GroupResult {
    param($result, [object[]]$entries)
    for ($index = 0; $index -lt $entries.Length; $index++) {
        $own = $result.GetUpdateResult($index)
        $entries[$index].result = [int]$own.ResultCode
        $entries[$index].hresult = [int]$own.HResult
    }
}

# Follows an operation that was begun, to its end. A cancellation, or the deadline, keeps further updates of the group from
# being started; the agent finishes the one it is at.
function Wait-Operation {
    param($job, [object[]]$entries)
    $stopped = $false
    while (-not $job.IsCompleted) {
        Start-Sleep -Seconds $pollSeconds
        try {
            if (-not $stopped -and (Get-StopReason) -ne '') {
                $stopped = $true
                Add-Line ('asks the update agent to stop: {0}' -f (Get-StopReason))
                [void]$job.RequestAbort()
            }
            $progress = $job.GetProgress()
            $index = [Math]::Min([Math]::Max([int]$progress.CurrentUpdateIndex, 0), $entries.Length - 1)
            Set-Progress ([int]$progress.PercentComplete) $entries[$index].kb
        } catch {
            # What cannot be watched for a moment goes on all the same, and only its end counts.
            continue
        }
    }
}

# Begins the operation, or gives $null where the agent does not take callbacks that do nothing. Nothing was started then, and
# whatever else is wrong the other form will say again.
function Start-Operation {
    param([string]$name, $agent)
    try { return & $operations[$name].begin $agent } catch {
        Add-Line ('the update agent gives no progress here: {0}' -f (Get-Cause $_).Message)
        return $null
    }
}

function Set-AgentUpdate {
    param($agent, [object[]]$entries)
    $collection = New-Object -ComObject 'Microsoft.Update.UpdateColl'
    foreach ($entry in $entries) { [void]$collection.Add($entry.update) }
    $agent.Updates = $collection
}

# Where progress cannot be watched, updates go one by one: that is coarse, and each is at least known by name.
function Invoke-OneByOne {
    param([string]$name, $agent, [object[]]$entries)
    for ($index = 0; $index -lt $entries.Length; $index++) {
        if ((Get-StopReason) -ne '') { return }
        Set-Progress ([int](100 * $index / $entries.Length)) $entries[$index].kb
        Set-AgentUpdate $agent @($entries[$index])
        $result = & $operations[$name].whole $agent
        Read-GroupResult $result @($entries[$index])
        $entries[$index].restart = ($name -eq 'installing') -and [bool]$result.RebootRequired
    }
}

# Downloads or installs a group of updates; afterwards each entry has its result.
function Invoke-Group {
    param([string]$name, $agent, [object[]]$entries)
    Set-AgentUpdate $agent $entries
    $job = Start-Operation $name $agent
    if ($null -eq $job) {
        Invoke-OneByOne $name $agent $entries
        return
    }
    Wait-Operation $job $entries
    $result = & $operations[$name].end $agent $job
    Read-GroupResult $result $entries
    if ($name -eq 'installing') {
        for ($index = 0; $index -lt $entries.Length; $index++) { $entries[$index].restart = [bool]$result.GetUpdateResult($index).RebootRequired }
    }
}

# Downloads what is not on the server yet.
function Receive-Update {
    param($session, [object[]]$entries)
    foreach ($entry in $entries) { if (-not $entry.update.EulaAccepted) { [void]$entry.update.AcceptEula() } }
    $absent = @($entries | Where-Object -FilterScript { -not $_.update.IsDownloaded })
    if ($absent.Length -eq 0 -or (Get-StopReason) -ne '') { return }
    Enter-Phase 'downloading' ('{0} updates' -f $absent.Length)
    Invoke-Group 'downloading' $session.CreateUpdateDownloader() $absent
}

function Test-EntrySucceeded {
    param($entry)
    return $entry.result -eq $operationSucceeded -or ($entry.result -eq $operationSucceededWithErrors -and $entry.hresult -ge 0)
}

# The outcome of the whole job, out of its entries: a success needs every offered update, and a stop that came before the end
# is named as what it was.
function Get-PlannedOutcome {
    param([object[]]$entries, [bool]$restartRequired)
    $updates = @($entries | ForEach-Object -Process { Format-Entry $_ })
    $offered = @($entries | Where-Object -FilterScript { $null -ne $_.update })
    if ($offered.Length -eq 0) {
        $strange = @($entries | Where-Object -FilterScript { $_.hresult -ne $alreadyInstalled })
        $code = if ($strange.Length -eq 0) { $alreadyInstalled } else { $notApplicable }
        return New-Outcome 'nothing_to_do' (Format-HResult $code) 'none of the updates is offered to this server' $restartRequired $updates
    }
    $undone = @($offered | Where-Object -FilterScript { -not (Test-EntrySucceeded $_) })
    if ($undone.Length -eq 0) { return New-Outcome 'succeeded' '0x00000000' '' $restartRequired $updates }
    $broken = @($undone | Where-Object -FilterScript { $_.hresult -lt 0 -and $_.result -ne $operationAborted } | Select-Object -First 1)
    if ($broken.Length -gt 0) {
        return New-Outcome 'failed' (Format-HResult $broken[0].hresult) ('{0} was not done' -f $broken[0].kb) $restartRequired $updates
    }
    if ((Get-StopReason) -eq 'late') {
        return New-Outcome 'failed' (Format-HResult $lateCode) 'the deadline passed before all updates were done' $restartRequired $updates
    }
    return New-Outcome 'cancelled' (Format-HResult $cancelCode) 'the job was stopped before all updates were done' $restartRequired $updates
}

# The names of the plan, without doubles. A list that is missing arrives as null.
function Get-PlannedName {
    $names = @($order.manifest.updates | Where-Object -FilterScript { $_ -cmatch '\AKB[0-9]{6,8}\z' } | Sort-Object -Unique)
    if ($names.Length -eq 0) { throw (New-Failure 0x80070057 'the plan names no update') }
    return $names
}
