# The frame around the body of a job: one process for one job, its state, its progress lines, its sign of life, its outcome.
# Needs part/machine.ps1, part/failure.ps1 and part/file.ps1.

$workFolder = $PSScriptRoot
$statePath = Join-Path -Path $workFolder -ChildPath 'state.json'
$progressPath = Join-Path -Path $workFolder -ChildPath 'progress.jsonl'
$cancelPath = Join-Path -Path $workFolder -ChildPath 'cancel'
$order = ConvertFrom-Json -InputObject (Read-SharedText (Join-Path -Path $workFolder -ChildPath 'manifest.json'))
$saved = ConvertFrom-Json -InputObject (Read-SharedText $statePath)
# A table, so that the functions below change the one they all see.
$state = [ordered]@{}
foreach ($property in $saved.PSObject.Properties) { $state[$property.Name] = $property.Value }

$heartbeatMilliseconds = 5000

function Save-State { Save-SharedText $statePath (ConvertTo-Json -InputObject $state -Depth 8 -Compress) }

# One line of progress, numbered by its place in the file. The line is written before the state that counts it, so a reader
# never waits for a line that is not there. A full disk or a busy file costs a line of progress, never the work.
function Add-Line {
    param([string]$text)
    $line = [ordered]@{
        seq = $state.seq + 1; at = Get-UtcTime; phase = $state.phase; percent = $state.percent; kb = $state.kb; text = $text
    }
    $json = (ConvertTo-Json -InputObject $line -Compress) + "`n"
    try {
        Invoke-Patiently { [System.IO.File]::AppendAllText($progressPath, $json, $utf8) }
        $state.seq = $line.seq
        Save-State
    } catch [System.IO.IOException], [System.UnauthorizedAccessException] { return }
}

function Enter-Phase {
    param([string]$phase, [string]$text)
    $state.phase = $phase
    $state.percent = 0
    $state.kb = ''
    Add-Line $text
}

# A line for each update and each five percent: enough to see that it moves, and a file that stays small.
function Set-Progress {
    param([int]$percent, [string]$kb)
    $percent = [Math]::Min([Math]::Max($percent, 0), 100)
    if ($kb -eq $state.kb -and [Math]::Floor($percent / 5) -eq [Math]::Floor($state.percent / 5)) { return }
    $state.percent = $percent
    $state.kb = $kb
    Add-Line ''
}

# Why no further update may be started: asked for, or late. Empty while the work may go on.
function Get-StopReason {
    if ([System.IO.File]::Exists($cancelPath)) { return 'cancelled' }
    if ((Get-SecondsBetween ([string]$order.deadline) (Get-UtcTime)) -ge 0) { return 'late' }
    return ''
}

function New-Outcome {
    param([string]$result, [string]$code, [string]$words, [bool]$restartRequired, [object[]]$updates)
    return [ordered]@{
        result = $result; code = $code; words = $words; restart_required = $restartRequired
        build_before = $state.build_before; updates = [object[]]@($updates)
    }
}

# The sign of life is the time of a file. A thread of its own writes it, because the update agent may keep the main one
# waiting for minutes: it says that the process lives, the progress lines say that the work moves.
function Start-Heartbeat {
    $beat = [PowerShell]::Create()
    $stop = New-Object -TypeName System.Threading.ManualResetEvent -ArgumentList $false
    [void]$beat.AddScript({
            param($path, $milliseconds, $stop)
            do {
                try { [System.IO.File]::WriteAllText($path, [DateTime]::UtcNow.ToString('o')) } catch [System.IO.IOException], [System.UnauthorizedAccessException] { continue }
            } until ($stop.WaitOne($milliseconds))
        }.ToString())
    [void]$beat.AddArgument((Join-Path -Path $workFolder -ChildPath 'heartbeat')).AddArgument($heartbeatMilliseconds).AddArgument($stop)
    return @{ shell = $beat; stop = $stop; running = $beat.BeginInvoke() }
}

function Stop-Heartbeat {
    param($heartbeat)
    [void]$heartbeat.stop.Set()
    [void]$heartbeat.running.AsyncWaitHandle.WaitOne($heartbeatMilliseconds)
    $heartbeat.shell.Dispose()
}

function Start-State {
    $state.state = 'running'
    $state.started = Get-UtcTime
    $state.boot_time = Get-BootTime
    $state.build_before = Get-Build
    Enter-Phase 'starting' ''
}

# The outcome is the one thing that must not be lost: where the disk is full for the moment, it waits for five minutes.
function Save-LastState {
    for ($attempt = 1; $true; $attempt++) {
        try {
            Save-State
            return
        } catch [System.IO.IOException], [System.UnauthorizedAccessException] {
            if ($attempt -ge 30) { throw }
            Start-Sleep -Seconds 10
        }
    }
}

function Complete-State {
    param($outcome)
    $state.phase = 'finished'
    $state.kb = ''
    Add-Line $outcome.words
    $state.state = 'finished'
    $state.finished = Get-UtcTime
    $state.outcome = $outcome
    Save-LastState
}

# Runs the work and saves its outcome, also when it breaks. A job that was begun before is never begun again, whoever starts
# the task: the state says so, and the mutex keeps a second process out. The state is saved before the mutex is let go,
# because its end tells others that they may read the last state.
function Invoke-Work {
    param([ScriptBlock]$work)
    $first = $false
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $true, ('Global\patchdeck-' + $state.job), ([ref]$first)
    if (-not $first -or $state.state -cne 'registered') {
        $mutex.Dispose()
        return
    }
    $heartbeat = Start-Heartbeat
    try {
        Start-State
        try { $outcome = @(& $work)[-1] } catch {
            $cause = Get-Cause $_
            $outcome = New-Outcome 'failed' (Format-HResult $cause.HResult) ([string]$cause.Message) $false @()
        }
        Complete-State $outcome
    } finally {
        Stop-Heartbeat $heartbeat
        $mutex.ReleaseMutex()
        $mutex.Dispose()
    }
}
