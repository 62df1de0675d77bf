package config

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryMistakeIsNamedWithItsLineAndWhatIsAccepted(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	var got strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "== %s\n", filepath.Base(file))
		_, err = Parse(file, text)
		if err == nil {
			t.Errorf("%s was taken", file)
			continue
		}
		fmt.Fprintln(&got, err)
	}
	golden(t, "testdata/bad.golden", got.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and look at the change:\n%s", path, got)
	}
}

func TestAPasswordInClearIsRefusedWithoutBeingRepeated(t *testing.T) {
	_, err := Parse("config.yaml", []byte("credentials:\n  default:\n    user: x\n    password: hunter2\n"))
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "{env: NAME}") {
		t.Errorf("error %v", err)
	}
}

func TestTheDefaultIsWhatAnEmptyConfigurationMeans(t *testing.T) {
	written, err := Parse("/etc/patchdeck/config.yaml", []byte(Default))
	if err != nil {
		t.Fatal(err)
	}
	short, err := Parse("/etc/patchdeck/config.yaml", []byte("zone: UTC\n"))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(written) != fmt.Sprint(short) {
		t.Errorf("written out %v\nleft out %v", written, short)
	}
	if written.Users != "/etc/patchdeck/users.yaml" || written.Listen != "127.0.0.1:2222" || written.Limits.Idle != 30*time.Minute {
		t.Errorf("%+v", written)
	}
}

func TestTheRootsOfVendorsStandBesideTheConfiguration(t *testing.T) {
	for text, want := range map[string]string{"zone: UTC\n": "", "vendor_roots: roots.pem\n": "/etc/patchdeck/roots.pem", "vendor_roots: /srv/roots.pem\n": "/srv/roots.pem"} {
		if c, err := Parse("/etc/patchdeck/config.yaml", []byte(text)); err != nil || c.VendorRoots != want {
			t.Errorf("%q: %q, %v, want %q", text, c.VendorRoots, err, want)
		}
	}
}

// The standard plan: 24 windows of four hours over four days, six a day, without a gap; four emergency windows of an hour.
func TestTheInventorysRulesAreConfigured(t *testing.T) {
	c, err := Parse("config.yaml", []byte("zone: UTC\n"))
	if err != nil || c.Inventory != inventory.DefaultPolicy() {
		t.Errorf("left out: %+v, %v", c.Inventory, err)
	}
	c, err = Parse("config.yaml", []byte("inventory: {max_unread: 0, marked_change: 20, max_age: 12h}\n"))
	want := inventory.DefaultPolicy()
	want.MaxUnread, want.MarkedChange, want.MaxAge = 0, 20, 12*time.Hour
	if err != nil || c.Inventory != want {
		t.Errorf("got %+v, %v", c.Inventory, err)
	}
}

func TestTheDefaultWindowsAreTheHandbooks(t *testing.T) {
	c, err := Parse("config.yaml", []byte(Default))
	if err != nil {
		t.Fatal(err)
	}
	var standard, emergency []rollout.WindowSpec
	for _, w := range c.Windows {
		switch {
		case w.Kind == rollout.EmergencyWindow:
			emergency = append(emergency, w)
		case w.Ring == rollout.Prod && w.Kind == rollout.Standard:
			standard = append(standard, w)
		}
	}
	if len(standard) != 24 || len(emergency) != 4 {
		t.Fatalf("%d standard and %d emergency windows", len(standard), len(emergency))
	}
	const day = 24 * time.Hour
	for i, w := range standard {
		if w.ID != fmt.Sprintf("W%d", i+1) || w.Length != 4*time.Hour || time.Duration(w.Day)*day+w.Start != 5*day+time.Duration(i)*4*time.Hour {
			t.Errorf("window %d is %+v", i+1, w)
		}
	}
	for i, w := range emergency {
		if w.ID != fmt.Sprintf("E%d", i+1) || w.Length != time.Hour {
			t.Errorf("emergency window %d is %+v", i+1, w)
		}
	}
	if ids := c.WindowIDs(); slices.Contains(ids, "CHECK") || !slices.Contains(ids, "W24") || !slices.Contains(ids, "P1") {
		t.Errorf("windows that a server may name: %v", ids)
	}
}

func TestACompleteConfigurationIsReadAsWritten(t *testing.T) {
	text := `
zone: Europe/Dublin
listen: ":2222"
users: /etc/people.yaml
windows:
  - {id: P1, ring: pilot, day: 0, start: 14:00, length: 4h}
  - {id: D1, ring: dev, day: 0, start: "21:00", length: 10h}
  - id: W1
    ring: PROD
    kind: Standard
    day: -1
    start: "00:01"
    length: 90m
credentials:
  default:
    user: CORP\svc-patchdeck
    password: {file: secret}
  edge:
    user: patchdeck
    auth: Basic
    password: {command: [pass, show, "patch deck"]}
    ca: ca.pem
limits:
  site: 8
`
	c, err := Parse("/etc/patchdeck/config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if c.Zone.String() != "Europe/Dublin" || c.Listen != ":2222" || c.Users != "/etc/people.yaml" || c.Limits.Site != 8 || c.Limits.Servers != 256 {
		t.Errorf("%+v", c)
	}
	want := rollout.WindowSpec{ID: "W1", Ring: rollout.Prod, Kind: rollout.Standard, Day: -1, Start: time.Minute, Length: 90 * time.Minute}
	if len(c.Windows) != 3 || c.Windows[2] != want {
		t.Errorf("windows %+v", c.Windows)
	}
	edge := c.Credentials["edge"]
	if edge.Auth != remote.Basic || !slices.Equal(edge.Password.Command, []string{"pass", "show", "patch deck"}) || edge.CA != "/etc/patchdeck/ca.pem" {
		t.Errorf("edge %+v", edge)
	}
	if c.Credentials["default"].Password.File != "/etc/patchdeck/secret" || c.Credentials["default"].Auth != remote.NTLM || c.Credentials["default"].User != `CORP\svc-patchdeck` {
		t.Errorf("default %+v", c.Credentials["default"])
	}
}

func TestACredentialIsReadWhenItIsNeeded(t *testing.T) {
	t.Setenv("PATCHDECK_TEST_PASSWORD", "s3cret")
	c, err := Parse("config.yaml", []byte("credentials:\n  default:\n    user: x\n    password: {env: PATCHDECK_TEST_PASSWORD}\n  gone:\n    user: x\n    password: {env: PATCHDECK_TEST_NOT_SET}\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Credential(context.Background(), "")
	if err != nil || got.User != "x" || got.Password != "s3cret" || got.Auth != remote.NTLM {
		t.Errorf("%v, error %v", got, err)
	}
	for name, says := range map[string]string{"gone": "PATCHDECK_TEST_NOT_SET", "other": "there are default, gone"} {
		if _, err := c.Credential(context.Background(), name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestWhatProvesAnAccountIsReadFromItsFiles(t *testing.T) {
	folder := t.TempDir()
	for name, mode := range map[string]os.FileMode{"a.pem": 0o644, "a.key": 0o600, "open.key": 0o644, "a.keytab": 0o600, "cache": 0o600, "krb5.conf": 0o644} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("contents of "+name), mode); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Parse(filepath.Join(folder, "config.yaml"), []byte(`
credentials:
  lab: {auth: certificate, certificate: a.pem, key: a.key}
  open: {auth: certificate, certificate: a.pem, key: open.key}
  domain: {auth: kerberos, user: svc@CORP.EXAMPLE, keytab: a.keytab, krb5: krb5.conf}
  kinit: {auth: kerberos, cache: cache}
`))
	if err != nil {
		t.Fatal(err)
	}
	lab, err := c.Credential(t.Context(), "lab")
	if err != nil || lab.Auth != remote.Certificate || string(lab.Certificate) != "contents of a.pem" || string(lab.Key) != "contents of a.key" {
		t.Errorf("%v, %v", lab, err)
	}
	domain, err := c.Credential(t.Context(), "domain")
	if err != nil || domain.Auth != remote.Kerberos || string(domain.Keytab) != "contents of a.keytab" || domain.Domain != "contents of krb5.conf" ||
		domain.User != "svc@CORP.EXAMPLE" {
		t.Errorf("%v, %v", domain, err)
	}
	if kinit, err := c.Credential(t.Context(), "kinit"); err != nil || string(kinit.Cache) != "contents of cache" {
		t.Errorf("%v, %v", kinit, err)
	}
	if runtime.GOOS != "windows" {
		if _, err := c.Credential(t.Context(), "open"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a key that others may read: %v", err)
		}
	}
}

func TestProblemsComeOneByOne(t *testing.T) {
	_, err := Parse("config.yaml", []byte("a: 1\nb: 2\n"))
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) || len(several.Unwrap()) != 2 || several.Unwrap()[1].Error() != "config.yaml line 2: the key \"b\" is not known in the file: accepted are credentials, inventory, limits, listen, notices, rollout, status, users, vendor_roots, windows, zone" {
		t.Errorf("error %v", err)
	}
}

func TestAFileWithThousandsOfMistakesNamesABoundedNumber(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "key%d: 1\n", i)
	}
	_, err := Parse("config.yaml", []byte(text.String()))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != mostProblems {
		t.Errorf("%d problems", len(problems))
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(Default)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("config.yaml", []byte(text))
		if err == nil && (c.Zone == nil || len(c.Windows) == 0 || c.Limits.Connections == 0) {
			t.Errorf("%q became %+v", text, c)
		}
	})
}
