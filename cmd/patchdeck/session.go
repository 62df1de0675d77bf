package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/charmbracelet/x/term"

	"patchdeck/cmd/patchdeck/config"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/remote"
	"patchdeck/store"
	"patchdeck/ui/command"
	"patchdeck/ui/serve"
)

// settings are the configuration and the users of a data folder; without a file the defaults hold.
func settings(data, file string) (config.Config, *config.UsersFile, error) {
	named := file != ""
	if !named {
		file = filepath.Join(data, "config.yaml")
	}
	c, err := config.Read(file)
	if errors.Is(err, os.ErrNotExist) && !named {
		c, err = config.Parse(file, []byte(config.Default))
	}
	if err != nil {
		return c, nil, err
	}
	users, err := config.OpenUsers(c.Users)
	return c, users, err
}

func credentialsOf(ctx context.Context, c *config.Config) func(string) (remote.Credential, error) {
	return func(name string) (remote.Credential, error) { return c.Credential(ctx, name) }
}

// listUsers names everybody for the verb "users".
func listUsers(f *config.UsersFile) []command.User {
	people, _ := f.People()
	var list []command.User
	for _, p := range people {
		u := command.User{Name: p.Name, Roles: p.Actor().RoleNames(), OSUser: p.OSUser}
		for _, k := range p.Keys {
			u.Fingerprints = append(u.Fingerprints, fingerprint(k))
		}
		list = append(list, u)
	}
	return list
}

// persons names everybody for the engine, as the users file stands at the moment.
func persons(f *config.UsersFile) func() []approval.Person {
	return func() (list []approval.Person) {
		people, _ := f.People()
		for _, p := range people {
			list = append(list, p.Person())
		}
		return list
	}
}

// openSession runs an engine on a data folder for as long as one verb takes. Rollouts rest meanwhile: only the daemon plays windows.
func openSession(ctx context.Context, data string, reads bool) (*command.Session, error) {
	session, _, err := openHouse(ctx, data, reads)
	return session, err
}

func openHouse(ctx context.Context, data string, reads bool, options ...store.Option) (*command.Session, *house, error) {
	c, users, err := settings(data, "")
	if err != nil {
		return nil, nil, err
	}
	actor, ok := users.Local(uint32(os.Getuid()))
	if !ok {
		return nil, nil, &approval.Denied{Words: "you are not in the users file: ask the administrator of patchdeck"}
	}
	actor.Via = "command"
	p := plot{data: data, clock: engine.NewWallClock(), policy: c.Rollout, schedule: c.Windows, duty: engine.SweepsOnly, people: persons(users), storeRoom: options,
		zone: c.Zone, credentials: credentialsOf(ctx, &c), limits: c.Limits, inventory: c.Inventory, log: logTo(data)}
	night, rehearsed, err := readNight(data)
	switch {
	case err != nil:
		return nil, nil, err
	case rehearsed && !reads:
		return nil, nil, inDemo(data)
	case rehearsed:
		p.clock, p.demonstrated = announced{ready: night.Ready}.clock(), true
	case reads && !exists(storeFolder(data)):
		return nil, nil, fmt.Errorf("there is no store in %s: import something first, or name another folder with --data", data)
	}
	if reads {
		p.duty = engine.Idle
	}
	if p.files, err = openFiles(p.data, c); err != nil {
		return nil, nil, err
	}
	if p.notices, err = noticesOf(c.Notices); err != nil {
		return nil, nil, err
	}
	// An interrupt ends the verb; the engine ends when the verb closes it.
	h, err := build(context.WithoutCancel(ctx), p)
	if err != nil {
		return nil, nil, err
	}
	return &command.Session{Console: h.engine, Actor: actor, Zone: c.Zone, Windows: c.WindowIDs(), Users: listUsers(users), Backup: backupOf(h.store), Free: h.store.Free,
		Close: func() {
			if err := h.close(); err != nil {
				fmt.Fprintf(os.Stderr, "patchdeck: %v\n", err)
			}
		}}, h, nil
}

// inDemo says that a folder belongs to a demonstration, whose time and servers a real console does not know.
func inDemo(data string) error {
	return fmt.Errorf("%s holds a night of a demonstration: go on with patchdeck demo --data %s --fleet FILE, or name another folder", data, data)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// forward hands a verb to the daemon that holds the store, if there is one.
func forward(ctx context.Context, data string, words []string, streams command.Streams) (handled bool, code int, err error) {
	code, err = serve.Attach(ctx, serve.Attachment{Socket: socketPath(data), Words: words, Streams: streams, Environment: os.Environ()})
	if errors.Is(err, serve.ErrNoDaemon) {
		return false, 0, nil
	}
	return true, code, err
}

// attach opens the console of the daemon of this machine; without one it runs one for as long as the console is open.
func attach(ctx context.Context, data string, look command.Look) error {
	look.Plain = look.Plain || os.Getenv("TERM") == "dumb"
	streams := command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	err := attachHere(ctx, data, streams, look)
	if !errors.Is(err, serve.ErrNoDaemon) {
		return err
	}
	if !look.Plain && !isTerminal(os.Stdout) {
		return fmt.Errorf("the console needs a terminal; patchdeck --plain and the commands do not: patchdeck --help")
	}
	fmt.Fprintln(os.Stderr, "no patchdeck is running here: this console runs one until you leave it; patchdeck serve runs one for good")
	d, err := startDaemon(ctx, command.ServeOptions{Data: data, Listen: "none", Streams: streams})
	if err != nil {
		return err
	}
	defer d.close()
	return attachHere(ctx, data, streams, look)
}

func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }

// logTo writes facts for the administrator into the data folder: one line a fact, nothing secret.
func logTo(data string) *slog.Logger {
	f, err := os.OpenFile(filepath.Join(data, logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(f, nil))
}
