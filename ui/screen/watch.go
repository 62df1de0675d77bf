package screen

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

type (
	// woken says that the engine has a newer view.
	woken struct{}
	// closed says that the console is ended from outside.
	closed struct{ words string }
)

// awaitView waits for a newer view, but lets the pace of the screen in front pass first: whatever the engine does, a session
// draws no more often than that. Nothing ticks while nothing changes.
func (r *Root) awaitView() tea.Cmd {
	wake, over, pace := r.wake, r.over, r.tabs[r.front].pace
	return func() tea.Msg {
		rest := time.NewTimer(pace)
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-over:
			return nil
		}
		select {
		case _, open := <-wake:
			if !open {
				return nil
			}
			return woken{}
		case <-over:
			return nil
		}
	}
}

func (r *Root) awaitClosing() tea.Cmd {
	closing, over := r.closing, r.over
	if closing == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case words := <-closing:
			return closed{words}
		case <-over:
			return nil
		}
	}
}

// after gives a message later.
func (r *Root) after(pause time.Duration, message tea.Msg) tea.Cmd {
	over := r.over
	return func() tea.Msg {
		rest := time.NewTimer(pause)
		defer rest.Stop()
		select {
		case <-rest.C:
			return message
		case <-over:
			return nil
		}
	}
}
