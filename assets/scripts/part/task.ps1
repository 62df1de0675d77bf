# Tasks of the task scheduler that run as SYSTEM.

$systemAccount = 'S-1-5-18'

# Without a trigger: it runs when it is started, and never by itself. Priority 4 is that of an ordinary process; a task's own
# default of 7 starves on a busy disk.
function Register-SystemTask {
    param([string]$folder, [string]$name, [string]$program, [string]$arguments, [TimeSpan]$limit)
    $action = New-ScheduledTaskAction -Execute (Join-Path -Path ([Environment]::SystemDirectory) -ChildPath $program) -Argument $arguments
    $principal = New-ScheduledTaskPrincipal -UserId $systemAccount -LogonType ServiceAccount -RunLevel Highest
    $settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew -ExecutionTimeLimit $limit -Priority 4
    [void](Register-ScheduledTask -TaskPath $folder -TaskName $name -Action $action -Principal $principal -Settings $settings -Description 'A job of patchdeck. It has no trigger and never runs by itself.' -ErrorAction Stop)
}
