package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Clients that other people wrote, against whole simulated servers: pywinrm and Ansible as Debian packages them.

// legacyOpenSSL lets Python have MD4, without which no NTLM login works.
const legacyOpenSSL = `openssl_conf = init
[init]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
`

// needs skips a test whose program is missing; where everything is expected to be installed it fails instead.
func needs(t *testing.T, packages string, program string, arguments ...string) {
	t.Helper()
	if err := exec.Command(program, arguments...).Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("missing here (Debian: apt-get install %s): %v", packages, err)
		}
		t.Skipf("missing here (Debian: apt-get install %s): %v", packages, err)
	}
}

// run runs a foreign program in a folder of its own.
func run(t *testing.T, folder, program string, arguments ...string) (stdout string, err error) {
	t.Helper()
	configuration := filepath.Join(folder, "openssl.cnf")
	write(t, configuration, legacyOpenSSL)
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "OPENSSL_CONF="+configuration, "NO_PROXY=*", "HOME="+folder, "ANSIBLE_NOCOLOR=1", "ANSIBLE_LOCALHOST_WARNING=0")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return string(output), err
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// foreignRoads are the two ways in that a fleet can have.
var foreignRoads = map[string]bool{"sealed over HTTP": false, "over HTTPS": true}

const python = "/usr/bin/python3"

const pywinrmSession = `
import sys, winrm
url, user, password, ca = sys.argv[1:]
session = winrm.Session(url, auth=(user, password), transport="ntlm", ca_trust_path=ca or None,
    server_cert_validation="validate", message_encryption="never" if ca else "always")
for line, arguments in (("hostname", ()), ("whoami", ()), ("echo", ("one", "two")), ("nonsense", ())):
    result = session.run_cmd(line, arguments)
    print(result.status_code, result.std_out.decode().strip(), result.std_err.decode().strip()[:13], sep="|")
result = session.run_ps("hostname")
print(result.status_code, result.std_out.decode().strip(), sep="|")
`

func TestPywinrmWorksWithSimulatedServers(t *testing.T) {
	needs(t, "python3-winrm", python, "-c", "import winrm")
	for name, secure := range foreignRoads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, folder, ca := newFleet(t, Config{Servers: 2, Seed: 1, TLS: secure}).Servers()[1], t.TempDir(), ""
			if secure {
				ca = filepath.Join(folder, "ca.pem")
				write(t, ca, d.CA)
			}
			url := fmt.Sprintf("%s://%s:%d/wsman", d.Scheme, d.Address, d.Port)
			said, err := run(t, folder, python, "-c", pywinrmSession, url, d.User, d.Password, ca)
			want := fmt.Sprintf("0|%s|\n0|corp\\%s|\n0|one two|\n1||'nonsense' is\n0|%s\n", d.Name, strings.ToLower(d.User), d.Name)
			if err != nil || said != want {
				t.Errorf("%v\n%swant\n%s", err, said, want)
			}
		})
	}
}

// inventory lists servers as Ansible wants them.
func inventory(t *testing.T, folder string, servers []Description) string {
	t.Helper()
	var lines strings.Builder
	for _, d := range servers {
		fmt.Fprintf(&lines, "%s ansible_host=%s ansible_port=%d ansible_user=%s ansible_password=%s ansible_connection=winrm ansible_winrm_transport=ntlm ansible_winrm_scheme=%s",
			d.Name, d.Address, d.Port, d.User, d.Password, d.Scheme)
		if d.CA == "" {
			lines.WriteString(" ansible_winrm_message_encryption=always\n")
			continue
		}
		ca := filepath.Join(folder, "ca.pem")
		write(t, ca, d.CA)
		fmt.Fprintf(&lines, " ansible_winrm_ca_trust_path=%s\n", ca)
	}
	name := filepath.Join(folder, "hosts.ini")
	write(t, name, lines.String())
	return name
}

func TestAnsibleWorksWithSimulatedServers(t *testing.T) {
	needs(t, "ansible python3-winrm", "ansible-doc", "-s", "ansible.windows.win_ping")
	needs(t, "python3-winrm", python, "-c", "import winrm")
	for name, secure := range foreignRoads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			servers := newFleet(t, Config{Servers: 2, Seed: 1, TLS: secure}).Servers()
			hosts := inventory(t, folder, servers)
			said, err := run(t, folder, "ansible", "-i", hosts, "all", "-m", "ansible.windows.win_ping")
			for _, d := range servers {
				if err != nil || !strings.Contains(said, d.Name+" | SUCCESS") || strings.Count(said, `"ping": "pong"`) != len(servers) {
					t.Errorf("win_ping: %v\n%s", err, said)
				}
			}
			said, err = run(t, folder, "ansible", "-i", hosts, "all", "-m", "raw", "-a", "hostname")
			for _, d := range servers {
				if err != nil || !strings.Contains(said, "rc=0 >>\n"+d.Name) {
					t.Errorf("raw hostname: %v\n%s", err, said)
				}
			}
			said, err = run(t, folder, "ansible", "-i", hosts, servers[0].Name, "-m", "ansible.windows.win_command", "-a", "whoami")
			if err == nil || !strings.Contains(said, "is not simulated") {
				t.Errorf("another module: %v\n%s", err, said)
			}
		})
	}
}

func TestAnsibleModulesAreRecognisedByTheirShape(t *testing.T) {
	module := func(name, data string) []byte {
		text, err := json.Marshal(map[string]any{"module_args": map[string]string{"_ansible_module_name": name, "data": data}})
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte("a script\x00\x00\x00\x00"), text...)
	}
	for name, test := range map[string]struct {
		stdin []byte
		code  int
		says  string
	}{
		"ping":            {module("ansible.windows.win_ping", ""), 0, `"ping":"pong"`},
		"short name":      {module("win_ping", "hello"), 0, `"ping":"hello"`},
		"crash":           {module("win_ping", "crash"), 1, "boom"},
		"another module":  {module("win_reboot", ""), 1, `the module \"win_reboot\" is not simulated`},
		"no description":  {[]byte("a script"), 1, "invalid payload"},
		"no JSON":         {[]byte("a script\x00\x00\x00\x00{"), 1, "invalid payload"},
		"nothing at all":  {nil, 1, "invalid payload"},
		"many zero bytes": {bytes.Repeat([]byte{0}, 64), 1, "invalid payload"},
	} {
		exit := runAnsibleModule(test.stdin)
		if said := string(exit.Stdout) + string(exit.Stderr); exit.Code != test.code || !strings.Contains(said, test.says) {
			t.Errorf("%s: %d %s", name, exit.Code, said)
		}
	}
}

func FuzzAnsibleModule(f *testing.F) {
	f.Add([]byte("x\x00\x00\x00\x00{\"module_args\":{\"_ansible_module_name\":\"win_ping\",\"data\":\"pong\"}}"))
	f.Add([]byte("\x00\x00\x00\x00[]"))
	f.Fuzz(func(t *testing.T, stdin []byte) {
		if exit := runAnsibleModule(stdin); len(exit.Stdout)+len(exit.Stderr) == 0 {
			t.Error("a module ended without a word")
		}
	})
}
