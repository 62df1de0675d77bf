# Files that a plan brings from a share or over HTTP. Nothing is used before its hash is the announced one and Microsoft's
# signature is valid. Needs part/machine.ps1, part/failure.ps1, part/file.ps1, part/folder.ps1, part/module.ps1 and part/work.ps1.

$fileFailed = 4
$publisher = '(\A|, )O=Microsoft Corporation(,|\z)'

# What a manifest may leave out. A list comes as its elements.
function Get-ManifestValue {
    param([string]$name)
    $property = $order.manifest.PSObject.Properties[$name]
    if ($null -ne $property) { $property.Value }
}

function Get-FileDigest {
    param([string]$path)
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    $stream = [System.IO.File]::OpenRead($path)
    try { return [BitConverter]::ToString($sha256.ComputeHash($stream)).Replace('-', '').ToLowerInvariant() } finally { $stream.Dispose() }
}

function Assert-MicrosoftFile {
    param([string]$path, [string]$sha256)
    if ((Get-FileDigest $path) -cne $sha256) { throw (New-Failure 0x80096010 ('{0} does not have the announced hash' -f $path)) }
    $signature = Get-AuthenticodeSignature -LiteralPath $path
    if ([string]$signature.Status -cne 'Valid') { throw (New-Failure 0x80096004 ('the signature of {0} is {1}' -f $path, $signature.Status)) }
    if ($signature.SignerCertificate.Subject -cnotmatch $publisher) {
        throw (New-Failure 0x80096004 ('{0} is signed by {1} and not by Microsoft' -f $path, $signature.SignerCertificate.Subject))
    }
}

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

function Assert-PlannedFile {
    param($file)
    if ([string]$file.kb -cnotmatch '\AKB[0-9]{6,8}\z' -or [string]$file.name -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(msu|cab)\z' -or [string]$file.sha256 -cnotmatch '\A[0-9a-f]{64}\z') {
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

# The file from the first source that gives it. Under its name stands only what was found good.
function Receive-File {
    param($file)
    $path = Get-FilePath $file
    if ([System.IO.File]::Exists($path) -and (Get-FileDigest $path) -ceq $file.sha256) {
        Assert-MicrosoftFile $path $file.sha256
        return
    }
    $part = Join-Path -Path (Split-Path -Path $path) -ChildPath ('part-' + $file.name)
    $cause = New-Failure 0x80070057 ('the plan names no source of {0}' -f $file.name)
    foreach ($source in $file.sources) {
        try {
            & $transfers[[string]$source.type].get ([string]$source.location) $part
            Assert-MicrosoftFile $part $file.sha256
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
    $files = @(Get-ManifestValue 'files')
    foreach ($file in $files) { Assert-PlannedFile $file }
    foreach ($kb in @($files | ForEach-Object -Process { [string]$_.kb } | Sort-Object -Unique)) {
        $own = @($files | Where-Object -FilterScript { $_.kb -ceq $kb })
        $update = [PSCustomObject]@{
            Identity = [PSCustomObject]@{ UpdateID = '' }; Title = [string]$own[-1].name; MsrcSeverity = ''; IsDownloaded = $false; MaxDownloadSize = 0
            InstallationBehavior = [PSCustomObject]@{ RebootBehavior = 2; Impact = 0 }
        }
        @{ kb = $kb; update = $update; files = $own; result = 0; hresult = 0; restart = $false }
    }
}

function Set-EntryFailed {
    param($entry, $cause)
    $entry.result = $fileFailed
    $entry.hresult = $cause.HResult
    Add-Line ('{0}: {1}' -f $entry.kb, $cause.Message)
}

function Receive-FileEntry {
    param([object[]]$entries)
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
    Get-PlannedName | Where-Object -FilterScript { $brought -cnotcontains $_ }
}
