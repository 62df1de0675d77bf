# Modules that not every server has.

# A script asks for the command before it uses anything of its module.
function Test-Command {
    param([string]$name)
    return $null -ne (Get-Command -Name $name -ErrorAction SilentlyContinue)
}
