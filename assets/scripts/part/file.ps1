# Files that one process replaces whole while others read them. A reader sees the old text or the new, never half of one.

$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false

# A replacement takes the file away for a moment, and a virus scanner may hold it for some: both pass.
$fileAttempts = 20
$filePauseMilliseconds = 100

function Invoke-Patiently {
    param([ScriptBlock]$action)
    for ($attempt = 1; $true; $attempt++) {
        try { return & $action } catch [System.IO.IOException], [System.UnauthorizedAccessException] {
            if ($attempt -ge $fileAttempts) { throw }
            Start-Sleep -Milliseconds $filePauseMilliseconds
        }
    }
}

function Read-SharedText {
    param([string]$path)
    return Invoke-Patiently {
        $stream = [System.IO.File]::Open($path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]'ReadWrite, Delete')
        try {
            $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream, $utf8
            $reader.ReadToEnd()
        } finally { $stream.Dispose() }
    }
}

# On the disk before it returns: a power cut must not leave an empty file under a name that says the work is done.
function Write-DurableText {
    param([string]$path, [string]$text)
    Invoke-Patiently {
        $stream = [System.IO.File]::Open($path, [System.IO.FileMode]::Create, [System.IO.FileAccess]::Write, [System.IO.FileShare]::None)
        try {
            $bytes = $utf8.GetBytes($text)
            $stream.Write($bytes, 0, $bytes.Length)
            $stream.Flush($true)
        } finally { $stream.Dispose() }
    }
}

function Save-SharedText {
    param([string]$path, [string]$text)
    $next = $path + '.next'
    Write-DurableText $next $text
    Invoke-Patiently {
        if ([System.IO.File]::Exists($path)) {
            [System.IO.File]::Replace($next, $path, [NullString]::Value)
        } else {
            [System.IO.File]::Move($next, $path)
        }
    }
}

# Creates the file with its text, both or nothing. Of several callers exactly one gets $true.
function Publish-NewText {
    param([string]$path, [string]$text)
    $mine = '{0}.{1}' -f $path, [Guid]::NewGuid().ToString('N')
    Write-DurableText $mine $text
    try {
        [System.IO.File]::Move($mine, $path)
        return $true
    } catch [System.IO.IOException] {
        [System.IO.File]::Delete($mine)
        if ([System.IO.File]::Exists($path)) { return $false }
        throw
    }
}
