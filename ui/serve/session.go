package serve

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

// session is one channel of a connection: a console, or one command.
type session struct {
	server  *Server
	conn    *gossh.ServerConn
	channel gossh.Channel
	actor   approval.Actor
	ctx     context.Context
	cancel  context.CancelFunc // ends the session hard

	// Of the goroutine that takes requests; fixed once the session has started.
	started     bool
	terminal    bool
	words       string // of the command; empty is a console
	environment []string
	sizes       chan Size // the newest size of the terminal that nobody has taken yet

	mu     sync.Mutex
	quit   func()    // ends the session gently; nil before it runs
	ending *farewell // set once the session was told to end
	ended  bool
	timers []*time.Timer
}

// farewell is how a session ends that was told to: the person's notice, after the terminal is restored, and the exit code.
type farewell struct {
	code   int
	notice string
}

// openSession admits one session and takes its requests until the client closes it.
func (s *Server) openSession(_ *ssh.Server, conn *gossh.ServerConn, opening gossh.NewChannel, ctx ssh.Context) {
	d, ok := ctx.Value(doorKey{}).(*door)
	if !ok {
		_ = opening.Reject(gossh.ConnectionFailed, "connection unknown")
		return
	}
	actor, err := s.actor(conn.Permissions)
	if err != nil {
		_ = opening.Reject(gossh.Prohibited, err.Error())
		return
	}
	if !d.welcome(conn) {
		_ = opening.Reject(gossh.ResourceShortage, fmt.Sprintf("this connection has %d sessions open, no more are possible", s.limits.SessionsConnection))
		return
	}
	defer d.sessionOver()
	x := &session{server: s, conn: conn, actor: actor, sizes: make(chan Size, 1)}
	x.ctx, x.cancel = context.WithCancel(ctx)
	defer x.cancel()
	if err := s.begin(x); err != nil {
		_ = opening.Reject(gossh.ResourceShortage, err.Error())
		return
	}
	channel, requests, err := opening.Accept()
	if err != nil {
		s.end(x)
		return
	}
	x.channel = channel
	x.listen(requests)
}

// listen takes requests and starts the session when one asks for it, after that request is answered.
func (x *session) listen(requests <-chan *gossh.Request) {
	running := false
	for request := range requests {
		granted := x.take(request)
		if request.WantReply {
			_ = request.Reply(granted, nil)
		}
		if x.started && !running {
			running = true
			go x.run()
		}
	}
	if !running {
		x.over(command.Done)
	}
}

// resize keeps the newest size for whoever draws.
func (x *session) resize(size Size) {
	select {
	case <-x.sizes:
	default:
	}
	x.sizes <- size
}

// mostLogged bounds what the log keeps of a command's words.
const mostLogged = 200

// run does what the session was opened for. Whatever happens in it stays in it.
func (x *session) run() {
	code := command.Crashed
	defer func() { x.over(code) }()
	defer func() {
		if thrown := recover(); thrown != nil {
			x.server.log.Error("session crashed", "user", x.actor.Name, "panic", fmt.Sprint(thrown), "stack", string(debug.Stack()))
			x.say(crashWords)
		}
	}()
	x.server.log.Info("session opened", "user", x.actor.Name, "via", x.actor.Via, "words", x.words[:min(len(x.words), mostLogged)])
	switch {
	case x.wantsPlain():
		code = x.plain()
	case x.words == "":
		code = x.console()
	default:
		code = x.command()
	}
}

const crashWords = "patchdeck: this session failed inside patchdeck and was ended; rollouts go on. Connect again, and tell the administrator: the log has the details."

// over says goodbye to the client and forgets the session.
func (x *session) over(code int) {
	x.mu.Lock()
	ending := x.ending
	x.mu.Unlock()
	if ending != nil {
		code = ending.code
		if ending.notice != "" {
			x.say(ending.notice)
		}
	}
	_, _ = x.channel.SendRequest("exit-status", false, gossh.Marshal(exitStatus{uint32(code)}))
	_ = x.channel.Close()
	x.server.end(x)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	for _, timer := range x.timers {
		timer.Stop() // not before: a client that does not read holds up even a goodbye
	}
}

// say tells the person one line outside of everything that runs in the session.
func (x *session) say(words string) {
	if x.terminal {
		_, _ = fmt.Fprintf(x.channel, "%s\r\n", words)
		return
	}
	_, _ = fmt.Fprintln(x.channel.Stderr(), words)
}

// onFinish says how what runs in the session is ended gently. A session that was told to end before is ended now.
func (x *session) onFinish(quit func()) {
	x.mu.Lock()
	x.quit = quit
	ending := x.ending != nil
	x.mu.Unlock()
	if ending {
		quit()
	}
}

// finish ends the session: gently, after the grace hard, and if the client does not even read then, by closing its
// connection.
func (x *session) finish(code int, notice string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ending != nil || x.ended {
		return
	}
	x.ending = &farewell{code, notice}
	grace := x.server.limits.Grace
	x.timers = append(x.timers,
		time.AfterFunc(grace, x.cancel),
		time.AfterFunc(2*grace, func() { _ = x.conn.Close() }))
	if x.quit != nil {
		go x.quit()
	}
}
