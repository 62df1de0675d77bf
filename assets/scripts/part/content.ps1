# Files that a plan brings from a share or over HTTP. Nothing is used before its hash is the announced one; what Windows itself installs
# must have Microsoft's signature, too, and that of a package was verified on the console before anybody approved its hash. Needs
# part/machine.ps1, part/failure.ps1, part/file.ps1, part/folder.ps1, part/module.ps1, part/work.ps1, part/agent.ps1, part/detection.ps1
# and part/source.ps1.

$fileFailed = 4

# This runs as SYSTEM, so a share sees the computer's account: it must be allowed to read there.
$transfers = @{
    share = @{
        form = '\A\\\\[A-Za-z0-9._-]+\\[^"<>|?*]+\z'
        get  = { param($location, $path) [System.IO.File]::Copy($location, $path, $true) }
    }
    http  = @{
        form = '\Ahttps?://[A-Za-z0-9.-]+(:[0-9]+)?/[^\s"<>]*\z'
        get  = {
            param($location, $path)
            if (Test-Command 'Start-BitsTransfer') {
                Start-BitsTransfer -Source $location -Destination $path -ErrorAction Stop
            } else {
                (New-Object -TypeName System.Net.WebClient).DownloadFile($location, $path)
            }
        }
    }
}

# What Windows installs itself, and what is a package of another vendor.
$fileForms = @{
    $false = @{ kb = '\AKB[0-9]{6,8}\z'; name = '\A[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(msu|cab)\z' }
    $true  = @{ kb = '\A[A-Za-z0-9][A-Za-z0-9._-]{2,39}\z'; name = '\A[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(exe|msi|msp)\z' }
}

function Get-PlannedPackage {
    param([string]$kb)
    return @(Get-ManifestValue 'packages' | Where-Object -FilterScript { $null -ne $_ -and $_.kb -ceq $kb })[0]
}

function Assert-PlannedFile {
    param($file)
    $form = $fileForms[$null -ne (Get-PlannedPackage $file.kb)]
    if ([string]$file.kb -cnotmatch $form.kb -or [string]$file.name -cnotmatch $form.name -or [string]$file.sha256 -cnotmatch '\A[0-9a-f]{64}\z') {
        throw (New-Failure 0x80070057 ('the plan names a file that cannot be one: {0} {1}' -f $file.kb, $file.name))
    }
    foreach ($source in $file.sources) {
        if (-not $transfers.ContainsKey([string]$source.type) -or [string]$source.location -cnotmatch $transfers[[string]$source.type].form) {
            throw (New-Failure 0x80070057 ('the source of {0} is neither a share nor an address: {1}' -f $file.name, $source.location))
        }
    }
}

function Get-FilePath {
    param($file)
    return Join-Path -Path (Open-PrivateFolder 'content', $file.kb) -ChildPath $file.name
}

function Assert-Content {
    param([string]$path, $file)
    if ($null -eq (Get-PlannedPackage $file.kb)) { Assert-MicrosoftFile $path $file.sha256 } else { Assert-Digest $path $file.sha256 }
}

# The file from the first source that gives it. Under its name stands only what was found good.
function Receive-File {
    param($file)
    $path = Get-FilePath $file
    if ([System.IO.File]::Exists($path) -and (Get-FileDigest $path) -ceq $file.sha256) {
        Assert-Content $path $file
        return
    }
    $part = Join-Path -Path (Split-Path -Path $path) -ChildPath ('part-' + $file.name)
    $cause = New-Failure 0x80070057 ('the plan names no source of {0}' -f $file.name)
    foreach ($source in $file.sources) {
        try {
            & $transfers[[string]$source.type].get ([string]$source.location) $part
            Assert-Content $part $file
            [System.IO.File]::Delete($path)
            [System.IO.File]::Move($part, $path)
            return
        } catch {
            $cause = Get-Cause $_
            Add-Line ('{0}: {1}' -f $source.location, $cause.Message)
            [System.IO.File]::Delete($part)
        }
    }
    throw $cause
}

# One entry for each update that comes as files; `update` answers what is asked of the agent's own object.
function Get-FileEntry {
    $files = @(Get-ManifestValue 'files' | Where-Object -FilterScript { $null -ne $_ })
    foreach ($file in $files) { Assert-PlannedFile $file }
    foreach ($kb in @($files | ForEach-Object -Process { [string]$_.kb } | Sort-Object -Unique)) {
        $own = @($files | Where-Object -FilterScript { $_.kb -ceq $kb })
        $update = [PSCustomObject]@{
            Identity = [PSCustomObject]@{ UpdateID = '' }; Title = [string]$own[-1].name; MsrcSeverity = ''; IsDownloaded = $false; MaxDownloadSize = 0
            InstallationBehavior = [PSCustomObject]@{ RebootBehavior = 2; Impact = 0 }
        }
        $entry = @{ kb = $kb; update = $update; files = $own; package = Get-PlannedPackage $kb; result = 0; hresult = 0; restart = $false; leaving = $false }
        if ($null -ne $entry.package -and (Test-Detected $entry.package.detect)) {
            $entry.update = $null
            $entry.hresult = $alreadyInstalled
        }
        $entry
    }
}

# What is not on the server yet.
function Select-Due {
    param([object[]]$entries)
    $entries | Where-Object -FilterScript { $null -ne $_.update }
}

function Set-EntryFailed {
    param($entry, $cause)
    $entry.result = $fileFailed
    $entry.hresult = $cause.HResult
    Add-Line ('{0}: {1}' -f $entry.kb, $cause.Message)
}

function Receive-FileEntry {
    param([object[]]$all)
    $entries = @(Select-Due $all)
    if ($entries.Length -gt 0) { Enter-Phase 'downloading' ('files of {0} updates' -f $entries.Length) }
    for ($index = 0; $index -lt $entries.Length; $index++) {
        if ((Get-StopReason) -ne '') { return }
        Set-Progress ([int](100 * $index / $entries.Length)) $entries[$index].kb
        try {
            foreach ($file in $entries[$index].files) {
                Receive-File $file
                $entries[$index].update.MaxDownloadSize += (New-Object -TypeName System.IO.FileInfo -ArgumentList (Get-FilePath $file)).Length
            }
            $entries[$index].update.IsDownloaded = $true
        } catch { Set-EntryFailed $entries[$index] (Get-Cause $_) }
    }
}

# The updates of the plan that come from the agent: all that no file brings.
function Get-AgentName {
    param([object[]]$fileEntries)
    $brought = @($fileEntries | ForEach-Object -Process { $_.kb })
    if ($brought.Length -gt 0 -and @($order.manifest.updates | Where-Object -FilterScript { $brought -cnotcontains $_ }).Length -eq 0) { return }
    Get-PlannedName | Where-Object -FilterScript { $brought -cnotcontains $_ }
}
