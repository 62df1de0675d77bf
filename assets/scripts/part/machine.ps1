# What several scripts read of the machine they run on.

$windowsVersionKey = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'

# The value of a registry entry, or the given default when the key or the entry is missing.
function Get-RegistryValue {
    param([string]$key, [string]$name, $default)
    $item = Get-ItemProperty -LiteralPath $key -Name $name -ErrorAction SilentlyContinue
    if ($null -eq $item) { return $default }
    return $item.$name
}

# RFC 3339 in UTC. The round-trip format is the same in every culture.
function Format-UtcTime {
    param([DateTime]$time)
    return $time.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-UtcTime { return Format-UtcTime ([DateTime]::UtcNow) }

function Get-SecondsBetween {
    param([string]$from, [string]$to)
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    $style = [System.Globalization.DateTimeStyles]::RoundtripKind
    $start = [DateTime]::Parse($from, $culture, $style).ToUniversalTime()
    return ([DateTime]::Parse($to, $culture, $style).ToUniversalTime() - $start).TotalSeconds
}

function Get-BootTime {
    return Format-UtcTime (Get-CimInstance -ClassName Win32_OperatingSystem -Property LastBootUpTime).LastBootUpTime
}

# major.minor.build.revision. Windows Server 2012 R2 has no CurrentMajorVersionNumber, its CurrentVersion is 6.3.
function Get-Build {
    $major = Get-RegistryValue $windowsVersionKey 'CurrentMajorVersionNumber' $null
    $version = [string](Get-RegistryValue $windowsVersionKey 'CurrentVersion' '0.0')
    if ($null -ne $major) { $version = '{0}.{1}' -f $major, (Get-RegistryValue $windowsVersionKey 'CurrentMinorVersionNumber' 0) }
    return '{0}.{1}.{2}' -f $version, (Get-RegistryValue $windowsVersionKey 'CurrentBuild' '0'), (Get-RegistryValue $windowsVersionKey 'UBR' 0)
}

# KBs that component servicing lists. A hint: it knows only what CBS installed and of cumulative updates only the last.
function Get-InstalledUpdate {
    Get-CimInstance -ClassName Win32_QuickFixEngineering -Property HotFixID |
        ForEach-Object -Process { [string]$_.HotFixID } |
        Where-Object -FilterScript { $_ -match '\AKB[0-9]{6,8}\z' } |
        Sort-Object -Unique
}

# busy while component servicing works: absent, 0 and 1 are idle.
function Get-Servicing {
    $value = Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Interface' 'ServicingInProgress' 0
    if ([int]$value -gt 1) { return 'busy' }
    return 'idle'
}
