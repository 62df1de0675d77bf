package procedure

import (
	"slices"
	"time"

	"patchdeck/engine/rollout"
)

// Gantt is a cycle as bars over time.
type Gantt struct {
	Cycle string    `json:"cycle"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Now   time.Time `json:"now"`
	Bars  []Bar     `json:"bars"` // windows and tasks, each in order
}

// Bar is one task or one maintenance window.
type Bar struct {
	Task     int          `json:"task,omitempty"`
	Window   string       `json:"window,omitempty"`
	Ring     rollout.Ring `json:"ring,omitempty"` // of a window
	Title    string       `json:"title"`
	Who      Party        `json:"who,omitempty"`
	State    State        `json:"state"`
	From     time.Time    `json:"from"`
	To       time.Time    `json:"to"`
	Progress int          `json:"progress"` // percent: of a window the time that has passed, of a task the times that are answered
	BuildsOn []int        `json:"builds_on,omitempty"`
}

// Gantt gives the bars of a cycle now: the windows by opening, then the tasks by number.
func (c Cycle) Gantt(now time.Time) Gantt {
	g := Gantt{Cycle: c.ID, Now: now}
	windows := slices.Clone(c.Windows)
	slices.SortStableFunc(windows, func(a, b rollout.Window) int { return a.Opens.Compare(b.Opens) })
	for _, w := range windows {
		g.Add(windowBar(w, now))
	}
	for _, task := range Tasks {
		e := c.entry(task.Number)
		state, _ := c.State(task.Number, now)
		g.Add(Bar{Task: task.Number, Title: task.Title, Who: task.Who, State: state, From: e.From, To: e.Last(), BuildsOn: task.BuildsOn,
			Progress: 100 * c.answered(task.Number) / len(e.Due)})
	}
	return g
}

// Add sets a bar under the others and makes the chart as long as it takes.
func (g *Gantt) Add(b Bar) {
	if g.From.IsZero() || b.From.Before(g.From) {
		g.From = b.From
	}
	if b.To.After(g.To) {
		g.To = b.To
	}
	g.Bars = append(g.Bars, b)
}

func windowBar(w rollout.Window, now time.Time) Bar {
	b := Bar{Window: w.ID, Ring: w.Ring, Title: "window " + w.ID, State: Waiting, From: w.Opens, To: w.Closes}
	switch {
	case !now.Before(w.Closes):
		b.State, b.Progress = Done, 100
	case !now.Before(w.Opens):
		b.State, b.Progress = Open, int(100*now.Sub(w.Opens).Seconds()/w.Closes.Sub(w.Opens).Seconds())
	}
	return b
}
