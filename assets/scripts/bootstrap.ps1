<#
.SYNOPSIS
    Runs scripts of patchdeck that arrive on standard input, one a line, and answers each in an envelope.
.NOTES
    Script: bootstrap
    Version: 2
    Parameters: script, parameters, nonce
    Result: patchdeck, nonce, script, version, ok, result, error
    Privileges: those of the script
    Supports: Windows Server 2012 R2 to 2025, Windows PowerShell 4.0 and 5.1
#>
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
# In a scope of its own: modules that a script uses must not become strict with it.
& {
    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList ([Console]::OpenStandardInput()), $utf8
    $output = [Console]::OpenStandardOutput()
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    # What was sent once and had its hash need not be sent again.
    $known = @{}
    while ($null -ne ($line = $reader.ReadLine())) {
        $request = ConvertFrom-Json -InputObject $line
        $nonce = [string]$request.nonce
        if ($nonce -cnotmatch '\A[0-9a-f]{32}\z') { throw 'patchdeck: the request has no nonce' }
        $answer = [ordered]@{ patchdeck = 1; nonce = $nonce; script = [string]$request.script.name; version = [int]$request.script.version; ok = $false }
        try {
            $announced = [string]$request.script.sha256
            if (-not $known.ContainsKey($announced)) {
                try {
                    $packed = New-Object -TypeName System.IO.MemoryStream -ArgumentList (, [Convert]::FromBase64String([string]$request.script.gzip))
                    $plain = New-Object -TypeName System.IO.Compression.GZipStream -ArgumentList $packed, ([System.IO.Compression.CompressionMode]::Decompress)
                    $text = (New-Object -TypeName System.IO.StreamReader -ArgumentList $plain, $utf8).ReadToEnd()
                } catch {
                    throw (New-Object -TypeName System.Runtime.InteropServices.COMException -ArgumentList ('the script cannot be unpacked: {0}' -f $_), 0x80096010)
                }
                $hash = [BitConverter]::ToString($sha256.ComputeHash($utf8.GetBytes($text))).Replace('-', '')
                if ($hash -ine $announced) {
                    throw (New-Object -TypeName System.Runtime.InteropServices.COMException -ArgumentList 'the text of the script does not have the announced hash', 0x80096010)
                }
                $known[$announced] = [ScriptBlock]::Create($text)
            }
            $results = @(& $known[$announced] $request.parameters)
            if ($results.Length -ne 1) { throw ('the script gave {0} results instead of one' -f $results.Length) }
            $answer.result = $results[0]
            $answer.ok = $true
            $json = ConvertTo-Json -InputObject $answer -Depth 12 -Compress
        } catch {
            $cause = $_.Exception
            while ($null -ne $cause.InnerException) { $cause = $cause.InnerException }
            $answer.Remove('result')
            $answer.ok = $false
            $answer.error = @{ code = '0x{0:X8}' -f $cause.HResult; message = [string]$cause.Message }
            $json = ConvertTo-Json -InputObject $answer -Depth 12 -Compress
        }
        $bytes = $utf8.GetBytes("`n-----BEGIN PATCHDECK $nonce-----`n$json`n-----END PATCHDECK $nonce-----`n")
        $output.Write($bytes, 0, $bytes.Length)
        $output.Flush()
    }
}
exit 0
