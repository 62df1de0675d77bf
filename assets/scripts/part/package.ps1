# Installing files of updates with DISM, which unlike the update agent needs no search. Packages of
# other vendors bring installers of their own. Needs part/content.ps1 and part/installer.ps1.

# From this build on DISM takes .msu files online, and finds the checkpoints that one builds on beside it.
$checkpointBuild = 26100

# The packages inside an .msu: the servicing stack first, then the update; its search metadata is none.
function Expand-UpdateFile {
    param([string]$path)
    $folder = $path + '.expanded'
    [void][System.IO.Directory]::CreateDirectory($folder)
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'expand.exe'
    $start.Arguments = '-F:*.cab "{0}" "{1}"' -f $path, $folder
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) { throw (New-Failure 0x8007000D ('expand.exe ended with {0} for {1}' -f $process.ExitCode, $path)) }
    $packages = @([System.IO.Directory]::GetFiles($folder, '*.cab') | Where-Object -FilterScript { (Split-Path -Path $_ -Leaf) -ne 'WSUSSCAN.cab' } | Sort-Object)
    $packages | Where-Object -FilterScript { (Split-Path -Path $_ -Leaf) -match '\ASSU-' }
    $packages | Where-Object -FilterScript { -not ((Split-Path -Path $_ -Leaf) -match '\ASSU-') }
}

# The last file of an update is the update itself; what stands before it is what it needs.
function Get-PackagePath {
    param($entry)
    $paths = @($entry.files | ForEach-Object -Process { Get-FilePath $_ })
    if ([int](Get-RegistryValue $windowsVersionKey 'CurrentBuild' '0') -ge $checkpointBuild) { return $paths[-1] }
    foreach ($path in $paths) {
        if ($path.EndsWith('.msu')) { Expand-UpdateFile $path } else { $path }
    }
}

# An installer began to restart the server by itself.
function Test-Leaving {
    param([object[]]$entries)
    return @($entries | Where-Object -FilterScript { $_.leaving }).Length -gt 0
}

# Packages go one by one, each as far as its own installer.
function Install-PackageEntry {
    param([object[]]$entries)
    for ($index = 0; $index -lt $entries.Length; $index++) {
        $entry = $entries[$index]
        if ((Get-StopReason) -ne '' -or (Test-Leaving $entries)) { return }
        Set-Progress ([int](100 * $index / $entries.Length)) $entry.kb
        try {
            Set-EntryExit $entry (Invoke-PackageInstaller $entry.package (Get-FilePath $entry.files[-1]))
            if ($entry.result -eq $operationSucceeded -and -not $entry.leaving) { [System.IO.Directory]::Delete((Open-PrivateFolder 'content', $entry.kb), $true) }
        } catch { if ($entry.result -ne $operationSucceeded) { Set-EntryFailed $entry (Get-Cause $_) } }
    }
}

function Install-FileEntry {
    param([object[]]$entries)
    $log = Join-Path -Path $workFolder -ChildPath 'dism.log'
    for ($index = 0; $index -lt $entries.Length; $index++) {
        $entry = $entries[$index]
        if ((Get-StopReason) -ne '') { return }
        Set-Progress ([int](100 * $index / $entries.Length)) $entry.kb
        try {
            foreach ($path in @(Get-PackagePath $entry)) {
                $answer = Add-WindowsPackage -Online -PackagePath $path -NoRestart -LogPath $log -LogLevel Warnings -ErrorAction Stop
                if ($answer.RestartNeeded) { $entry.restart = $true }
            }
            $entry.result = $operationSucceeded
            $entry.hresult = 0
            [System.IO.Directory]::Delete((Open-PrivateFolder 'content', $entry.kb), $true)
        } catch { if ($entry.result -ne $operationSucceeded) { Set-EntryFailed $entry (Get-Cause $_) } }
    }
}
