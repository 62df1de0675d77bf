package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/cmd/patchdeck/config"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/notice"
	"patchdeck/store"
	"patchdeck/ui/command"
	"patchdeck/ui/serve"
)

// ballast gives the room to start again on a full disk.
const ballast = 256 << 20

// daemon is a house with its doors open.
type daemon struct {
	*house
	doors *doors
	users *config.UsersFile
	stop  context.CancelFunc
}

// usersTick is how often the users file is looked at; a removed key or role ends its sessions within ten seconds.
const usersTick = 3 * time.Second

func startDaemon(ctx context.Context, o command.ServeOptions) (*daemon, error) {
	c, users, err := settings(o.Data, o.Config)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return nil, err
	}
	p := plot{data: o.Data, clock: engine.NewWallClock(), policy: c.Rollout, schedule: c.Windows, zone: c.Zone, credentials: credentialsOf(ctx, &c),
		limits: c.Limits, people: persons(users), inventory: c.Inventory, log: logTo(o.Data), storeRoom: []store.Option{store.WithBallast(ballast)}}
	if _, rehearsed, err := readNight(o.Data); err != nil {
		return nil, err
	} else if rehearsed {
		return nil, inDemo(o.Data)
	}
	if o.Fleet != "" {
		fleet, err := readFleet(o.Fleet)
		if err != nil {
			return nil, err
		}
		p.clock, p.simulated, p.speed, p.credentials = fleet.clock(), true, fleet.ready.Speed, fleet.credentials()
		c.Notices.Book, c.Notices.Mail, c.Notices.Webhooks = notice.Book{}, nil, nil // a rehearsal tells nobody
	}
	if p.files, err = openFiles(p.data, c); err != nil {
		return nil, err
	}
	if p.notices, err = noticesOf(c.Notices); err != nil {
		return nil, err
	}
	h, err := build(context.WithoutCancel(ctx), p)
	if err != nil {
		return nil, err
	}
	listen := c.Listen
	if o.Listen != "" {
		listen = o.Listen
	}
	if listen == "none" {
		listen = ""
	}
	d := &daemon{house: h, users: users}
	d.doors, err = openDoors(opening{data: o.Data, listen: listen, status: c.Status, house: h, zone: c.Zone, windows: c.WindowIDs(), log: p.log,
		identify: users.Identify, local: func(p serve.Peer) (approval.Actor, bool) { return users.Local(p.UID) },
		users:  func() []command.User { return listUsers(users) },
		limits: serve.Limits{Connections: c.Limits.Connections, SessionsPerson: c.Limits.Sessions, Idle: c.Limits.Idle}})
	if err != nil {
		h.close()
		return nil, err
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	ticker := time.NewTicker(usersTick)
	d.stop = func() { stop(); ticker.Stop() }
	go users.Follow(watching, ticker.C, d.doors.server.Recheck, p.log)
	return d, nil
}

// close lets sessions say goodbye, then ends the house. Rollouts go on at the next start.
func (d *daemon) close() error {
	d.stop()
	d.doors.close()
	return d.house.close()
}

// serveDaemon runs the daemon until it is told to end.
func serveDaemon(ctx context.Context, o command.ServeOptions) error {
	d, err := startDaemon(ctx, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "patchdeck runs on %s; its console: patchdeck --data %s\n", o.Data, o.Data)
	if o.Fleet != "" {
		fmt.Fprintf(o.Out, "a rehearsal: its time is %s and runs as fast as the fleet was started with, patchdeck simulate --speed\n", d.engine.View().At.Format("Mon 2 Jan 15:04"))
	}
	if d.doors.network != nil {
		fmt.Fprintf(o.Out, "SSH listens on %s\n", d.doors.network.Addr())
	}
	if page := d.doors.status; page != nil {
		fmt.Fprintf(o.Out, "the status page is http://%s/\n", page.Addr())
	}
	if people, _ := d.users.People(); len(people) == 0 {
		fmt.Fprintf(o.Out, "nobody can come in over SSH yet: name people and their keys in the users file (patchdeck init writes one); it is read again as it changes\n")
	}
	<-ctx.Done()
	return d.close()
}

// initialise writes a commented configuration and a users file where there are none.
func initialise(_ context.Context, data string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	wrote := 0
	for _, f := range []struct{ name, text string }{{"config.yaml", config.Default}, {"users.yaml", config.DefaultUsers}} {
		path := filepath.Join(data, f.name)
		if _, err := os.Stat(path); err == nil {
			fmt.Printf("%s is there already and stays as it is\n", path)
			continue
		} else if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, f.text); return err }); err != nil {
			return err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return err
		}
		fmt.Printf("wrote %s\n", path)
		wrote++
	}
	if wrote > 0 {
		fmt.Printf("next: name yourself and the approvers in %s, an account under credentials: in %s, then run patchdeck serve\n",
			filepath.Join(data, "users.yaml"), filepath.Join(data, "config.yaml"))
	}
	return nil
}

func fingerprint(key gossh.PublicKey) string { return gossh.FingerprintSHA256(key) }
