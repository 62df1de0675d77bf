package inventory

import (
	"reflect"
	"strings"
	"testing"
)

var ansibleOptions = AnsibleOptions{
	Groups:   map[string]map[string]string{"environment": {"production": "Prod", "lab": "Dev"}, "site": {"bern": "Bern", "dublin": "Dublin"}},
	Defaults: map[string]string{"owner": "Ada", "applications": "Payroll", "os": "Windows Server 2022"},
	Windows:  windows,
}

const asINI = `# the same fleet
web[01:02].corp.example ansible_host=10.0.0.1 ansible_port=5986 ansible_winrm_scheme=https ansible_password="pass word"
[production]
sql-a   ansible_host='10.0.0.3' patchdeck_window=w1  # the database
[production:vars]
patchdeck_risk = high
ansible_user=svc
[lab]
web01.corp.example
web02.corp.example ansible_host=10.0.0.2
[bern:children]
production
lab
[linux]
proxy ansible_connection=ssh
`

const asYAML = `---
all:
  children:
    bern:
      children:
        production:
          vars: {patchdeck_risk: high, ansible_user: svc}
          hosts:
            sql-a: {ansible_host: 10.0.0.3, patchdeck_window: w1}
        lab:
          hosts:
            web[01:02].corp.example: {ansible_host: 10.0.0.1, ansible_port: 5986, ansible_winrm_scheme: https, ansible_password: secret}
            web02.corp.example:
              ansible_host: 10.0.0.2
    linux:
      hosts:
        proxy: {ansible_connection: ssh}
`

// Issue: Ansible inventory files are a source of the inventory.
func TestAnAnsibleInventoryIsReadAsINIAndAsYAML(t *testing.T) {
	common := Server{OS: "Windows Server 2022", Owner: "Ada", Applications: []string{"Payroll"}, Site: "Bern"}
	web1, web2, sql := common, common, common
	web1.Name, web1.Address, web1.Port, web1.Scheme, web1.Environment = "web01.corp.example", "10.0.0.1", 5986, "https", Dev
	web2.Name, web2.Address, web2.Port, web2.Scheme, web2.Environment = "web02.corp.example", "10.0.0.2", 5986, "https", Dev
	sql.Name, sql.Address, sql.Port, sql.Scheme, sql.Environment, sql.Risk, sql.Window = "sql-a", "10.0.0.3", 5985, "http", Prod, "high", "W1"
	for text, want := range map[string][]Server{asINI: {web1, web2, sql}, asYAML: {sql, web1, web2}} {
		got, others, bad, err := ReadAnsible(strings.NewReader(text), ansibleOptions)
		if err != nil || len(bad) > 0 || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(others, []string{"proxy"}) {
			t.Errorf("%.20q: others %v, bad %v, %v\n got %+v\nwant %+v", text, others, bad, err, got, want)
		}
	}
}

func TestAnAnsibleInventoryIsImportedWholeOrNotAtAll(t *testing.T) {
	for text, says := range map[string]string{
		"srv1 ansible_port=x\n": "port",
		"srv1\n":                "environment: the value is missing",
		"[production]\nsrv1 patchdeck_color=red\n":      "there is no column \"color\"",
		"[production]\nsrv1\n[bern]\nsrv1\n[x:y]\n":     "no section",
		"[a:children]\nb\n[b:children]\na\n[b]\nsrv1\n": "its own child",
		"srv[1:5000]\n":                  "no range",
		"srv1 'open\n":                   "not closed",
		"all:\n  hosts: &x\n    a: *x\n": "anchors, aliases and merges are not read",
		"all:\n  hosts: [a, b]\n":        "is no map",
		"all:\n  boats:\n    a:\n":       "expected hosts, vars or children",
		"all:\n  hosts: {a: {b: " + strings.Repeat("{a: ", 100):                                         "stand in one another",
		"[production]\na ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n[bern:children]\nproduction\n": "is already in line 2",
	} {
		servers, _, bad, err := ReadAnsible(strings.NewReader(text), ansibleOptions)
		said := ""
		for _, b := range bad {
			said += b.Error() + "\n"
		}
		if err != nil {
			said += err.Error()
		}
		if servers != nil || !strings.Contains(said, says) {
			t.Errorf("%.60q says %q, want %q", text, said, says)
		}
	}
}

func FuzzReadAnsible(f *testing.F) {
	f.Add(asINI)
	f.Add(asYAML)
	f.Add("[a:children]\nb\n[b:children]\na\n[b]\nx[a:c]y\n")
	f.Add("all: {hosts: {? [a]: {b: 1}}}")
	f.Fuzz(func(t *testing.T, text string) {
		servers, _, bad, err := ReadAnsible(strings.NewReader(text), ansibleOptions)
		if len(servers) > 0 && (len(bad) > 0 || err != nil) {
			t.Fatalf("half imported: %+v, %v, %v", servers, bad, err)
		}
		checkRoundTrip(t, servers)
	})
}
