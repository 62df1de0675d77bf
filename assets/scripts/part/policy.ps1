# What group policy says about updates. Needs part/machine.ps1.

# au_options is 0 where the policy is not set; 4 installs and restarts on a schedule of its own, beside every window.
function Read-UpdatePolicy {
    $key = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate'
    return [ordered]@{
        use_wsus                   = (Get-RegistryValue ($key + '\AU') 'UseWUServer' 0) -eq 1
        wsus_url                   = [string](Get-RegistryValue $key 'WUServer' '')
        no_auto_update             = (Get-RegistryValue ($key + '\AU') 'NoAutoUpdate' 0) -eq 1
        au_options                 = [int](Get-RegistryValue ($key + '\AU') 'AUOptions' 0)
        no_auto_restart_with_users = (Get-RegistryValue ($key + '\AU') 'NoAutoRebootWithLoggedOnUsers' 0) -eq 1
    }
}
