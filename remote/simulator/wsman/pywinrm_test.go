package wsman

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python is the interpreter that Debian's python3-winrm belongs to; another one on the PATH may not have it.
const python = "/usr/bin/python3"

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

const pythonSession = `
import base64, sys, winrm, xmltodict
address, user, password, encryption = sys.argv[1:]
session = winrm.Session("http://" + address + "/wsman", auth=(user, password), transport="ntlm", message_encryption=encryption)
for line, arguments in (("hostname", ()), ("echo", ("one", "two")), ("nonsense", ())):
    result = session.run_cmd(line, arguments)
    print(result.status_code, result.std_out.decode().strip(), result.std_err.decode().strip(), sep="|")
shell = session.protocol.open_shell()
command = session.protocol.run_command(shell, "fill")
out, err, code = session.protocol.get_command_output(shell, command)
session.protocol.cleanup_command(shell, command)
print(code, len(out.decode()), err.decode(), sep="|")
command = session.protocol.run_command(shell, "sort", console_mode_stdin=False)
for text, end in ((b"first ", False), (b"last", True)): # as Ansible does it
    namespace = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
    request = {"env:Envelope": session.protocol._get_soap_header(resource_uri=namespace + "/cmd", action=namespace + "/Send", shell_id=shell)}
    stream = {"@Name": "stdin", "@CommandId": command, "#text": base64.b64encode(text)}
    if end:
        stream["@End"] = "true"
    request["env:Envelope"]["env:Body"] = {"rsp:Send": {"rsp:Stream": stream}}
    session.protocol.send_message(xmltodict.unparse(request))
out, err, code = session.protocol.get_command_output(shell, command)
print(code, out.decode(), err.decode(), sep="|")
session.protocol.cleanup_command(shell, command)
session.protocol.close_shell(shell)
`

const pythonWants = `0|SRV-APP-01|
0|one two|
1||'nonsense' is not recognized
0|240000|and a word on the side
0|first last|
`

func TestPywinrm(t *testing.T) {
	if err := exec.Command(python, "-c", "import winrm, xmltodict").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("pywinrm is not installed (Debian: apt-get install python3-winrm): %v", err)
		}
		t.Skipf("pywinrm is not installed (Debian: apt-get install python3-winrm): %v", err)
	}
	configuration := filepath.Join(t.TempDir(), "openssl.cnf")
	if err := os.WriteFile(configuration, []byte(legacyOpenSSL), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, encryption string
		options          Options
	}{
		{"sealed", "always", Options{}},
		{"in clear text", "never", Options{AllowUnencrypted: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, address := serve(t, newTestMachine(), test.options)
			session := exec.Command(python, "-c", pythonSession, address, `CONTOSO\`+testUser, testPassword, test.encryption)
			session.Env = append(os.Environ(), "OPENSSL_CONF="+configuration, "NO_PROXY=*")
			var stderr bytes.Buffer
			session.Stderr = &stderr
			output, err := session.Output()
			if err != nil || string(output) != pythonWants {
				lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
				t.Errorf("%v: %s\n%s", err, output, lines[len(lines)-1])
			}
		})
	}
}
