package simulator

import (
	"time"

	"patchdeck/remote/simulator/wsman"
)

// fates are exclusive: a server has one of them or none. Weights are multiples of five, so that a block of 200 servers
// holds each exactly as often as it says. Those without a weight come only by name (selection.go).
var fates = []fault{
	{name: "switched off", words: "no packet is answered, all night", usual: 5, harsh: 10, hopeless: true, away: wsman.Silent},
	{name: "off the network after its scan", words: "the scan works, later connections are refused", usual: 5, harsh: 10, hopeless: true,
		away: wsman.Refusing, leaves: true},
	{name: "system drive full", words: "staging and installing end with 0x80070070", usual: 5, harsh: 10, hopeless: true,
		findings:   findings{freeBytes: 700 << 20},
		jobEffects: jobEffects{fails: map[string]codes{"stage": {diskFull}, "install": {diskFull}}}},
	{name: "installation fails", words: "the installation ends with 0x800F0922, every time", usual: 10, harsh: 20, scores: true, hopeless: true,
		jobEffects: jobEffects{fails: map[string]codes{"install": {installers}}}},
	{name: "rolled back at the start", words: "installed, undone by the start, and offered again", usual: 5, harsh: 15, scores: true, hopeless: true,
		restartEffects: restartEffects{undone: true, bootStretch: 2.2}},
	{name: "success without an update", words: "the agent says installed and changed nothing, once", usual: 5, harsh: 10, scores: true, attempts: 1,
		jobEffects: jobEffects{pretends: true}},
	{name: "does not come back", words: "silence after the restart with the update", harsh: 5, scores: true, hopeless: true,
		restartEffects: restartEffects{neverBack: true}},
	{name: "service does not start", words: "the update breaks the server's main service", harsh: 5, scores: true, hopeless: true,
		restartEffects: restartEffects{idleService: true}},
	{name: "installation hangs", words: "the installation stays at one percentage for ever", harsh: 5, scores: true, hopeless: true,
		jobEffects: jobEffects{hangs: true}},
	{name: "update source out of reach", words: "the first staging ends with 0x8024402C", usual: 30, harsh: 60, attempts: 1,
		jobEffects: jobEffects{fails: map[string]codes{"stage": {networkLost}}}},
	{name: "scan interrupted", words: "the first scan ends with 0x80244007", usual: 10, harsh: 20, attempts: 1,
		jobEffects: jobEffects{fails: map[string]codes{"scan": {soapFault}}}},
	{name: "slow installation", words: "the installation takes two and a half times as long", usual: 30, harsh: 50, jobEffects: jobEffects{stretch: 2.5}},
	{name: "network lost while installing", words: "silence for some minutes while the installation goes on", usual: 25, harsh: 50, attempts: 1,
		jobEffects: jobEffects{loses: true}},
	{name: "slow start", words: "the restart takes three times as long, and the first logins meet a profile that unloads", usual: 20, harsh: 30,
		restartEffects: restartEffects{bootStretch: 3, fault: 2147943418}},

	{name: "agent denies access", words: "every use of the update agent ends with 0x80070005", hopeless: true,
		jobEffects: jobEffects{fails: map[string]codes{"scan": {accessDenied}, "stage": {accessDenied}, "install": {accessDenied}}}},
	{name: "tasks forbidden", words: "no task of SYSTEM can be registered: health and every start of a job say 0x80070005", hopeless: true,
		jobEffects: jobEffects{forbidden: true}},
	{name: "job never begins", words: "a job is registered and its task stays queued", hopeless: true, jobEffects: jobEffects{idle: true}},
	{name: "no progress shown", words: "a job works and says nothing until it ends", jobEffects: jobEffects{mute: true}},
	{name: "cancel not heeded", words: "a job that was asked to stop goes on to its end", jobEffects: jobEffects{stubborn: true}},
	{name: "everything slow", words: "scan, staging, installation and restart take four times as long", jobEffects: jobEffects{drag: 4}},
	{name: "flaky update source", words: "the first three scans end with a code of an overloaded or unreachable source, another each time", attempts: 3,
		jobEffects: jobEffects{fails: map[string]codes{"scan": {soapFault, "0x8024401C", networkLost, "0x80244019", "0x80240438"}}}},
	{name: "update hidden", words: "the update is missing and the agent does not offer it", hopeless: true, jobEffects: jobEffects{hides: true}},
	{name: "agent asks another source", words: "the scan finds superseded updates and hotpatches besides", jobEffects: jobEffects{elsewhere: true}},
	{name: "restart not asked for", words: "the installation says that no restart is wanted, only servicing knows of one", jobEffects: jobEffects{unmarked: true}},
	{name: "agent database full", words: "scans end with 0xC8000710", hopeless: true,
		jobEffects: jobEffects{fails: map[string]codes{"scan": {databaseFull}, "stage": {databaseFull}, "install": {databaseFull}}}},
	{name: "component store damaged", words: "the installation ends with 0x80073712", scores: true, hopeless: true,
		jobEffects: jobEffects{fails: map[string]codes{"install": {storeCorrupt}}}},
	{name: "servicing stack too old", words: "the installation ends with 0x800F0823", scores: true, hopeless: true,
		jobEffects: jobEffects{fails: map[string]codes{"install": {oldStack}}}},
	{name: "going down while installing", words: "the first installation ends with 0x8007045B", attempts: 1,
		jobEffects: jobEffects{fails: map[string]codes{"install": {goingDown}}}},

	{name: "package fails", words: "installers of packages end with 1603", scores: true, hopeless: true,
		jobEffects: jobEffects{packageEffects: packageEffects{exit: exitBroken}}},
	{name: "package altered on its way", words: "what a server fetches of a package has another hash: 0x80096010", hopeless: true,
		jobEffects: jobEffects{packageEffects: packageEffects{altered: true}}},
	{name: "package changes nothing", words: "installers of packages end with 0, and detection finds nothing", scores: true, hopeless: true,
		jobEffects: jobEffects{packageEffects: packageEffects{hollow: true}}},
	{name: "package restarts the server", words: "the first installer of a package ends with 1641: it restarts the server under the job", attempts: 1,
		jobEffects: jobEffects{packageEffects: packageEffects{exit: exitRestarting}}},
	{name: "package stays", words: "removers of packages end with 1603", jobEffects: jobEffects{packageEffects: packageEffects{clings: true}}},

	{name: "restart never begins", words: "the first restart is accepted and does not happen", attempts: 1, restartEffects: restartEffects{ignores: true}},
	{name: "restarts by itself", words: "minutes after the installation the server restarts, ordered by nobody", restartEffects: restartEffects{restless: true}},
	{name: "restarts twice", words: "the start that completes the update ends in another restart", restartEffects: restartEffects{twice: true}},
	{name: "WinRM does not come back", words: "after the restart the update is there and connections are refused", scores: true, hopeless: true,
		restartEffects: restartEffects{deaf: true}},
	{name: "WinRM fails after the start", words: "WinRM answers after the restart, then answers 503 for some minutes", restartEffects: restartEffects{relapses: true}},
	{name: "clock jumps at the start", words: "from the first restart on the clock is eleven minutes ahead", restartEffects: restartEffects{steps: true}},

	{name: "drain fails", words: "the cluster node cannot give its groups away: the drain ends as Failed", hopeless: true, peerEffects: peerEffects{stuckDrain: true}},
	{name: "drain fails once", words: "the first drain of the cluster node ends as Failed, the next works", attempts: 1, peerEffects: peerEffects{stuckDrain: true}},
	{name: "node stays out of its cluster", words: "after a restart the cluster service does not start", scores: true, peerEffects: peerEffects{outside: true}},
	{name: "storage repair drags on", words: "after a restart the cluster repairs storage for hours", peerEffects: peerEffects{slowRepair: true}},
	{name: "roles refused", words: "operation master roles do not leave the domain controller: each says 0x80131500", peerEffects: peerEffects{keepsRoles: true}},
	{name: "monitoring script fails", words: "the owners' monitoring script ends with exit code 3", peerEffects: peerEffects{brokenWatch: true}},

	{name: "little disk", words: "health shows 2 GiB free on the system drive", findings: findings{freeBytes: 2 << 30}},
	{name: "update service disabled", words: "health shows wuauserv disabled, jobs end with 0x80070422", hopeless: true,
		findings:   findings{disabled: "wuauserv"},
		jobEffects: jobEffects{fails: map[string]codes{"scan": {serviceOff}, "stage": {serviceOff}, "install": {serviceOff}}}},
	{name: "constrained language", words: "PowerShell runs in ConstrainedLanguage", findings: findings{language: "ConstrainedLanguage"}},
	{name: "old backup", words: "health shows a last good backup of forty days ago", findings: findings{staleBackup: true}},
	{name: "login refused", words: "the account is not known to the server: every login ends with 401", hopeless: true, refuses: true},
}

// nuisances are independent of the fate and of each other. None of them keeps a patient client from its goal.
var nuisances = []fault{
	{name: "clock off", words: "the clock is 2 to 8 minutes off", usual: 30, harsh: 60, findings: findings{skews: true}},
	{name: "file renames pending", words: "a sign of a pending restart that never goes away", usual: 80, harsh: 120, findings: findings{noise: []pending{
		{Reason: "file_rename", Detail: `\??\C:\Windows\Temp\~nsu.tmp`}}}},
	{name: "configuration client waits", words: "another product claims a pending restart for ever", usual: 20, harsh: 40, findings: findings{noise: []pending{
		{Reason: "configuration_manager", Detail: "IsHardRebootPending"}}}},
	{name: "damaged replies", words: "now and then a reply is empty, cut, stalled, reset or no envelope", usual: 50, harsh: 120, serviceEffects: serviceEffects{spoils: []wsman.Spoil{
		wsman.EmptyBody, wsman.Garbage, wsman.Truncated, wsman.Stall, wsman.Reset, wsman.HTMLPage}}},
	{name: "endless replies", words: "now and then a reply never ends", harsh: 10, serviceEffects: serviceEffects{spoils: []wsman.Spoil{wsman.Endless}}},

	{name: "package wants a restart", words: "installers of packages end with 3010", findings: findings{wantsRestart: true}},
	{name: "halting replies", words: "now and then a reply stops before or in its middle, comes in drops, is an empty 500, or a 401 that forgot the login",
		serviceEffects: serviceEffects{spoils: []wsman.Spoil{wsman.Mute, wsman.HalfBody, wsman.Drip, wsman.EmptyError, wsman.LoginAgain}}},
	{name: "shells vanish", words: "now and then WinRM has lost the shell (2150858843) or gives up a command (995)", serviceEffects: serviceEffects{raises: []raise{
		{wsman.Execute, 2150858843, 0.15}, {wsman.Receive, 995, 0.1}}}},
	{name: "quota used up", words: "now and then there are too many shells (2150859173) or commands (2150859174)", serviceEffects: serviceEffects{raises: []raise{
		{wsman.Create, 2150859173, 0.3}, {wsman.Execute, 2150859174, 0.1}}}},
	{name: "slow answers", words: "a reply takes up to 300 ms of wall time", serviceEffects: serviceEffects{delay: 300 * time.Millisecond}},
	{name: "text around results", words: "a profile prints a banner before every result and an error record beside it", serviceEffects: serviceEffects{
		banner: "Authorised use only.\r\n", clixml: `<S S="Error">Write-Host : banner.ps1 is not signed_x000D__x000A_</S>`}},
	{name: "progress on the error stream", words: "every script leaves progress records on its error stream", serviceEffects: serviceEffects{
		clixml: `<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T></TN><MS><I64 N="SourceId">1</I64></MS></Obj>`}},
	{name: "out of memory", words: "now and then PowerShell ends with an OutOfMemoryException and no result", serviceEffects: serviceEffects{starved: true}},
}

// cohort is the one kind of server that a harsh night's update breaks, and how: a pilot on Dev does not show it.
var cohort = struct {
	product     string
	environment string
	lot         []fault
	odds        float64 // share of the first of lot, the others have the second
}{
	product: "Windows Server 2019", environment: "Prod", odds: 0.85,
	lot: []fault{
		{name: "cohort rolled back at the start", scores: true, hopeless: true, restartEffects: restartEffects{undone: true, bootStretch: 2.2}},
		{name: "cohort does not come back", scores: true, hopeless: true, restartEffects: restartEffects{neverBack: true}},
	},
}
