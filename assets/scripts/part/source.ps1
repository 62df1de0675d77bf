# The hash and the signature of files, and what a manifest may leave out. Needs part/failure.ps1 and part/work.ps1.

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

function Assert-Digest {
    param([string]$path, [string]$sha256)
    if ((Get-FileDigest $path) -cne $sha256) { throw (New-Failure 0x80096010 ('{0} does not have the announced hash' -f $path)) }
}

function Assert-MicrosoftFile {
    param([string]$path, [string]$sha256)
    Assert-Digest $path $sha256
    $signature = Get-AuthenticodeSignature -LiteralPath $path
    if ([string]$signature.Status -cne 'Valid') { throw (New-Failure 0x80096004 ('the signature of {0} is {1}' -f $path, $signature.Status)) }
    if ($signature.SignerCertificate.Subject -cnotmatch $publisher) {
        throw (New-Failure 0x80096004 ('{0} is signed by {1} and not by Microsoft' -f $path, $signature.SignerCertificate.Subject))
    }
}
