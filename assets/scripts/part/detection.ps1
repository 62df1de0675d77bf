# Whether a package of another vendor is on the server: a file, a value of the registry, or a product of Windows Installer, of at
# least a version. Needs part/machine.ps1 and part/failure.ps1.

$uninstallKeys = @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\')

# The version of what is looked for; $null where it is not there, and an empty text where it says none.
$detections = @{
    file     = @{
        form = '\A[A-Za-z]:\\[^"<>|?*:]{1,240}\z'
        find = {
            param($detect)
            if (-not [System.IO.File]::Exists([string]$detect.what)) { return $null }
            $found = [System.Diagnostics.FileVersionInfo]::GetVersionInfo([string]$detect.what)
            return '{0}.{1}.{2}.{3}' -f $found.FileMajorPart, $found.FileMinorPart, $found.FileBuildPart, $found.FilePrivatePart
        }
    }
    registry = @{
        form = '\AHKLM\\[^"<>|?*:]{1,240}\z'
        find = {
            param($detect)
            $found = Get-RegistryValue ('HKLM:' + ([string]$detect.what).Substring(4)) ([string]$detect.name) $null
            if ($null -eq $found) { return $null }
            return [string]$found
        }
    }
    product  = @{
        form = '\A\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}\z'
        find = {
            param($detect)
            foreach ($key in $uninstallKeys) {
                $found = Get-RegistryValue ($key + [string]$detect.what) 'DisplayVersion' $null
                if ($null -ne $found) { return [string]$found }
            }
            return $null
        }
    }
}

# The first one to four numbers of a text; $null where it begins with none.
function ConvertTo-Version {
    param([string]$text)
    if (-not ($text -cmatch '\A *([0-9]{1,9})(\.[0-9]{1,9})?(\.[0-9]{1,9})?(\.[0-9]{1,9})?')) { return $null }
    $numbers = foreach ($place in 1..4) { if ($Matches.ContainsKey($place)) { $Matches[$place].TrimStart('.') } else { '0' } }
    return New-Object -TypeName System.Version -ArgumentList ([string]::Join('.', [string[]]$numbers))
}

function Test-Detected {
    param($detect)
    $detection = $detections[[string]$detect.type]
    if ($null -eq $detection -or [string]$detect.what -cnotmatch $detection.form) {
        throw (New-Failure 0x80070057 ('"{0}" "{1}" is nothing that can be looked for' -f $detect.type, $detect.what))
    }
    $found = & $detection.find $detect
    if ($null -eq $found) { return $false }
    if ([string]$detect.version -eq '') { return $true }
    $version = ConvertTo-Version $found
    return $null -ne $version -and $version -ge (ConvertTo-Version ([string]$detect.version))
}

# The names of those that are there.
function Get-DetectedName {
    param([object[]]$sought)
    foreach ($package in $sought) { if (Test-Detected $package.detect) { [string]$package.kb } }
}
