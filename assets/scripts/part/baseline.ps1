# The baseline that somebody last stamped on this server. Needs part/machine.ps1.

$baselineKey = 'SOFTWARE\patchdeck'

function Read-Baseline {
    $name = [string](Get-RegistryValue ('HKLM:\' + $baselineKey) 'Baseline' '')
    if ($name -eq '') { return }
    return [ordered]@{ name = $name; date = [string](Get-RegistryValue ('HKLM:\' + $baselineKey) 'Date' '') }
}
