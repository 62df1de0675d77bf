# Signs that a server waits for a restart. Needs part/machine.ps1.

# Keys whose mere existence is the sign. Only component servicing and the update agent stop an installation.
$pendingKeys = @(
    @{ reason = 'component_servicing'; key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending' }
    @{ reason = 'component_servicing'; key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress' }
    @{ reason = 'component_servicing'; key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\PackagesPending' }
    @{ reason = 'windows_update'; key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired' }
)

function New-PendingReason {
    param([string]$reason, [bool]$blocks, [string]$detail)
    if ($detail.Length -gt 200) { $detail = $detail.Substring(0, 200) }
    return [ordered]@{ reason = $reason; blocks = $blocks; detail = $detail }
}

# PendingFileRenameOperations is a list of pairs: source, target (empty to delete). Many products leave some for ever.
function Get-PendingRename {
    $pairs = @(Get-RegistryValue 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' 'PendingFileRenameOperations' @())
    $sources = @($pairs | Where-Object -FilterScript { $_ })
    if ($sources.Length -gt 0) {
        New-PendingReason 'file_rename' $false (([string]$sources[0]) -replace '\A(\*[0-9]+)?(\\\?\?\\)?', '')
    }
}

function Get-PendingName {
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\'
    $active = [string](Get-RegistryValue ($names + 'ActiveComputerName') 'ComputerName' '')
    $next = [string](Get-RegistryValue ($names + 'ComputerName') 'ComputerName' '')
    if ($active -ne $next) { New-PendingReason 'computer_rename' $false ('{0} becomes {1}' -f $active, $next) }
    $netlogon = 'HKLM:\SYSTEM\CurrentControlSet\Services\Netlogon'
    foreach ($mark in 'JoinDomain', 'AvoidSpnSet') {
        if ((Test-Path -LiteralPath ($netlogon + '\' + $mark)) -or $null -ne (Get-RegistryValue $netlogon $mark $null)) {
            New-PendingReason 'domain_join' $false $mark
        }
    }
}

function Get-PendingConfigurationManager {
    if ($null -eq (Get-Service -Name 'CcmExec' -ErrorAction SilentlyContinue)) { return }
    $answer = Invoke-CimMethod -Namespace 'root/ccm/ClientSDK' -ClassName CCM_ClientUtilities -MethodName DetermineIfRebootPending -ErrorAction SilentlyContinue
    if ($null -eq $answer) { return }
    if ($answer.RebootPending -or $answer.IsHardRebootPending) { New-PendingReason 'configuration_manager' $false '' }
}

function Get-PendingRestart {
    foreach ($sign in $pendingKeys) {
        if (Test-Path -LiteralPath $sign.key) { New-PendingReason $sign.reason $true (Split-Path -Path $sign.key -Leaf) }
    }
    if ((Get-Servicing) -eq 'busy') { New-PendingReason 'servicing_in_progress' $true '' }
    Get-PendingRename
    Get-PendingName
    Get-PendingConfigurationManager
}
