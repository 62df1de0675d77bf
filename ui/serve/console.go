package serve

import (
	"errors"
	"fmt"
	"net"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/ui/command"
)

// console runs a screen until its person leaves, goes idle, or is asked to.
func (x *session) console() int {
	if !x.terminal {
		x.say("patchdeck: the console needs a terminal: connect with ssh -t, or name a command such as rollout status")
		return command.Usage
	}
	out := &terminal{w: x.channel}
	places, name := &x.server.places, x.actor.Name
	model := x.server.options.NewModel(Visitor{Actor: x.actor, Environment: x.environment, Address: x.address(), Copy: out.copy,
		Place: places.recall(name, time.Now()), Keep: func(place []byte) { places.keep(name, place, time.Now()) }})
	defer func() { places.touch(name, time.Now()) }()
	if closer, ok := model.(interface{ Close() }); ok {
		defer closer.Close() // a program that is killed does not tell its model
	}
	idle := time.AfterFunc(x.server.limits.Idle, func() {
		x.finish(command.Done, fmt.Sprintf("Ended after %v without a key. Rollouts go on; connect again to watch them.", x.server.limits.Idle))
	})
	defer idle.Stop()
	program := tea.NewProgram(&guard{inner: model, crashed: x.crashed}, tea.WithContext(x.ctx), tea.WithInput(x.channel), tea.WithOutput(out),
		tea.WithEnvironment(x.environment), tea.WithAltScreen(), tea.WithoutSignalHandler(),
		tea.WithFilter(func(_ tea.Model, message tea.Msg) tea.Msg {
			switch message.(type) {
			case tea.SuspendMsg:
				return nil // it would stop the server, not the session
			case tea.KeyMsg, tea.MouseMsg:
				idle.Reset(x.server.limits.Idle)
			}
			return message
		}))
	x.onFinish(program.Quit)
	go x.tellSizes(program)
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramPanic) {
		places.keep(name, nil, time.Now())
		x.say(crashWords)
		return command.Crashed
	}
	return command.Done
}

// address is where the person reached this server; empty for who came through the socket of this machine.
func (x *session) address() string {
	if at, ok := x.conn.LocalAddr().(*net.TCPAddr); ok {
		return at.String()
	}
	return ""
}

// tellSizes hands the terminal's sizes on until the session ends.
func (x *session) tellSizes(program *tea.Program) {
	for {
		select {
		case <-x.ctx.Done():
			return
		case size := <-x.sizes:
			program.Send(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
		}
	}
}

// crashed ends the console after a panic that guard caught.
func (x *session) crashed(thrown any, stack []byte) {
	x.server.places.keep(x.actor.Name, nil, time.Now()) // what broke this console would break the next
	x.server.log.Error("console crashed", "user", x.actor.Name, "panic", fmt.Sprint(thrown), "stack", string(stack))
	x.finish(command.Crashed, crashWords)
}
