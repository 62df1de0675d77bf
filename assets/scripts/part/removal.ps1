# Finding the packages by which updates are removed. Needs part/failure.ps1.

$presentStates = @('Installed', 'InstallPending', 'UninstallPending')

# The package of a cumulative update carries no KB in its name, only the build that it brings.
function Get-PackagePattern {
    param($removal)
    if ([string]$removal.build -cmatch '\A[0-9]+\.[0-9]+\.([0-9]+\.[0-9]+)\z') {
        return '\APackage_for_RollupFix~[0-9a-f]+~[a-z0-9]+~~' + [regex]::Escape($Matches[1]) + '\.[0-9]+\.[0-9]+\z'
    }
    if ([string]$removal.build -ne '' -or [string]$removal.kb -cnotmatch '\AKB[0-9]{6,8}\z') {
        throw (New-Failure 0x80070057 ('"{0}" with build "{1}" names no update' -f $removal.kb, $removal.build))
    }
    return '\APackage_for_' + [string]$removal.kb + '~'
}

function Select-Package {
    param([object[]]$packages, $removal)
    $pattern = Get-PackagePattern $removal
    $packages | Where-Object -FilterScript { $_.PackageName -match $pattern -and $presentStates -contains [string]$_.PackageState }
}
