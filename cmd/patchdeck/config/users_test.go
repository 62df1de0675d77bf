package config

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
)

// publicKey gives the same key for the same number.
func publicKey(t testing.TB, number byte) gossh.PublicKey {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = number
	key, err := gossh.NewPublicKey(ed25519.NewKeyFromSeed(seed).Public())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func line(t testing.TB, number byte) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(publicKey(t, number))))
}

func TestUsersAreKnownByTheirKeysAndOnThisMachine(t *testing.T) {
	users, err := ParseUsers("users.yaml", []byte(fmt.Sprintf(`
users:
  - name: k.osei
    roles: [lead, on-call]
    os_user: kosei
    keys:
      - %s k.osei@laptop
      - %s
  - name: m.silva
    roles: [board]
    keys: ["%s"]
`, line(t, 1), line(t, 2), line(t, 3))))
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[byte]string{1: "k.osei", 2: "k.osei", 3: "m.silva", 4: ""} {
		actor, ok := users.ByKey(publicKey(t, number))
		if actor.Name != want || ok != (want != "") {
			t.Errorf("key %d: %+v, %v", number, actor, ok)
		}
	}
	actor, ok := users.ByOSUser("kosei")
	if !ok || !slices.Equal(actor.Roles, []approval.Role{approval.Lead, approval.OnCall}) {
		t.Errorf("os user: %+v, %v", actor, ok)
	}
	for _, name := range []string{"", "root", "m.silva"} {
		if actor, ok := users.ByOSUser(name); ok {
			t.Errorf("os user %q is %+v", name, actor)
		}
	}
}

// Handbook 5: "Every role has a primary and a secondary person; overdue work goes to the secondary."
func TestARoleHasAPrimaryAndASecondaryPerson(t *testing.T) {
	users, err := ParseUsers("users.yaml", []byte(`
users:
  - {name: lea, roles: [lead], secondary: [board], os_user: lea}
  - {name: bea, roles: [board], os_user: bea}
  - {name: sub, secondary: [security], os_user: sub}
`))
	if err != nil {
		t.Fatal(err)
	}
	var people []approval.Person
	for _, u := range users.People {
		people = append(people, u.Person())
	}
	for _, c := range []struct {
		role    approval.Role
		overdue bool
		want    []string
	}{{approval.Board, false, []string{"bea"}}, {approval.Board, true, []string{"bea", "lea"}}, {approval.Security, false, []string{"sub"}}, {approval.Writer, true, nil}} {
		if got := approval.Responsible(people, c.role, c.overdue); !slices.Equal(got, c.want) {
			t.Errorf("%s, overdue %v: %v, want %v", c.role, c.overdue, got, c.want)
		}
	}
	if actor, _ := users.ByOSUser("lea"); !actor.Has(approval.Board) {
		t.Errorf("who stands in for the board holds %v", actor.Roles)
	}
	if _, err := ParseUsers("users.yaml", []byte("users: [{name: x, roles: [lead], secondary: [lead], os_user: x}]")); err == nil || !strings.Contains(err.Error(), "holds the role lead twice") {
		t.Errorf("the same role twice: %v", err)
	}
}

// Handbook 5: application support acts for its own applications, server administrators for their own servers; the users file says whose they are.
func TestAPersonHasApplicationsAndServers(t *testing.T) {
	users, err := ParseUsers("users.yaml", []byte(`
users:
  - {name: sue, roles: [support, server-administrator], applications: [Payroll, Web shop], owns: [Team Payroll], os_user: sue}
  - {name: desk, roles: [support], applications: ["*"], os_user: desk}
  - {name: none, roles: [support, server-administrator], os_user: none}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, application, owner string
		supports, owns          bool
	}{{"sue", "web SHOP", "team payroll", true, true}, {"sue", "Web", "Sue", false, true}, {"sue", "", "", false, false}, {"desk", "Web", "desk", true, true}, {"none", "Payroll", "Team Payroll", false, false}} {
		actor, _ := users.ByOSUser(c.who)
		if actor.Supports(c.application) != c.supports || actor.OwnsServersOf(c.owner) != c.owns {
			t.Errorf("%s: supports %q %v, owns servers of %q %v", c.who, c.application, actor.Supports(c.application), c.owner, actor.OwnsServersOf(c.owner))
		}
	}
	for text, says := range map[string]string{
		"{name: x, roles: [lead], applications: [A], os_user: x}":         "no meaning without the role support",
		"{name: x, roles: [lead], owns: [A], os_user: x}":                 "no meaning without the role server-administrator",
		"{name: x, roles: [support], applications: [A, a], os_user: x}":   `"a" stands twice`,
		"{name: x, roles: [support], applications: A, os_user: x}":        "applications must be a list of applications",
		"{name: x, roles: [support], applications: [{A: b}], os_user: x}": "must be a single value",
	} {
		if _, err := ParseUsers("users.yaml", []byte("users: ["+text+"]")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
}

func TestEveryMistakeOfAUsersFileIsNamed(t *testing.T) {
	text := fmt.Sprintf(`users:
  - name: k.osei
    roles: [leader]
    keys: [%[1]s]
  - roles: [viewer]
    os_user: x
  - name: no.roles
    os_user: y
  - name: no.way
    roles: [viewer]
  - name: engine room
    roles: [viewer]
    os_user: z
  - name: options
    roles: [viewer]
    keys:
      - command="reboot" %[2]s
      - ssh-ed25519 broken
      - "%[2]s\n%[3]s"
  - name: first
    roles: [viewer, viewer]
    keys: [%[4]s]
  - name: second
    roles: [viewer]
    os_user: one
    keys: [%[5]s]
  - name: Second
    roles: [engine]
    keys: [%[6]s]
  - name: third
    roles: [viewer]
    os_user: one
    keys: [%[5]s]
    role: lead
  - name: second
    roles: [viewer]
    os_user: one
    keys: [%[5]s]
`, line(t, 1), line(t, 2), line(t, 3), line(t, 4), line(t, 5), line(t, 6))
	_, err := ParseUsers("users.yaml", []byte(text))
	if err == nil {
		t.Fatal("the file was taken")
	}
	golden(t, "testdata/users.golden", err.Error()+"\n")
}

// writeFile puts a file in its place whole, as an editor should.
func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func viewer(t testing.TB, number byte) string {
	return fmt.Sprintf("users:\n  - name: user%d\n    roles: [viewer]\n    keys: [%s]\n", number, line(t, number))
}

func TestWhileNobodyIsNamedTheOwnerIsLeadAndCannotApprove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.yaml")
	for _, text := range []string{"", DefaultUsers} {
		if text != "" {
			writeFile(t, path, text)
		}
		file, err := OpenUsers(path)
		if err != nil {
			t.Fatal(err)
		}
		actor, ok := file.Local(uint32(os.Getuid()))
		if !ok || actor.Name == "" || !slices.Equal(actor.Roles, []approval.Role{approval.Lead}) {
			t.Errorf("%+v, %v", actor, ok)
		}
		if actor, ok := file.Local(uint32(os.Getuid()) + 1); ok {
			t.Errorf("another user is %+v", actor)
		}
		if _, ok := file.Identify(publicKey(t, 1)); ok {
			t.Error("a key is known")
		}
		if _, ok := file.People(); ok {
			t.Error("there are people")
		}
		writeFile(t, path, viewer(t, 1))
		if changed, err := file.Reload(); !changed || err != nil {
			t.Errorf("somebody was named: changed %v, error %v", changed, err)
		}
		if actor, ok := file.Local(uint32(os.Getuid())); ok {
			t.Errorf("the owner is still %+v", actor)
		}
	}
}

func TestAChangedUsersFileCountsAndABrokenOneDoesNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.yaml")
	writeFile(t, path, viewer(t, 1))
	file, err := OpenUsers(path)
	if err != nil {
		t.Fatal(err)
	}
	known := func(number byte) bool { _, ok := file.Identify(publicKey(t, number)); return ok }
	steps := []struct {
		name, text string
		changed    bool
		says       string
		knows      byte
	}{
		{"the same", viewer(t, 1), false, "", 1},
		{"a comment", "# new\n" + viewer(t, 1), false, "", 1},
		{"broken", "users: [", false, "the users of before count on", 1},
		{"another", viewer(t, 2), true, "", 2},
		{"gone", "", false, "the users of before count on", 2},
		{"back", viewer(t, 1), true, "", 1},
	}
	for _, step := range steps {
		writeFile(t, path, step.text)
		if step.text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		changed, err := file.Reload()
		if changed != step.changed || (err == nil) != (step.says == "") || err != nil && !strings.Contains(err.Error(), step.says) {
			t.Errorf("%s: changed %v, error %v", step.name, changed, err)
		}
		for _, number := range []byte{1, 2} {
			if known(number) != (number == step.knows) {
				t.Errorf("%s: key %d known: %v", step.name, number, known(number))
			}
		}
	}
}

func TestFollowingTellsEachChangeAndEachComplaintOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.yaml")
	writeFile(t, path, viewer(t, 1))
	file, err := OpenUsers(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tick, ended := make(chan time.Time), make(chan struct{})
	changes := 0
	var log strings.Builder
	go func() {
		file.Follow(ctx, tick, func() { changes++ }, slog.New(slog.NewTextHandler(&log, nil)))
		close(ended)
	}()
	for _, text := range []string{viewer(t, 1), viewer(t, 2), viewer(t, 2), "users: [", "users: [", viewer(t, 3)} {
		writeFile(t, path, text)
		tick <- time.Time{}
		tick <- time.Time{} // taken only when the first is done with
	}
	cancel()
	<-ended
	if changes != 2 || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("%d changes, log %s", changes, log.String())
	}
}

func FuzzParseUsers(f *testing.F) {
	f.Add(DefaultUsers)
	f.Add(viewer(f, 1))
	f.Fuzz(func(t *testing.T, text string) {
		users, err := ParseUsers("users.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, person := range users.People {
			if person.Name == "" || len(person.Roles) == 0 || len(person.Keys) == 0 && person.OSUser == "" || slices.Contains(person.Roles, approval.Machine) {
				t.Errorf("%q became %+v", text, person)
			}
		}
	})
}
