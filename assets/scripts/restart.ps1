<#
.SYNOPSIS
    Orders a planned restart, attributed to its change, at most once for each restart id.
.NOTES
    Script: restart
    Version: 2
    Parameters: restart, boot_time, delay_seconds, comment
    Result: ordered, already, boot_time
    Privileges: member of Administrators, with the right to shut the system down
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/file.ps1
#include part/folder.ps1

$bootToleranceSeconds = 2
$longestDelaySeconds = 3600
# shutdown.exe takes 512 characters of comment.
$longestComment = 512
# ERROR_SHUTDOWN_IN_PROGRESS and ERROR_SHUTDOWN_IS_SCHEDULED: somebody else was first, and that restart serves as well.
$shutdownUnderWay = @(1115, 1190)

# The comment stands between quotes on a command line: what could end it, or is no plain text, is replaced.
function Format-Comment {
    param([string]$comment)
    $plain = ($comment -replace '[^\x20-\x7E]', '?') -replace '["\\]', '/'
    if ($plain.Length -gt $longestComment) { $plain = $plain.Substring(0, $longestComment) }
    return $plain
}

# p:2:17 is the planned reason "Operating system: security fix"; it stands in the system's event log beside the comment.
# A delay above zero implies /f: programs are not asked whether they like it.
function Invoke-Shutdown {
    param([int]$delay, [string]$comment)
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'shutdown.exe'
    $start.Arguments = '/r /t {0} /d p:2:17 /c "{1}"' -f $delay, (Format-Comment $comment)
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $words = $process.StandardError.ReadToEnd().Trim()
    $process.WaitForExit()
    return @{ code = $process.ExitCode; words = $words }
}

$restart = Assert-Id 'restart' ([string]$parameters.restart)
$delay = [Math]::Min([Math]::Max([int]$parameters.delay_seconds, 0), $longestDelaySeconds)
$bootTime = Get-BootTime
$answer = [ordered]@{ ordered = $false; already = ''; boot_time = $bootTime }
if ((Get-SecondsBetween ([string]$parameters.boot_time) $bootTime) -gt $bootToleranceSeconds) {
    $answer.already = 'booted_since'
    return $answer
}
# The mark is made before the order and confirmed after it. A confirmed one is never ordered again, also when somebody called
# the restart off; one that was cut off in between may be: if its order got through, Windows says so with its codes.
$mark = Join-Path -Path (Open-PrivateFolder 'restarts') -ChildPath ($restart + '.json')
$record = [ordered]@{ restart = $restart; boot_time = $bootTime; time = Get-UtcTime; confirmed = $false }
$created = Publish-NewText $mark (ConvertTo-Json -InputObject $record -Compress)
if (-not $created -and (ConvertFrom-Json -InputObject (Read-SharedText $mark)).confirmed) {
    $answer.already = 'ordered'
    return $answer
}
$shutdown = Invoke-Shutdown $delay ([string]$parameters.comment)
if ($shutdown.code -eq 0) {
    $answer.ordered = $true
    $record.confirmed = $true
    Save-SharedText $mark (ConvertTo-Json -InputObject $record -Compress)
} elseif ($shutdownUnderWay -contains $shutdown.code) {
    $answer.already = 'shutdown_in_progress'
} else {
    throw (New-Failure (0x80070000 -bor ($shutdown.code -band 0xFFFF)) ('shutdown.exe ended with {0}: {1}' -f $shutdown.code, $shutdown.words))
}
return $answer
