# Installers of other vendors: they are run as the plan says, and their exit codes mean what the plan says. Needs part/failure.ps1,
# part/work.ps1 and part/detection.ps1.

$installerBusy = 0x80070652 # ERROR_INSTALL_ALREADY_RUNNING
$windowsInstaller = Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'msiexec.exe'

# Runs a program to its end. No shell reads its arguments, and nobody is there whom it could ask.
function Invoke-Installer {
    param([string]$path, [string]$arguments)
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = $path
    $start.Arguments = $arguments
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    return $process.ExitCode
}

# A code that the plan does not name is a failure, with the code that Windows has for it.
function Set-EntryExit {
    param($entry, [int]$code)
    $means = 'failed'
    foreach ($exit in $entry.package.exits) { if ([int]$exit.code -eq $code) { $means = [string]$exit.means } }
    Add-Line ('{0}: exit code {1}, {2}' -f $entry.kb, $code, $means)
    $entry.restart = $means -eq 'restart' -or $means -eq 'restarting'
    $entry.leaving = $means -eq 'restarting'
    $entry.result = 2
    $entry.hresult = 0
    if ($means -ne 'failed' -and $means -ne 'busy') { return }
    $entry.result = 4
    $entry.hresult = $installerBusy
    if ($means -eq 'failed') { $entry.hresult = if ($code -lt 0) { $code } else { 0x80070000 -bor ($code -band 0xFFFF) } }
}

# What Windows Installer does with a file that it reads.
$installerVerbs = @{ '.msi' = '/i'; '.msp' = '/p' }

# A file that Windows Installer reads leaves its log beside the job; a program runs itself.
function Invoke-PackageInstaller {
    param($package, [string]$path)
    $ending = [System.IO.Path]::GetExtension($path).ToLowerInvariant()
    if ($ending -eq '.exe') { return Invoke-Installer $path ([string]$package.arguments) }
    if (-not $installerVerbs.ContainsKey($ending)) { throw (New-Failure 0x80070057 ('{0} is no file that installs' -f $path)) }
    $log = Join-Path -Path $workFolder -ChildPath 'installer.log'
    return Invoke-Installer $windowsInstaller ('{0} "{1}" /qn /norestart /l*v "{2}" {3}' -f $installerVerbs[$ending], $path, $log, $package.arguments)
}

# A product is removed by Windows Installer, anything else by a program that it left on the server.
function Invoke-PackageRemover {
    param($package)
    $remove = $package.remove
    if ([string]$remove.product -match '\A\{[0-9A-Fa-f-]{36}\}\z') {
        return Invoke-Installer $windowsInstaller ('/x {0} /qn /norestart {1}' -f $remove.product, $remove.arguments)
    }
    if ([string]$remove.program -match '\A[A-Za-z]:\\[^"<>|?*]+\.exe\z') {
        return Invoke-Installer ([string]$remove.program) ([string]$remove.arguments)
    }
    throw (New-Failure 0x80070057 ('the plan does not say what removes {0}' -f $package.kb))
}
