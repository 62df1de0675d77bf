# The folders of patchdeck on a server. What lies in them runs as SYSTEM, so only SYSTEM and Administrators may write there.
# Needs part/failure.ps1.

$patchdeckFolder = Join-Path -Path ([Environment]::GetFolderPath('CommonApplicationData')) -ChildPath 'patchdeck'
$trustedOwners = @('S-1-5-18', 'S-1-5-32-544')
# Owner and group Administrators; inheritance cut; full control for SYSTEM and Administrators.
$privateFolderAccess = 'O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'

# An id becomes the name of a folder, a task and a mutex: nothing but this alphabet may come near them.
function Assert-Id {
    param([string]$what, [string]$id)
    if ($id -cnotmatch '\A[a-z0-9][a-z0-9-]{0,59}\z') {
        throw (New-Failure 0x80070057 ('{0} "{1}" is not a name of 1 to 60 characters of a-z, 0-9 and hyphen' -f $what, $id))
    }
    return $id
}

# Any user may create folders in ProgramData, so one that somebody prepared, or that leads elsewhere, is refused.
function Assert-PrivateFolder {
    param([string]$path)
    $folder = New-Object -TypeName System.IO.DirectoryInfo -ArgumentList $path
    if (($folder.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) {
        throw (New-Failure 0x8007112B ('{0} is a link to another place; remove it' -f $path))
    }
    $access = $folder.GetAccessControl([System.Security.AccessControl.AccessControlSections]'Owner, Access')
    $owner = $access.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    if ($trustedOwners -cnotcontains $owner) {
        throw (New-Failure 0x8007051B ('{0} belongs to {1} and not to SYSTEM or Administrators; remove it' -f $path, $owner))
    }
    foreach ($rule in $access.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])) {
        if ($rule.AccessControlType -eq 'Allow' -and $trustedOwners -cnotcontains $rule.IdentityReference.Value) {
            throw (New-Failure 0x8007051B ('{0} gives access to {1}; remove the folder' -f $path, $rule.IdentityReference.Value))
        }
    }
}

# Creates the folder with its access list in one step, so that there is no moment in which others could open it.
function Open-PrivateFolder {
    param([string[]]$names)
    $path = $patchdeckFolder
    foreach ($name in @('') + $names) {
        if ($name -ne '') { $path = Join-Path -Path $path -ChildPath $name }
        $access = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
        $access.SetSecurityDescriptorSddlForm($privateFolderAccess)
        [void][System.IO.Directory]::CreateDirectory($path, $access)
        Assert-PrivateFolder $path
    }
    return $path
}
