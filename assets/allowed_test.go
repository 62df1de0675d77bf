package assets

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// allowedCommands is scripts/allowed.json: the commands of Windows PowerShell 5.1 that scripts may use, with the parameters
// they may give, and the module that each comes from. A new entry is looked up in that module's documentation first.
type allowedCommands struct {
	CommonParameters []string `json:"common_parameters"`
	Cmdlets          []struct {
		Name       string   `json:"name"`
		Module     string   `json:"module"`
		Parameters []string `json:"parameters"`
	} `json:"cmdlets"`
}

// allowedOperators are all operators that scripts may use.
var allowedOperators = strings.Fields(`and or not eq ne gt ge lt le ine ceq cne contains ccontains notcontains cnotcontains
	match cmatch cnotmatch replace f band bor`)

// onSome are modules that come with a role or a feature. Before a script calls into one it asks whether a command of it is
// there, by Test-Command of part/module.ps1.
var onSome = []string{"ActiveDirectory", "BitsTransfer", "FailoverClusters", "Storage", "WindowsServerBackup"}

// inBox are the modules that every Windows Server from 2012 R2 on has, Server Core included.
var inBox = []string{
	"CimCmdlets", "Dism", "Microsoft.PowerShell.Core", "Microsoft.PowerShell.Management", "Microsoft.PowerShell.Security",
	"Microsoft.PowerShell.Utility", "ScheduledTasks", "ServerManager",
}

func readAllowed(t *testing.T) (allowed allowedCommands) {
	t.Helper()
	data, err := os.ReadFile("scripts/allowed.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &allowed); err != nil {
		t.Fatal(err)
	}
	return allowed
}

func TestScriptsCallOnlyWhatWindowsPowerShellHas(t *testing.T) {
	allowed := readAllowed(t)
	parameters, unused := map[string][]string{}, map[string]bool{}
	for _, cmdlet := range allowed.Cmdlets {
		if !slices.Contains(inBox, cmdlet.Module) && !slices.Contains(onSome, cmdlet.Module) {
			t.Errorf("%s comes from %s, which not every server has", cmdlet.Name, cmdlet.Module)
		}
		parameters[cmdlet.Name] = cmdlet.Parameters
		unused[cmdlet.Name] = true
		for _, parameter := range cmdlet.Parameters {
			unused[cmdlet.Name+" -"+parameter] = true
		}
	}
	for _, script := range everyScript() {
		usages, functions := readUsages(script.Text)
		for name := range functions {
			if _, taken := parameters[name]; taken {
				t.Errorf("%s: the function %s hides a command of Windows", script.Name, name)
			}
		}
		for _, used := range usages {
			known, isCmdlet := parameters[used.command]
			switch {
			case used.command == "":
				known = allowedOperators
			case !isCmdlet && !functions[used.command]:
				t.Errorf("%s:%d: %s is neither in allowed.json nor a function of the script", script.Name, used.line, used.command)
			}
			delete(unused, used.command)
			for _, parameter := range used.parameters {
				delete(unused, used.command+" -"+parameter)
				if !slices.Contains(known, parameter) && !(isCmdlet && slices.Contains(allowed.CommonParameters, parameter)) {
					t.Errorf("%s:%d: %s -%s is not in allowed.json", script.Name, used.line, used.command, parameter)
				}
			}
		}
	}
	for name := range unused {
		t.Errorf("allowed.json has %s, which no script uses", name)
	}
}

func TestScriptsAskForModulesThatNotEveryServerHas(t *testing.T) {
	module := map[string]string{}
	for _, cmdlet := range readAllowed(t).Cmdlets {
		module[cmdlet.Name] = cmdlet.Module
	}
	question := regexp.MustCompile(`Test-Command '([A-Za-z-]+)'`)
	for _, script := range everyScript() {
		asked := map[string]bool{}
		for _, match := range question.FindAllStringSubmatch(script.Text, -1) {
			asked[module[match[1]]] = true
		}
		usages, _ := readUsages(script.Text)
		for _, used := range usages {
			if needs := module[used.command]; slices.Contains(onSome, needs) && !asked[needs] {
				t.Errorf("%s:%d: %s comes from %s, and the script does not ask whether the server has it", script.Name, used.line, used.command, needs)
			}
		}
	}
}

// What would turn data into program text, or hide what is called.
func TestScriptsBuildNoProgramText(t *testing.T) {
	forbidden := regexp.MustCompile(`(?im)invoke-expression|\biex\b|add-type|-encodedcommand|invokecommand|newscriptblock|^[ \t]*\.[ \t]+\S|"[^"\n]*\$\(`)
	for _, script := range everyScript() {
		if found := forbidden.FindString(script.Text); found != "" {
			t.Errorf("%s contains %q", script.Name, found)
		}
		blocks := strings.Count(script.Text, "[ScriptBlock]::Create")
		if want := map[string]int{"bootstrap": 1}[script.Name]; blocks != want {
			t.Errorf("%s makes %d script blocks out of text, want %d", script.Name, blocks, want)
		}
	}
}

func TestReadingOfScripts(t *testing.T) {
	const text = `<# Get-Nothing #>
function Test-It { param([string]$a) return $a -eq 'Get-Nothing' } # Get-Nothing
$table = @{ name = Get-Thing -Name "x"; begin = 1 }
foreach ($one in Get-Many -All | Where-Object -FilterScript { $_.Get -ne 2 }) {
    $list.Add((Join-Path -Path $one -ChildPath ([IO.Path]::Get)))
}
[void](Test-It $one)
`
	var got []string
	usages, functions := readUsages(text)
	for _, used := range usages {
		got = append(got, strings.TrimSpace(used.command+" "+strings.Join(used.parameters, " ")))
	}
	want := []string{"eq", "Get-Thing Name", "Get-Many All", "Where-Object FilterScript", "ne", "Join-Path Path ChildPath", "Test-It"}
	if !slices.Equal(got, want) {
		t.Errorf("read %q\nwant %q", got, want)
	}
	if !functions["Test-It"] || len(functions) != 1 {
		t.Errorf("functions %v", functions)
	}
}
