package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/ui/command"
)

// examined runs the doctor as a person would and gives its findings by check.
func examined(t *testing.T, patchdeck string, args ...string) (code int, found map[string]command.Finding, text string) {
	t.Helper()
	code, out, complaints := run(t, patchdeck, append([]string{"doctor", "--json"}, args...)...)
	found = map[string]command.Finding{}
	for line := range strings.Lines(out) {
		var f command.Finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if f.State != command.Fine && f.Mend == "" {
			t.Errorf("%s is %s and nothing says how to mend it: %s", f.Check, f.State, f.Words)
		}
		found[f.Check] = f
	}
	return code, found, out + complaints
}

func TestTheDoctorFindsNothingToMendInANewFolderAndSaysWhatIsMissing(t *testing.T) {
	patchdeck := binary(t)
	data := filepath.Join(t.TempDir(), "data")
	must(t, patchdeck, "init", "--data", data)
	code, found, text := examined(t, patchdeck, "--data", data)
	if code != command.Done {
		t.Errorf("exit %d: %s", code, text)
	}
	for check, state := range map[string]string{"folder": command.Fine, "configuration": command.Fine, "people": command.Warns, "credentials": command.Warns, "store": command.Warns, "notices": command.Fine} {
		if found[check].State != state {
			t.Errorf("%s is %+v, not %s", check, found[check], state)
		}
	}
	for _, check := range checks {
		if found[check.name].Words == "" {
			t.Errorf("%s was not looked at", check.name)
		}
	}
}

func TestTheDoctorNamesEveryAilmentAndNoSecret(t *testing.T) {
	patchdeck := binary(t)
	for name, c := range map[string]struct {
		harm  func(t *testing.T, data string)
		check string
		state string
		says  string
	}{
		"a typing mistake":            {write("config.yaml", "zone: Europe/Dublinn\n"), "configuration", command.Failed, "Europe/Dublinn"},
		"a configuration for anybody": {mode("config.yaml", 0o666), "configuration", command.Failed, "config.yaml"},
		"a password that is gone": {write("config.yaml", "credentials:\n  default:\n    user: CORP\\svc\n    password: {file: gone.txt}\n"), "credentials",
			command.Failed, "gone.txt"},
		"a password": {both(write("config.yaml", "credentials:\n  default:\n    user: CORP\\svc\n    password: {file: secret.txt}\n"),
			both(write("secret.txt", "hunter2hunter2"), mode("secret.txt", 0o600))), "credentials", command.Fine, "default"},
		"a host key for anybody": {both(write("host_key", "x"), mode("host_key", 0o644)), "host key", command.Failed, "chmod 600"},
		"a lost anchor":          {loseAnchor(patchdeck), "store", command.Failed, "anchor file is gone"},
		"the mail's password is gone": {write("config.yaml", "notices:\n  mail: {host: mail.example.com, from: a@example.com, user: a, password: {file: gone.txt}}\n"), "notices",
			command.Failed, "gone.txt"},
		"a wrong template": {both(write("config.yaml", "notices:\n  templates: texts\n"), func(t *testing.T, data string) {
			if err := os.Mkdir(filepath.Join(data, "texts"), 0o700); err != nil {
				t.Fatal(err)
			}
			write("texts/halted.txt", "{{define \"subject\"}}{{.Nothing}}{{end}}")(t, data)
		}), "notices", command.Failed, "halted.txt"},
		"a webhook": {both(write("config.yaml", "notices:\n  webhooks: [{name: chat, url: \"http://127.0.0.1:9/\", secret: {file: secret.txt}}]\n"),
			both(write("secret.txt", "hunter2hunter2hunter2"), mode("secret.txt", 0o600))), "notices", command.Fine, "webhook/chat"},
		"roots that are gone": {write("config.yaml", "vendor_roots: gone.pem\n"), "vendor roots", command.Failed, "gone.pem"},
		"roots that are none": {both(write("config.yaml", "vendor_roots: roots.pem\n"), both(write("roots.pem", "x"), mode("roots.pem", 0o600))), "vendor roots",
			command.Failed, "at least one certificate"},
		"no approvers": {write("users.yaml", "users:\n  - name: k.osei\n    roles: [lead]\n    os_user: root\n"), "people", command.Warns, "none is"},
	} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			must(t, patchdeck, "init", "--data", data)
			c.harm(t, data)
			code, found, text := examined(t, patchdeck, "--data", data)
			f := found[c.check]
			if f.State != c.state || !strings.Contains(f.Words+f.Mend, c.says) {
				t.Errorf("%s: %+v", c.check, f)
			}
			if failed := c.state == command.Failed; failed != (code == command.Failure) {
				t.Errorf("exit %d with a check that is %s", code, c.state)
			}
			if strings.Contains(text, "hunter2") {
				t.Errorf("the password is shown: %s", text)
			}
		})
	}
}

func TestTheDoctorAsksAServerThroughTheDaemon(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a fleet")
	}
	patchdeck, folder := binary(t), t.TempDir()
	servers := filepath.Join(folder, "servers.csv")
	fleet, _ := fleetProcess(t, patchdeck, folder, "--servers", "2", "--seed", "3", "--faults", "none", "--csv", servers)
	data := filepath.Join(folder, "data")
	daemon, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "none", Fleet: fleet})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.close()
	must(t, patchdeck, "inventory", "import", servers, "--data", data)
	text, err := os.ReadFile(servers)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(string(bytes.Split(text, []byte("\n"))[1]), ",")
	_, found, all := examined(t, patchdeck, "--data", data, "--server", name)
	if found["daemon"].State != command.Fine || found["server"].State != command.Fine {
		t.Errorf("daemon and server: %s", all)
	}
	if code, found, all := examined(t, patchdeck, "--data", data, "--server", "nobody"); code != command.Failure || found["server"].State != command.Failed {
		t.Errorf("a server that the inventory lacks: exit %d, %s", code, all)
	}
}

type harm = func(t *testing.T, data string)

func write(name, text string) harm {
	return func(t *testing.T, data string) {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func mode(name string, bits os.FileMode) harm {
	return func(t *testing.T, data string) {
		if err := os.Chmod(filepath.Join(data, name), bits); err != nil {
			t.Fatal(err)
		}
	}
}

func both(one, other harm) harm {
	return func(t *testing.T, data string) { one(t, data); other(t, data) }
}

func loseAnchor(patchdeck string) harm {
	return func(t *testing.T, data string) {
		must(t, patchdeck, "inventory", "import", serversFile(t), "--data", data)
		if err := os.Remove(filepath.Join(data, "store", "anchor")); err != nil {
			t.Fatal(err)
		}
	}
}

// A daemon whose users file does not name the caller is a healthy one: nobody is told to end it, to move its address, or to mend its store.
func TestTheDoctorDoesNotBlameADaemonThatDoesNotKnowTheCaller(t *testing.T) {
	patchdeck := binary(t)
	data := folderWithServers(t, patchdeck)
	staff(t, data, map[string]string{"k.osei": "lead"})
	daemon, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.close()
	_, found, all := examined(t, patchdeck, "--data", data)
	if f := found["daemon"]; f.State != command.Warns || !strings.Contains(f.Words, "does not know you") || !strings.Contains(f.Mend, "os_user") {
		t.Errorf("daemon: %+v", f)
	}
	for _, check := range []string{"ssh", "store"} {
		if found[check].State == command.Failed {
			t.Errorf("%s: %+v", check, found[check])
		}
	}
	if strings.Contains(all, "end the process") {
		t.Errorf("a healthy daemon is to be ended: %s", all)
	}
}
