<#
.SYNOPSIS
    Stamps the baseline that a server has reached into its registry, where other tools and facts read it.
.NOTES
    Script: baseline
    Version: 1
    Parameters: baseline, date
    Result: baseline, before
    Privileges: member of Administrators
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 5.1
#>
param($parameters)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
#include part/machine.ps1
#include part/failure.ps1
#include part/baseline.ps1

$name = [string]$parameters.baseline
if ($name -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9._ -]{0,63}\z') {
    throw (New-Failure 0x80070057 'a baseline is named with 1 to 64 letters, digits, dots, blanks, hyphens and underscores')
}
$date = [DateTime]::Parse([string]$parameters.date, [System.Globalization.CultureInfo]::InvariantCulture, [System.Globalization.DateTimeStyles]::RoundtripKind)
$before = @(Read-Baseline)[0]
$key = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey($baselineKey)
try {
    # The date first: a stamp that was cut off shows the old name with a new date, never a name that was not reached.
    $key.SetValue('Date', (Format-UtcTime $date), [Microsoft.Win32.RegistryValueKind]::String)
    $key.SetValue('Baseline', $name, [Microsoft.Win32.RegistryValueKind]::String)
    $key.Flush()
} finally { $key.Dispose() }
return [ordered]@{ baseline = Read-Baseline; before = $before }
