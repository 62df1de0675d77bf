# What could remove a package of another vendor. Needs part/detection.ps1.

# By what a package that is there could be removed; nothing where there is no way.
function Get-PackageRemover {
    param($package)
    if (-not (Test-Detected $package.detect)) { return }
    if ([string]$package.remove.product -ne '') { return [string]$package.remove.product }
    if ([System.IO.File]::Exists([string]$package.remove.program)) { return [string]$package.remove.program }
}
