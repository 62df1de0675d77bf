// Package kdctest runs a real Kerberos domain (MIT's KDC, Debian's krb5-kdc) on loopback for the length of a test.
//
// Nothing flows in but names and passwords; out flow keytabs, credential caches and the text of a krb5.conf. Start with
// Start. Where the programs are missing the test is skipped, and fails when CI is set.
package kdctest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Realm is the name of every domain that Start makes.
const Realm = "CORP.EXAMPLE"

// Domain is a running KDC.
type Domain struct {
	Config string // text of a krb5.conf that leads to it

	t           testing.TB
	folder      string
	environment []string
}

// Start makes a domain. life is how long its tickets are good for, as MIT writes it ("1h").
func Start(t testing.TB, life string) *Domain {
	t.Helper()
	for _, program := range []string{"krb5kdc", "kdb5_util", "kadmin.local", "kinit"} {
		need(t, path(program))
	}
	d := &Domain{t: t, folder: t.TempDir()}
	address := freeAddress(t)
	d.Config = fmt.Sprintf(`[libdefaults]
 default_realm = %[1]s
 dns_lookup_kdc = false
 dns_lookup_realm = false
 rdns = false
 dns_canonicalize_hostname = false
 udp_preference_limit = 1
 ticket_lifetime = %[3]s
[realms]
 %[1]s = {
  kdc = %[2]s
 }
`, Realm, address, life)
	profile := fmt.Sprintf(`[kdcdefaults]
 kdc_listen = %[2]s
 kdc_tcp_listen = %[2]s
[realms]
 %[1]s = {
  database_name = %[3]s/principal
  key_stash_file = %[3]s/stash
  max_life = %[4]s
  supported_enctypes = aes256-cts:normal aes128-cts:normal
 }
[logging]
 kdc = STDERR
`, Realm, address, d.folder, life)
	d.write("krb5.conf", d.Config)
	d.environment = append(os.Environ(), "KRB5_CONFIG="+d.Path("krb5.conf"), "KRB5_KDC_PROFILE="+d.write("kdc.conf", profile), "LC_ALL=C")
	d.run("", "kdb5_util", "create", "-s", "-P", "master", "-r", Realm)
	d.serve()
	return d
}

// need skips the test when a program or module is missing, or fails it in CI.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		Missing(t, filepath.Base(program), "krb5-kdc, krb5-admin-server and krb5-user")
	}
}

// Missing skips a test that cannot run without a Debian package; in CI it fails.
func Missing(t testing.TB, what, packages string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: CI must install %s", what, packages)
	}
	t.Skipf("%s is missing: install %s to run this test", what, packages)
}

// path finds a program of the KDC, which is not on everybody's path.
func path(program string) string {
	if _, err := exec.LookPath(program); err == nil {
		return program
	}
	return filepath.Join("/usr/sbin", program)
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// serve starts the KDC and waits until it says that it listens.
func (d *Domain) serve() {
	d.t.Helper()
	kdc := exec.Command(path("krb5kdc"), "-n", "-P", d.Path("pid"))
	kdc.Env = d.environment
	log, err := kdc.StderrPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := kdc.Start(); err != nil {
		d.t.Fatal(err)
	}
	read := make(chan struct{})
	d.t.Cleanup(func() {
		kdc.Process.Kill()
		<-read
		kdc.Wait()
	})
	ready, said := make(chan bool, 1), ""
	go func() {
		defer close(read)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "commencing operation") {
				ready <- true
			}
			if len(said) < 4096 {
				said += lines.Text() + "\n"
			}
		}
		ready <- false
	}()
	if !<-ready {
		d.t.Fatalf("the KDC ended at once: %s", said)
	}
}

// run starts a program of the domain, by arguments only, and fails the test when it fails.
func (d *Domain) run(input, program string, arguments ...string) string {
	d.t.Helper()
	command := exec.Command(path(program), arguments...)
	command.Env = d.environment
	command.Stdin = strings.NewReader(input)
	out, err := command.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %v: %v\n%s", program, arguments, err, out)
	}
	return string(out)
}

// Path names a file in the domain's folder.
func (d *Domain) Path(name string) string { return filepath.Join(d.folder, name) }

// Environment is what programs of MIT need to find the domain.
func (d *Domain) Environment() []string { return d.environment }

func (d *Domain) write(name, text string) string {
	d.t.Helper()
	if err := os.WriteFile(d.Path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return d.Path(name)
}

// Add adds a principal with a password. Like in a domain of Windows, nobody gets a login without proof.
func (d *Domain) Add(principal, password string) {
	d.t.Helper()
	d.run("", "kadmin.local", "-r", Realm, "addprinc", "+requires_preauth", "-pw", password, principal)
}

// AddServer adds a server by its DNS name.
func (d *Domain) AddServer(name string) {
	d.t.Helper()
	d.run("", "kadmin.local", "-r", Realm, "addprinc", "-randkey", "HTTP/"+name)
}

// Change does to a principal what kadmin's modprinc can do, as "-allow_tix".
func (d *Domain) Change(principal, how string) {
	d.t.Helper()
	d.run("", "kadmin.local", "-r", Realm, "modprinc", how, principal)
}

// Keytab gives the contents of a keytab with the keys of a principal.
func (d *Domain) Keytab(principal string) []byte {
	d.t.Helper()
	file := d.Path(strings.ReplaceAll(principal, "/", "-") + ".keytab")
	d.run("", "kadmin.local", "-r", Realm, "ktadd", "-norandkey", "-k", file, principal)
	return d.read(file)
}

// Cache logs a principal in and gives the contents of its credential cache.
func (d *Domain) Cache(principal, password string) []byte {
	d.t.Helper()
	file := d.Path(principal + ".cache")
	d.run(password+"\n", "kinit", "-c", "FILE:"+file, principal)
	return d.read(file)
}

func (d *Domain) read(file string) []byte {
	d.t.Helper()
	contents, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	return contents
}

// Refusals counts how often a principal's password or keytab was wrong.
func (d *Domain) Refusals(principal string) string {
	d.t.Helper()
	for line := range strings.Lines(d.run("", "kadmin.local", "-r", Realm, "getprinc", principal)) {
		if count, found := strings.CutPrefix(line, "Failed password attempts: "); found {
			return strings.TrimSpace(count)
		}
	}
	d.t.Fatalf("%s has no count of failed logons", principal)
	return ""
}
