package serve

import (
	"runtime/debug"
	"sync/atomic"

	tea "github.com/charmbracelet/bubbletea"
)

// guard keeps a panic of one console inside it. Bubble Tea would catch it too, but writes the stack to the server's own
// standard output and ends the session as if all were well.
type guard struct {
	inner   tea.Model
	crashed func(thrown any, stack []byte) // ends the console
	broken  atomic.Bool
}

// catch is deferred around everything of the inner model, which is not asked again after it panicked.
func (g *guard) catch() {
	if thrown := recover(); thrown != nil {
		g.broken.Store(true)
		g.crashed(thrown, debug.Stack())
	}
}

func (g *guard) Init() tea.Cmd {
	defer g.catch()
	return g.watch(g.inner.Init())
}

func (g *guard) Update(message tea.Msg) (model tea.Model, next tea.Cmd) {
	if g.broken.Load() {
		return g, nil
	}
	model = g
	defer g.catch()
	inner, command := g.inner.Update(message)
	g.inner = inner
	return g, g.watch(command)
}

func (g *guard) View() string {
	if g.broken.Load() {
		return ""
	}
	defer g.catch()
	return g.inner.View()
}

// watch guards a command, and the commands that it bundles.
func (g *guard) watch(command tea.Cmd) tea.Cmd {
	if command == nil {
		return nil
	}
	return func() tea.Msg {
		defer g.catch()
		message := command()
		if bundle, ok := message.(tea.BatchMsg); ok {
			watched := make(tea.BatchMsg, len(bundle))
			for i, one := range bundle {
				watched[i] = g.watch(one)
			}
			return watched
		}
		return message
	}
}
