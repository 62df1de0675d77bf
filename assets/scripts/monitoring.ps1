<#
.SYNOPSIS
    Suspends or resumes the monitoring of a server through the script that its owners have put there for it.
.NOTES
    Script: monitoring
    Version: 1
    Parameters: action, minutes, change
    Result: configured, path, action, exit_code, output, already, time
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/file.ps1
#include part/folder.ps1

$limitMilliseconds = 90000
$longestOutput = 400
# Who may change a file that runs with our rights: SYSTEM, Administrators, TrustedInstaller.
$trustedWriters = $trustedOwners + @('S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464')
$changing = [System.Security.AccessControl.FileSystemRights]'WriteData, AppendData, WriteAttributes, WriteExtendedAttributes, Delete, DeleteSubdirectoriesAndFiles, ChangePermissions, TakeOwnership'

# The path comes from the server's own registry, or is the fixed one: never from a caller.
function Get-PluginPath {
    $path = [string](Get-RegistryValue 'HKLM:\SOFTWARE\patchdeck' 'MonitoringScript' '')
    if ($path -eq '') { return Join-Path -Path $patchdeckFolder -ChildPath 'monitoring.ps1' }
    if ($path -cnotmatch '\A[A-Za-z]:\\[^"<>|?*]+\.[pP][sS]1\z') {
        throw (New-Failure 0x80070057 ('the registry names "{0}" as the monitoring script, which is not a local path to a .ps1 file' -f $path))
    }
    return $path
}

# What others could replace would run with our rights: the file and its folder must belong to the administrators alone.
function Assert-TrustedPath {
    param($item)
    if (($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { throw (New-Failure 0x8007112B ('{0} is a link to another place' -f $item.FullName)) }
    $access = $item.GetAccessControl([System.Security.AccessControl.AccessControlSections]'Owner, Access')
    $owner = $access.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    if ($trustedWriters -cnotcontains $owner) { throw (New-Failure 0x8007051B ('{0} belongs to {1} and not to the administrators' -f $item.FullName, $owner)) }
    foreach ($rule in $access.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])) {
        $here = ($rule.PropagationFlags -band [System.Security.AccessControl.PropagationFlags]::InheritOnly) -eq 0
        if ($here -and $rule.AccessControlType -eq 'Allow' -and ($rule.FileSystemRights -band $changing) -ne 0 -and $trustedWriters -cnotcontains $rule.IdentityReference.Value) {
            throw (New-Failure 0x8007051B ('{0} can be changed by {1}' -f $item.FullName, $rule.IdentityReference.Value))
        }
    }
}

# Every argument is a number or of a small alphabet, so that none can end its own place on the command line.
function Invoke-Plugin {
    param([string]$path, [string]$action, [int]$minutes, [string]$change)
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'WindowsPowerShell\v1.0\powershell.exe'
    $start.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}" -Action {1} -Minutes {2} -Change {3}' -f $path, $action, $minutes, $change
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $reading = $process.StandardOutput.ReadToEndAsync()
    if (-not $process.WaitForExit($limitMilliseconds)) {
        $process.Kill()
        throw (New-Failure 0x800705B4 ('the monitoring script did not end within {0} seconds' -f ($limitMilliseconds / 1000)))
    }
    $output = $reading.Result.Trim()
    if ($output.Length -gt $longestOutput) { $output = $output.Substring(0, $longestOutput) }
    return @{ code = $process.ExitCode; output = $output }
}

$action = [string]$parameters.action
$change = [string]$parameters.change
if (@('suspend', 'resume') -cnotcontains $action) { throw (New-Failure 0x80070057 'action is neither suspend nor resume') }
if ($change -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9-]{0,39}\z') { throw (New-Failure 0x80070057 'change is not 1 to 40 letters, digits and hyphens') }
$minutes = [Math]::Min([Math]::Max([int]$parameters.minutes, 0), 1440)
$path = Get-PluginPath
$answer = [ordered]@{ configured = $false; path = $path; action = $action; exit_code = 0; output = ''; already = $false; time = Get-UtcTime }
if (-not [System.IO.File]::Exists($path)) { return $answer }
$answer.configured = $true
$file = New-Object -TypeName System.IO.FileInfo -ArgumentList $path
# What is done is noted, so that the same order again does nothing.
$note = Join-Path -Path (Open-PrivateFolder 'monitoring') -ChildPath 'last.json'
Assert-TrustedPath $file.Directory
Assert-TrustedPath $file
if ([System.IO.File]::Exists($note)) {
    $last = ConvertFrom-Json -InputObject (Read-SharedText $note)
    if ($last.action -ceq $action -and $last.change -ceq $change -and $last.exit_code -eq 0) {
        $answer.already = $true
        return $answer
    }
}
$ended = Invoke-Plugin $path $action $minutes $change
$answer.exit_code = $ended.code
$answer.output = $ended.output
Save-SharedText $note (ConvertTo-Json -InputObject ([ordered]@{ action = $action; change = $change; time = Get-UtcTime; exit_code = $ended.code }) -Compress)
return $answer
