package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/serve"
)

// watch opens the console on the night while the people of the rehearsal go on. The console is an SSH session like every other.
func (s *stage) watch(ctx context.Context, h *house, o command.DemoOptions) error {
	cast, lines, err := castKeys(o.Data)
	if err != nil {
		return err
	}
	you := visitor()
	d, err := openDoors(opening{data: o.Data, listen: "127.0.0.1:0", house: h, zone: time.UTC, title: "demo", leaving: "The demonstration ends when you leave, and its fleet with it.", windows: rehearsal.WindowIDs(),
		identify: func(key gossh.PublicKey) (approval.Actor, bool) { return whose(cast, key) },
		local:    func(p serve.Peer) (approval.Actor, bool) { return you, int(p.UID) == os.Getuid() },
		users:    func() []command.User { return listCast(cast) }, log: logTo(o.Data)})
	if err != nil {
		return err
	}
	defer d.close()
	port := d.network.Addr().(*net.TCPAddr).Port
	fmt.Fprintf(o.Err, "the night runs in %s; others may look in meanwhile:\n", o.Data)
	for _, line := range lines {
		fmt.Fprintf(o.Err, "  ssh -p %d -i %s %s@127.0.0.1\n", port, line.file, line.name)
	}
	acting, stop := context.WithCancel(ctx)
	acted := make(chan error, 1)
	go func() { acted <- s.play(acting, h.engine, func(*engine.View, string) {}) }()
	err = attachHere(ctx, o.Data, o.Streams, command.Look{})
	over := rehearsal.Over(h.engine.View())
	stop()
	if played := <-acted; err == nil && over {
		err = played
	}
	if err == nil && !over {
		fmt.Fprintf(o.Out, "you left the night before it was over: its fleet ends with this demonstration\n")
	}
	return err
}

// visitor is the person who started the demonstration: lead and on-call, so that everything can be tried but the approvals, which
// the rules give to others.
func visitor() approval.Actor {
	name := "you"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return approval.Actor{Name: name, Roles: []approval.Role{approval.Lead, approval.OnCall}, Via: "socket"}
}

type keyLine struct{ name, file string }

type castMember struct {
	actor approval.Actor
	key   gossh.PublicKey
}

// castKeys makes a key for everybody of the cast, in the demonstration's own folder.
func castKeys(data string) ([]castMember, []keyLine, error) {
	folder := filepath.Join(data, "keys")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, err
	}
	var cast []castMember
	var lines []keyLine
	for _, actor := range rehearsal.Cast {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		block, err := gossh.MarshalPrivateKey(private, actor.Name)
		if err != nil {
			return nil, nil, err
		}
		file := filepath.Join(folder, string(actor.Roles[0]))
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			return nil, nil, err
		}
		key, err := gossh.NewPublicKey(public)
		if err != nil {
			return nil, nil, err
		}
		cast, lines = append(cast, castMember{actor, key}), append(lines, keyLine{actor.Name, file})
	}
	return cast, lines, nil
}

func listCast(cast []castMember) []command.User {
	var list []command.User
	for _, c := range cast {
		list = append(list, command.User{Name: c.actor.Name, Roles: c.actor.RoleNames(), Fingerprints: []string{fingerprint(c.key)}})
	}
	return list
}

func whose(cast []castMember, key gossh.PublicKey) (approval.Actor, bool) {
	wire := key.Marshal()
	for _, c := range cast {
		if bytes.Equal(c.key.Marshal(), wire) {
			return c.actor, true
		}
	}
	return approval.Actor{}, false
}
