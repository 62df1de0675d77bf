package screen

import (
	"math/rand/v2"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

type (
	// woken says that the engine has a newer view.
	woken struct{}
	// silent says that no newer view came, although the engine had promised one.
	silent struct{}
	// closed says that the console is ended from outside.
	closed struct{ words string }
)

// latest is how much later than promised a view may come before the screen says that it is old.
const latest = 4 * time.Second

// awaitView waits for a newer view, but lets the pace of the screen in front pass first: whatever the engine does, a session
// draws no more often than that. Nothing ticks while nothing changes; where the engine has fallen silent, that is said and counted. The pause is
// up to a quarter longer, by chance: consoles that were held up together would otherwise draw together from then on, and keys wait for all of them.
func (r *Root) awaitView() tea.Cmd {
	wake, over, pace, silence := r.wake, r.over, r.tabs[r.front].pace, r.latest+r.desk.Current.Beat
	promised := r.desk.Current.Beat > 0
	return func() tea.Msg {
		rest := time.NewTimer(pace + rand.N(pace/4))
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-over:
			return nil
		}
		var late <-chan time.Time
		if promised {
			timer := time.NewTimer(silence)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-late:
			return silent{}
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
