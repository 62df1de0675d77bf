package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/part"
	"patchdeck/ui/plain"
	"patchdeck/ui/screen"
	"patchdeck/ui/serve"
	"patchdeck/ui/status"
)

// doors are the ways into a running engine: the socket of this machine and, where an address is given, SSH.
type doors struct {
	server  *serve.Server
	socket  net.Listener
	network net.Listener   // nil without SSH
	status  *status.Server // nil without a status page
}

// opening says how to let people in.
type opening struct {
	data     string
	listen   string // "" is the socket alone
	status   string // address of the status page; "" is none
	house    *house
	identify func(gossh.PublicKey) (approval.Actor, bool)
	local    func(serve.Peer) (approval.Actor, bool)
	users    func() []command.User
	zone     *time.Location
	windows  []string
	title    string
	leaving  string // what leaving the console means, where it means more than usual
	limits   serve.Limits
	log      *slog.Logger
}

// openDoors begins to let people in.
func openDoors(o opening) (*doors, error) {
	key, err := serve.HostKey(filepath.Join(o.data, hostKeyFile))
	if err != nil {
		return nil, err
	}
	documents, err := openInbox(o.data)
	if err != nil {
		return nil, err
	}
	server, err := serve.New(serve.Options{HostKey: key, Identify: o.identify, Local: o.local, Limits: o.limits, Logger: o.log,
		NewModel: func(v serve.Visitor) tea.Model {
			return screen.New(screen.Options{Actor: v.Actor, Console: o.house.engine, Theme: part.ThemeFrom(v.Getenv, part.Flags{}), Zone: o.zone, Title: o.title, Leaving: o.leaving, Copy: v.Copy,
				Inbox: documents, Windows: o.windows, Address: v.Address, Mouse: v.Getenv(serve.MouseVariable) != "", Place: v.Place, Keep: v.Keep})
		},
		Plain: func(ctx context.Context, p plain.Options) error {
			p.Console, p.Zone = o.house.engine, o.zone
			return plain.Run(ctx, p)
		},
		Command: func(streams command.Streams, actor approval.Actor) *cobra.Command {
			return command.New(command.Environment{Streams: streams, Remote: true, Version: version(), Probe: probe, Discover: discover, Report: reportTexts,
				Open: func(context.Context, string, bool) (*command.Session, error) {
					return &command.Session{Console: o.house.engine, Actor: actor, Zone: o.zone, Windows: o.windows, Users: o.users(),
						Backup: backupOf(o.house.store), Free: o.house.store.Free}, nil
				}})
		}})
	if err != nil {
		return nil, err
	}
	d := &doors{server: server}
	if d.socket, err = serve.Listen(socketPath(o.data)); err != nil {
		return nil, err
	}
	go server.Serve(d.socket)
	if o.listen != "" {
		if d.network, err = net.Listen("tcp", o.listen); err != nil {
			d.close()
			return nil, fmt.Errorf("SSH cannot listen: %w; choose another address under listen: or with --listen", err)
		}
		go server.Serve(d.network)
	}
	if o.status != "" {
		page, err := net.Listen("tcp", o.status)
		if err != nil {
			d.close()
			return nil, fmt.Errorf("the status page cannot listen: %w; choose another address under status:, or none", err)
		}
		d.status = status.Serve(page, status.Options{Viewer: o.house.engine, Zone: o.zone, Version: version(), Free: o.house.store.Free})
	}
	return d, nil
}

// drainTime is how long sessions get to say goodbye.
const drainTime = 3 * time.Second

func (d *doors) close() {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	d.server.Drain(ctx)
	if d.status != nil {
		d.status.Close(ctx)
	}
	d.socket.Close()
	if d.network != nil {
		d.network.Close()
	}
}

// attachHere opens the console in this terminal, through the socket like every other way in.
func attachHere(ctx context.Context, data string, streams command.Streams, look command.Look) error {
	a := serve.Attachment{Socket: socketPath(data), Streams: streams, Environment: os.Environ()}
	if look.Mouse {
		a.Environment = append(a.Environment, serve.MouseVariable+"=1")
	}
	if look.Plain {
		a.Words = []string{serve.PlainWord}
	}
	code, err := serve.Attach(ctx, a)
	if err != nil {
		return err
	}
	if code != command.Done {
		return &command.ExitError{Code: code}
	}
	return nil
}
