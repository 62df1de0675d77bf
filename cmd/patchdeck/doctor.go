package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"patchdeck/cmd/patchdeck/config"
	"patchdeck/engine/approval"
	"patchdeck/engine/trail"
	"patchdeck/remote/secret"
	"patchdeck/store"
	"patchdeck/ui/command"
	"patchdeck/ui/serve"
)

// patient is what the doctor examines. A check that needs what an earlier one could not read says so by giving up.
type patient struct {
	ctx    context.Context
	data   string
	config *config.Config
	daemon bool
	now    time.Time
}

// checks are everything that "patchdeck doctor" looks at on this machine, in this order. Each gives the words of what is well, or an
// ailment.
var checks = []struct {
	name string
	look func(*patient) (string, error)
}{
	{"folder", (*patient).folder},
	{"configuration", (*patient).configuration},
	{"people", (*patient).people},
	{"host key", (*patient).hostKey},
	{"daemon", (*patient).runs},
	{"ssh", (*patient).listens},
	{"store", (*patient).holds},
	{"disk", (*patient).disk},
	{"clock", (*patient).clock},
	{"credentials", (*patient).credentials},
	{"notices", (*patient).notices},
	{"vendor roots", (*patient).vendorRoots},
	{"policy", (*patient).policy},
}

// ailment is something that is not as it should be.
type ailment struct {
	state, words, mend string
}

func (a *ailment) Error() string { return a.words }

func warns(mend, format string, args ...any) error {
	return &ailment{command.Warns, fmt.Sprintf(format, args...), mend}
}

func fails(mend, format string, args ...any) error {
	return &ailment{command.Failed, fmt.Sprintf(format, args...), mend}
}

// examine makes all checks.
func examine(ctx context.Context, data string) []command.Finding {
	p := &patient{ctx: ctx, data: data, now: time.Now()}
	var findings []command.Finding
	for _, check := range checks {
		words, err := check.look(p)
		f := command.Finding{Check: check.name, State: command.Fine, Words: words}
		var a *ailment
		switch {
		case errors.As(err, &a):
			f.State, f.Words, f.Mend = a.state, a.words, a.mend
		case err != nil:
			f.State, f.Words, f.Mend = command.Failed, err.Error(), "mend what the line says and run patchdeck doctor again"
		}
		findings = append(findings, f)
	}
	return findings
}

func (p *patient) folder() (string, error) {
	info, err := os.Stat(p.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", warns("patchdeck init writes it", "%s does not exist yet", p.data)
	case err != nil:
		return "", err
	case !info.IsDir():
		return "", fails("name a folder with --data", "%s is no folder", p.data)
	case info.Mode().Perm()&0o022 != 0:
		return "", fails("chmod 700 "+p.data, "%s can be written by others (%v)", p.data, info.Mode().Perm())
	}
	return p.data, nil
}

func (p *patient) configuration() (string, error) {
	c, _, err := settings(p.data, "")
	if err != nil {
		return "", err
	}
	p.config = &c
	words := fmt.Sprintf("%d windows in %s", len(c.Windows), c.Zone)
	if !exists(filepath.Join(p.data, "config.yaml")) {
		return "", warns("patchdeck init writes a commented one", "there is no config.yaml: the defaults hold, %s", words)
	}
	return words, nil
}

// errUnread is why a check cannot look: what it needs stands in the configuration.
var errUnread = &ailment{command.Warns, "not looked at: the configuration cannot be read", "mend the configuration first"}

func (p *patient) people() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	users, err := config.OpenUsers(p.config.Users)
	if err != nil {
		return "", err
	}
	people, named := users.People()
	if !named {
		return "", warns("name people, their roles and keys in "+p.config.Users, "nobody is named: you are lead, nobody can approve, and nobody comes in over SSH")
	}
	keys := 0
	for _, person := range people {
		keys += len(person.Keys)
	}
	for _, role := range []approval.Role{approval.Lead, approval.Authority, approval.Board} {
		if !slices.ContainsFunc(people, func(u config.User) bool { return slices.Contains(u.Roles, role) }) {
			return "", warns("give the role to somebody in "+p.config.Users, "%d people, but none is %s: no change request gets through", len(people), role)
		}
	}
	if keys == 0 {
		return "", warns("add their public keys in "+p.config.Users, "%d people without a key: nobody comes in over SSH", len(people))
	}
	return fmt.Sprintf("%d people with %d keys", len(people), keys), nil
}

func (p *patient) hostKey() (string, error) {
	path := filepath.Join(p.data, hostKeyFile)
	if !exists(path) {
		return "", warns("patchdeck serve makes it at its first start", "there is none yet")
	}
	key, err := serve.HostKey(path)
	if err != nil {
		return "", err
	}
	return fingerprint(key.PublicKey()), nil
}

func (p *patient) runs() (string, error) {
	quiet := command.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	handled, _, err := forward(p.ctx, p.data, []string{"version"}, quiet)
	if err == nil && handled {
		p.daemon = true
		return "it runs and answers at " + socketPath(p.data), nil
	}
	if errors.Is(err, serve.ErrNotKnown) {
		p.daemon = true // what it holds, it holds rightly
		return "", warns("give yourself an os_user entry in the users file; it is read again within seconds", "it runs at %s and does not know you", socketPath(p.data))
	}
	if err != nil {
		return "", fails("see "+filepath.Join(p.data, logFile)+"; end the process that holds the socket and run patchdeck serve", "somebody holds %s and does not answer: %v", socketPath(p.data), err)
	}
	return "", warns("patchdeck serve runs it", "it does not run: windows are played by the daemon alone")
}

func (p *patient) listens() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	if p.config.Listen == "" {
		return "", warns("set listen: in config.yaml to let people in from elsewhere", "no address: the console can be reached from this machine alone")
	}
	l, err := net.Listen("tcp", p.config.Listen)
	if err == nil {
		l.Close()
		return p.config.Listen + " is free", nil
	}
	if p.daemon {
		return "the daemon listens on " + p.config.Listen, nil
	}
	return "", fails("choose another address under listen: in config.yaml, or end who holds it", "%v", err)
}

func (p *patient) holds() (string, error) {
	folder := storeFolder(p.data)
	switch {
	case p.daemon:
		return "the daemon has it open; patchdeck store verify reads all of it", nil
	case !exists(folder):
		return "", warns("patchdeck inventory import FILE begins it", "there is none yet")
	}
	s, err := store.Open(folder, store.WithMinFree(0))
	if err != nil {
		return "", err
	}
	head, newest := s.Head(), trail.SegmentVerifier()
	err = s.Entries(head.Seq, func(_ uint64, raw []byte) error { return newest.Add(raw) })
	if err := errors.Join(err, s.Close()); err != nil {
		return "", err
	}
	last := newest.Report().Till
	if last.After(p.now.Add(time.Minute)) {
		return "", fails("set this machine's clock", "its last entry was written at %s, which is still to come", last.Format(time.RFC3339))
	}
	return fmt.Sprintf("%d entries, head %.12s; patchdeck store verify reads all of it", head.Seq, head), nil
}

func (p *patient) disk() (string, error) {
	free, err := store.FreeSpace(p.data)
	if errors.Is(err, fs.ErrNotExist) {
		return "", warns("patchdeck init makes the folder", "not looked at: %s does not exist yet", p.data)
	}
	if err != nil {
		return "", err
	}
	const enough, least = 4 << 30, 1 << 30
	words := fmt.Sprintf("%d MiB free", free>>20)
	switch {
	case free < least:
		return "", fails("free some space: nothing new starts below 1 GiB", "%s", words)
	case free < enough:
		return "", warns("free some space before the next window", "%s", words)
	}
	return words, nil
}

func (p *patient) clock() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	there := p.now.In(p.config.Zone).Format("Mon 2 Jan 2006 15:04 MST")
	synchronised, known := clockSynchronised()
	switch {
	case !known:
		return "", warns("check that time synchronisation runs", "%s where the servers stand; whether it is synchronised this system does not tell", there)
	case !synchronised:
		return "", warns("start time synchronisation (chrony, systemd-timesyncd): windows open by this clock", "%s where the servers stand, but the kernel says that its clock is not synchronised", there)
	}
	return there + " where the servers stand, synchronised", nil
}

// credentials reads every secret that the configuration refers to, and shows none.
func (p *patient) credentials() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	names := slices.Sorted(maps.Keys(p.config.Credentials))
	if len(names) == 0 {
		return "", warns("name an account under credentials: in config.yaml", "none is named: no server can be reached")
	}
	var broken []string
	for _, name := range names {
		if _, err := p.config.Credential(p.ctx, name); err != nil {
			broken = append(broken, err.Error())
		}
	}
	if len(broken) > 0 {
		return "", fails("make readable what the configuration refers to, for the account that runs patchdeck", "%s", strings.Join(broken, "; "))
	}
	return strings.Join(names, ", ") + ": what they refer to can be read", nil
}

// notices reads the texts and the secrets that sending takes. It sends nothing: who gets what would have to know.
func (p *patient) notices() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	c := p.config.Notices
	options, err := noticesOf(c)
	if err != nil {
		return "", fails("mend what the configuration names under notices:", "%v", err)
	}
	secrets := map[string]secret.Reference{}
	if c.Mail != nil && c.Mail.Password.Given() {
		secrets["mail"] = c.Mail.Password
	}
	for _, w := range c.Webhooks {
		secrets["webhook "+w.Name] = w.Secret
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		if _, err := secrets[name].Read(p.ctx); err != nil {
			return "", fails("make readable what the configuration refers to, for the account that runs patchdeck", "%s: %v", name, err)
		}
	}
	if len(options.Posters) == 0 {
		return "nobody is configured to get them: they are kept as history", nil
	}
	return "they go by " + strings.Join(slices.Sorted(maps.Keys(options.Posters)), ", "), nil
}

// vendorRoots reads the certificates at which the signatures of source files may end.
func (p *patient) vendorRoots() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	if p.config.VendorRoots == "" {
		return "none are named: source files are kept, and no signature is verified", nil
	}
	if _, err := openFiles(p.data, *p.config); err != nil {
		return "", fails("name a PEM file with root certificates under vendor_roots: in config.yaml, which only its owner can write", "%v", err)
	}
	return p.config.VendorRoots + " can be read", nil
}
