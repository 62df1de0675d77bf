# What is known of a job from outside: its folder, its state file, whether anything still works on it.
# Needs part/machine.ps1, part/failure.ps1, part/file.ps1 and part/folder.ps1.

$taskPath = '\patchdeck\'
# Between its registration and its first sign of life a job is neither running nor lost.
$startGraceSeconds = 120
# The boot time is computed from the clock, so two readings of one boot differ a little.
$bootToleranceSeconds = 2

function Get-JobFolder {
    param([string]$job)
    return Join-Path -Path $patchdeckFolder -ChildPath ('jobs\' + $job)
}

function Get-JobTask {
    param([string]$job)
    return Get-ScheduledTask -TaskPath $taskPath -TaskName $job -ErrorAction SilentlyContinue
}

# The body holds the mutex as long as its process lives, so its existence is the proof.
function Test-JobProcess {
    param([string]$job)
    try {
        [System.Threading.Mutex]::OpenExisting('Global\patchdeck-' + $job, [System.Security.AccessControl.MutexRights]::Synchronize).Dispose()
        return $true
    } catch [System.Threading.WaitHandleCannotBeOpenedException] {
        return $false
    } catch [System.UnauthorizedAccessException] {
        return $true
    }
}

# Queued (2) and Running (4) are the states in which the task scheduler has the job in hand.
function Test-JobAlive {
    param([string]$job)
    if (Test-JobProcess $job) { return $true }
    $task = Get-JobTask $job
    return ($null -ne $task) -and (@(2, 4) -contains [int]$task.State)
}

# $null for a job that this server never heard of. A file that cannot be read as a state is an error, not an absent job:
# nobody may start the work again because of it.
function Read-JobState {
    param([string]$job)
    $folder = Get-JobFolder $job
    $path = Join-Path -Path $folder -ChildPath 'state.json'
    if (-not [System.IO.File]::Exists($path)) {
        # A replacement that a power cut interrupted leaves the new text under its temporary name.
        if (-not [System.IO.File]::Exists($path + '.next')) { return $null }
        if (-not [System.IO.File]::Exists($path)) { $path = $path + '.next' }
    }
    Assert-PrivateFolder $folder
    return ConvertFrom-Json -InputObject (Read-SharedText $path)
}

# When the process last showed that it lives. A job that has not begun has shown it when it was registered.
function Get-Heartbeat {
    param([string]$job, $state)
    $path = Join-Path -Path (Get-JobFolder $job) -ChildPath 'heartbeat'
    if ([System.IO.File]::Exists($path)) { return Format-UtcTime ([System.IO.File]::GetLastWriteTimeUtc($path)) }
    foreach ($time in $state.finished, $state.started, $state.registered) {
        if ($time -ne '') { return $time }
    }
}

function Test-JustRegistered {
    param($state, [string]$bootTime)
    if ($state.state -ne 'registered') { return $false }
    if ((Get-SecondsBetween $state.registered (Get-UtcTime)) -gt $startGraceSeconds) { return $false }
    return [Math]::Abs((Get-SecondsBetween $state.boot_time $bootTime)) -le $bootToleranceSeconds
}

# JOB of the README. The order matters: whether anything is alive is asked before the state is read, since a job writes its
# last state before it dies. Who is dead and then still reads as unfinished is lost.
function Get-JobAnswer {
    param([string]$job)
    $bootTime = Get-BootTime
    $alive = Test-JobAlive $job
    $state = Read-JobState $job
    $answer = [ordered]@{
        job = $job; kind = ''; existed = $false; state = 'absent'; seq = 0; phase = ''; percent = 0; kb = ''
        heartbeat = ''; started = ''; finished = ''; boot_time = $bootTime; time = Get-UtcTime; outcome = $null
    }
    if ($null -eq $state) { return $answer }
    foreach ($field in 'kind', 'state', 'seq', 'phase', 'percent', 'kb', 'started', 'finished', 'outcome') {
        $answer[$field] = $state.$field
    }
    $answer.existed = $true
    $answer.heartbeat = Get-Heartbeat $job $state
    if ($state.state -ne 'finished' -and -not $alive -and -not (Test-JustRegistered $state $bootTime)) {
        $answer.state = 'lost'
        $answer.task_result = Get-TaskResult $job
    }
    return $answer
}

# How the task scheduler saw the process end; empty when the task is gone.
function Get-TaskResult {
    param([string]$job)
    $task = Get-JobTask $job
    if ($null -eq $task) { return '' }
    $information = Get-ScheduledTaskInfo -InputObject $task -ErrorAction SilentlyContinue
    if ($null -eq $information) { return '' }
    return '0x{0:X8}' -f $information.LastTaskResult
}
