package screen

import (
	"slices"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/audit"
	"patchdeck/ui/screen/changes"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/incidents"
	"patchdeck/ui/screen/overview"
	"patchdeck/ui/screen/plan"
	"patchdeck/ui/screen/procedure"
	"patchdeck/ui/screen/rollouts"
	"patchdeck/ui/screen/servers"
	"patchdeck/ui/screen/updates"
)

// Root is the console of one session: the frame, the screens behind their tabs, and what may lie over them. It
// implements tea.Model.
type Root struct {
	desk    desk.Desk
	title   string
	left    string // Options.Leaving
	now     func() time.Time
	closing <-chan string
	keep    func(place []byte)
	kept    []byte // what keep was given last

	tabs   []tab
	front  int
	tabsAt []span // where their names stand in the last frame

	width, height int
	confirm       *part.Confirm
	help          *helpPage
	palette       *palette
	leaving       bool
	said          string
	saidAt        time.Time
	loud          bool
	nextNeed      int
	heard         time.Time     // when the newest view came
	old           time.Duration // how old it is, once the engine fell silent
	latest        time.Duration // how much later than promised a view may come
	farewell      string

	wake      <-chan struct{}
	stopWatch func()
	over      chan struct{}
	closeOnce sync.Once
}

// tab is one screen of the navigation with the pages that were opened on top of it.
type tab struct {
	name  string
	stack []desk.Screen // the last one is in front
	pace  time.Duration // between two refreshes, at least
}

// A list may change ten times a second; the grid costs more bytes and changes twice a second.
const (
	listPace = 100 * time.Millisecond
	gridPace = 500 * time.Millisecond
)

// New makes the console of one session, which watches the engine from now on. Close it when its program has ended.
func New(o Options) *Root {
	r := &Root{title: o.Title, left: o.Leaving, now: o.Now, closing: o.Closing, keep: o.Keep, over: make(chan struct{})}
	if r.now == nil {
		r.now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	theme := o.Theme
	r.desk = desk.Desk{Shell: r, Actor: o.Actor, Console: o.Console, Theme: &theme, Zone: o.Zone, Copy: o.Copy, Inbox: o.Inbox, Windows: o.Windows, Address: o.Address}
	r.desk.After = r.after
	r.takeView()
	r.heard, r.latest = r.now(), latest
	r.wake, r.stopWatch = o.Console.Watch()
	d := &r.desk
	r.tabs = []tab{
		{"Overview", []desk.Screen{overview.New(d, r.jump)}, listPace},
		{"Inventory", []desk.Screen{servers.New(d)}, listPace},
		{"Updates", []desk.Screen{updates.New(d)}, listPace},
		{"Changes", []desk.Screen{changes.New(d)}, listPace},
		{"Plan", []desk.Screen{plan.New(d)}, listPace},
		{"Rollout", []desk.Screen{rollouts.New(d, r.jump)}, gridPace},
		{"Procedure", []desk.Screen{procedure.New(d)}, listPace},
		{"Incidents", []desk.Screen{incidents.New(d)}, listPace},
		{"Audit", []desk.Screen{audit.New(d, r.show)}, listPace},
	}
	if o.Place != nil {
		r.returnTo(o.Place)
	}
	if o.Mouse {
		r.takeMouse(true)
	}
	return r
}

// Close ends the watch on the engine; it may be called more than once, and from anywhere. Without it the waits of a program that
// was killed would stay behind.
func (r *Root) Close() {
	r.closeOnce.Do(func() {
		close(r.over)
		r.stopWatch()
	})
}

// Farewell is why the console was ended from outside, after its program has ended.
func (r *Root) Farewell() string { return r.farewell }

// Init implements tea.Model.
func (r *Root) Init() tea.Cmd {
	return tea.Batch(r.awaitView(), r.awaitClosing(), r.screen().Init(), r.mouseCommand())
}

// Update implements tea.Model.
func (r *Root) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch m := message.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = m.Width, m.Height
	case tea.KeyMsg:
		return r, r.keys(part.Keys(m))
	case tea.MouseMsg:
		return r, r.pointed(m)
	case silent:
		r.old = r.now().Sub(r.heard)
		return r, r.awaitView()
	case woken:
		r.heard, r.old = r.now(), 0
		return r, tea.Batch(r.refresh(), r.awaitView())
	case closed:
		r.farewell = m.words
		return r, r.quit()
	case desk.Answered:
		r.answer(m)
		return r, r.refresh()
	default:
		return r, r.spread(message)
	}
	return r, nil
}

// spread hands a message to every screen: an answer may come when its screen is no longer in front.
func (r *Root) spread(message tea.Msg) tea.Cmd {
	var commands []tea.Cmd
	for _, t := range r.tabs {
		for _, s := range t.stack {
			commands = append(commands, s.Update(message))
		}
	}
	return tea.Batch(commands...)
}

func (r *Root) answer(a desk.Answered) {
	if a.Err != nil {
		r.Tell(a.Err.Error(), true)
		return
	}
	r.leavePage(a.Leave)
	r.desk.Done = a.Done
	r.Tell(a.Words, false)
}

func (r *Root) takeView() {
	if view := r.desk.Console.View(); view != nil {
		r.desk.Current = view
	} else if r.desk.Current == nil {
		r.desk.Current = &engine.View{}
	}
}

// refresh takes the newest view and tells the screen in front.
func (r *Root) refresh() tea.Cmd {
	r.takeView()
	return r.screen().Update(desk.Viewed{})
}

func (r *Root) quit() tea.Cmd {
	r.Close()
	return tea.Quit
}

// screen is the screen in front.
func (r *Root) screen() desk.Screen {
	stack := r.tabs[r.front].stack
	return stack[len(stack)-1]
}

// Ask implements desk.Shell.
func (r *Root) Ask(q part.Question) { r.confirm = part.Ask(q, r.now()) }

// Tell implements desk.Shell.
func (r *Root) Tell(words string, loud bool) { r.said, r.loud, r.saidAt = words, loud, r.now() }

// Open implements desk.Shell.
func (r *Root) Open(s desk.Screen) tea.Cmd {
	t := &r.tabs[r.front]
	t.stack = append(t.stack, s)
	return s.Init()
}

// leavePage closes a page, wherever it is, with what was opened on top of it.
func (r *Root) leavePage(s desk.Screen) {
	for i := range r.tabs {
		if at := slices.Index(r.tabs[i].stack, s); at > 0 {
			r.tabs[i].stack = r.tabs[i].stack[:at]
		}
	}
}

// goTo brings a tab to the front; the tab that is in front already goes back to its first screen.
func (r *Root) goTo(index int) tea.Cmd {
	if index == r.front {
		r.tabs[index].stack = r.tabs[index].stack[:1]
	}
	r.front, r.help, r.confirm = index, nil, nil // help and questions are of the screen that was in front
	return r.screen().Init()
}

// back closes the page in front.
func (r *Root) back() tea.Cmd {
	t := &r.tabs[r.front]
	if len(t.stack) == 1 {
		return nil
	}
	t.stack = t.stack[:len(t.stack)-1]
	return r.screen().Init()
}
