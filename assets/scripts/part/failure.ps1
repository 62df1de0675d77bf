# Errors with an HRESULT, so that the console can say what they mean.

function New-Failure {
    param([int]$hresult, [string]$message)
    return New-Object -TypeName System.Runtime.InteropServices.COMException -ArgumentList $message, $hresult
}

# PowerShell wraps what a method throws; the innermost exception has the HRESULT.
function Get-Cause {
    param($record)
    $cause = $record.Exception
    while ($null -ne $cause.InnerException) { $cause = $cause.InnerException }
    return $cause
}

function Format-HResult {
    param([int]$hresult)
    return '0x{0:X8}' -f $hresult
}
