package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
)

// User is one person of the users file.
type User struct {
	Name  string
	Roles []approval.Role
	// Secondary are those of Roles in which the person stands in for another: overdue work of the role is theirs as well.
	Secondary []approval.Role
	// Applications are those whose support the person is; Owns are names under which the inventory knows the person's servers.
	Applications []string
	Owns         []string
	OSUser       string
	Keys         []gossh.PublicKey
}

// Actor is the person as the engine knows them.
func (u User) Actor() approval.Actor {
	return approval.Actor{Name: u.Name, Roles: u.Roles, Applications: u.Applications, Owns: u.Owns}
}

// Person is who owes what a role owes.
func (u User) Person() approval.Person {
	p := approval.Person{Name: u.Name, Secondary: u.Secondary, Applications: u.Applications}
	for _, r := range u.Roles {
		if !slices.Contains(u.Secondary, r) {
			p.Primary = append(p.Primary, r)
		}
	}
	return p
}

// Users are the people of a users file.
type Users struct {
	People []User
	byKey  map[string]int // by the key's wire form
	byOS   map[string]int
}

// ByKey tells whose key it is.
func (u *Users) ByKey(key gossh.PublicKey) (approval.Actor, bool) {
	i, ok := u.byKey[string(key.Marshal())]
	if !ok {
		return approval.Actor{}, false
	}
	return u.People[i].Actor(), true
}

// ByOSUser tells who a user of this machine is.
func (u *Users) ByOSUser(name string) (approval.Actor, bool) {
	i, ok := u.byOS[name]
	if !ok || name == "" {
		return approval.Actor{}, false
	}
	return u.People[i].Actor(), true
}

var (
	personName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
	osUserName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._@\\$-]{0,63}$`)
)

// ReadUsers reads a users file.
func ReadUsers(path string) (*Users, error) {
	text, err := readTrusted(path)
	if err != nil {
		return nil, err
	}
	return ParseUsers(path, text)
}

// ParseUsers reads the text of the users file at path.
func ParseUsers(path string, text []byte) (*Users, error) {
	r := &reader{file: filepath.Base(path)}
	users := &Users{byKey: map[string]int{}, byOS: map[string]int{}}
	if root, ok := r.root(text); ok {
		r.mapping(root, fields{"users": func(v value) {
			if _, empty := v.node.(*ast.NullNode); empty {
				return
			}
			r.list(v, "people", func(v value) { r.user(v, users) })
		}})
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return users, nil
}

func (r *reader) user(v value, users *Users) {
	var u User
	problems := len(r.problems)
	v.name = "a user"
	keyLines := []int{}
	r.mapping(v, fields{
		"name":  func(v value) { u.Name = r.word(v, personName) },
		"roles": func(v value) { r.list(v, "roles", func(v value) { u.Roles = r.role(v, u.Roles) }) },
		"secondary": func(v value) {
			r.list(v, "secondary", func(v value) { u.Secondary = r.role(v, u.Secondary) })
		},
		"applications": func(v value) {
			r.list(v, "applications", func(v value) { u.Applications = r.nameOf(v, u.Applications) })
		},
		"owns": func(v value) {
			r.list(v, "owners, as the inventory names them", func(v value) { u.Owns = r.nameOf(v, u.Owns) })
		},
		"os_user": func(v value) { u.OSUser = r.word(v, osUserName) },
		"keys": func(v value) {
			r.list(v, "keys", func(v value) {
				if key := r.key(v); key != nil {
					u.Keys, keyLines = append(u.Keys, key), append(keyLines, v.line)
				}
			})
		},
	})
	if len(r.problems) > problems {
		return
	}
	for _, role := range u.Secondary {
		if slices.Contains(u.Roles, role) {
			r.fail(v.line, "the user %s holds the role %s twice: as roles or as secondary", u.Name, role)
			return
		}
	}
	u.Roles = append(u.Roles, u.Secondary...)
	switch {
	case u.Name == "":
		r.fail(v.line, "a user lacks the key name")
	case len(u.Roles) == 0:
		r.fail(v.line, "the user %s has no role: give roles: [viewer], for instance", u.Name)
	case len(u.Applications) > 0 && !slices.Contains(u.Roles, approval.Support):
		r.fail(v.line, "the user %s has applications, which have no meaning without the role %s", u.Name, approval.Support)
	case len(u.Owns) > 0 && !slices.Contains(u.Roles, approval.ServerAdmin):
		r.fail(v.line, "the user %s owns servers, which has no meaning without the role %s", u.Name, approval.ServerAdmin)
	case len(u.Keys) == 0 && u.OSUser == "":
		r.fail(v.line, "the user %s can come in by no way: give keys or os_user", u.Name)
	}
	r.enrol(v.line, u, keyLines, users)
}

// enrol adds a person; names, keys and users of the machine mean one person each.
func (r *reader) enrol(line int, u User, keyLines []int, users *Users) {
	place := len(users.People)
	for _, other := range users.People {
		if strings.EqualFold(other.Name, u.Name) {
			r.fail(line, "the user %s stands twice", u.Name)
		}
	}
	if other, taken := users.byOS[u.OSUser]; taken && u.OSUser != "" {
		r.fail(line, "os_user %s belongs to %s already", quote(u.OSUser), users.People[other].Name)
	}
	for i, key := range u.Keys {
		wire := string(key.Marshal())
		if other, taken := users.byKey[wire]; taken {
			r.fail(keyLines[i], "the key %s belongs to %s already", gossh.FingerprintSHA256(key), nameAt(users, other, u))
			continue
		}
		users.byKey[wire] = place
	}
	if u.OSUser != "" {
		users.byOS[u.OSUser] = place
	}
	users.People = append(users.People, u)
}

func nameAt(users *Users, place int, newest User) string {
	if place == len(users.People) {
		return newest.Name
	}
	return users.People[place].Name
}

func (r *reader) word(v value, pattern *regexp.Regexp) string {
	text := r.text(v)
	if text != "" && !pattern.MatchString(text) {
		r.fail(v.line, "%s is %s: letters, digits, dot, dash and underscore are accepted, at most 64", v.name, quote(text))
	}
	return text
}

// longestName bounds the name of an application or an owner, as an inventory file does.
const longestName = 128

// nameOf adds the name of something in the inventory, which may hold spaces.
func (r *reader) nameOf(v value, names []string) []string {
	text := strings.TrimSpace(r.text(v))
	switch {
	case text == "":
		return names
	case utf8.RuneCountInString(text) > longestName:
		r.fail(v.line, "%s is longer than %d characters", quote(text), longestName)
	case slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, text) }):
		r.fail(v.line, "%s stands twice", quote(text))
	}
	return append(names, text)
}

func (r *reader) role(v value, roles []approval.Role) []approval.Role {
	text := r.text(v)
	if text == "" {
		return roles
	}
	role, err := approval.ParseRole(text)
	if err != nil {
		r.fail(v.line, "%s", err)
		return roles
	}
	for _, other := range roles {
		if other == role {
			r.fail(v.line, "the role %s stands twice", role)
		}
	}
	return append(roles, role)
}

// key reads one line as in authorized_keys. Options would promise restrictions that nobody keeps here, so they are refused.
func (r *reader) key(v value) gossh.PublicKey {
	text := r.text(v)
	if text == "" {
		return nil
	}
	key, _, options, rest, err := gossh.ParseAuthorizedKey([]byte(text))
	switch {
	case err != nil || len(rest) > 0:
		r.fail(v.line, "the key %s is not readable: a line of a .pub file is accepted, such as ssh-ed25519 AAAA... comment", quote(text))
		return nil
	case len(options) > 0:
		r.fail(v.line, "the key %s has options: they have no meaning here, remove them", gossh.FingerprintSHA256(key))
		return nil
	}
	if !acceptedKeys[key.Type()] {
		r.fail(v.line, "the key %s is of the type %s: ed25519, ECDSA and RSA keys are accepted", gossh.FingerprintSHA256(key), key.Type())
		return nil
	}
	return key
}

// acceptedKeys leaves out DSA, which is broken, and certificates, for which there is no authority here.
var acceptedKeys = map[string]bool{
	gossh.KeyAlgoED25519: true, gossh.KeyAlgoSKED25519: true, gossh.KeyAlgoRSA: true, gossh.KeyAlgoSKECDSA256: true,
	gossh.KeyAlgoECDSA256: true, gossh.KeyAlgoECDSA384: true, gossh.KeyAlgoECDSA521: true,
}
