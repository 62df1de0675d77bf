package rollouts

import (
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/emergency"
	"patchdeck/ui/screen/history"
	"patchdeck/ui/screen/replay"
)

// layout is one of the ways to look at a rollout's servers.
type layout int

const (
	asGrid layout = iota
	asTable
	byUpdate
	byCode
	layouts
)

var layoutWords = [layouts]string{"grid", "table", "by update", "by error code"}

// Screen implements desk.Screen, desk.Typist and desk.Finder.
type Screen struct {
	desk   *desk.Desk
	jump   func(id string) part.Cmd
	picker desk.Picker
	layout layout
	filter desk.Filter // of the table

	taken    *engine.View // the view that the parts below hold, and the id of its rollout
	rollout  string
	selected string // id of the cell under the cursor
	grid     *part.Grid
	strips   desk.Strips
	table    part.List
	shown    []int32 // the table's rows: indexes of cells
	order    order   // of the table
	codes    codeList
	updates  updateList
	log      jobLog          // of the server under the cursor
	track    desk.Track      // how the window at hand goes
	noCharts bool            // the person wants their room for the servers
	starts   time.Time       // the last moment at which everybody who waits could still start
	picked   map[string]bool // ids of cells that the next action means
}

// New makes the screen.
//
// jump goes to the thing with an id.
func New(d *desk.Desk, jump func(id string) part.Cmd) *Screen {
	s := &Screen{desk: d, jump: jump, grid: part.NewGrid(d.Theme), picked: map[string]bool{}}
	s.makeTable()
	s.codes.prepare(s)
	s.updates.prepare(s)
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Rollout" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		s.renew()
		return part.Batch(s.log.follow(s, s.cell()), s.track.Follow(s.view()))
	case desk.Tracked:
		s.track.Take(m)
	case logRead:
		if m.of == &s.log {
			s.log.take(m)
		}
	}
	return nil
}

// renew takes the desk's view.
func (s *Screen) renew() {
	view := s.desk.Current
	s.picker.Set(len(view.Rollouts), func(i int) string { return view.Rollouts[i].ID }, desk.Live(view))
	s.take()
}

// view is the rollout that is shown; nil when there is none.
func (s *Screen) view() *engine.RolloutView {
	if s.picker.At() >= len(s.desk.Current.Rollouts) {
		return nil
	}
	return &s.desk.Current.Rollouts[s.picker.At()]
}

// take brings grid, table and codes up to the newest view.
func (s *Screen) take() {
	r := s.view()
	if r == nil {
		r = &engine.RolloutView{}
	}
	if r.ID == s.rollout && s.taken == s.desk.Current {
		return
	}
	another := r.ID != s.rollout
	if another {
		clear(s.picked)
	}
	s.taken, s.rollout = s.desk.Current, r.ID
	s.takeGrid(r)
	switch at := s.index(r); {
	case another:
		s.place(r, s.start(r))
	case at >= 0:
		s.grid.Place(at)
	default:
		cursor, _ := s.grid.Cursor()
		s.place(r, cursor)
	}
	if s.layout == asTable {
		s.narrow()
	}
	s.takeGroups(r)
	s.starts = lastStart(&s.desk.Current.Policy, r)
}

// takeGroups brings the layout that gathers servers up to date; the others need not be.
func (s *Screen) takeGroups(r *engine.RolloutView) {
	switch s.layout {
	case byCode:
		s.codes.take(r)
	case byUpdate:
		s.updates.take(s.desk.Current, r)
	}
}

// start is the first cell of the window that is open, or the next to open.
func (s *Screen) start(r *engine.RolloutView) int {
	w := desk.CurrentWindow(r)
	if w == nil {
		return 0
	}
	return max(0, slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return c.Window == w.ID }))
}

// index finds the selected cell, first where it was.
func (s *Screen) index(r *engine.RolloutView) int {
	if at, ok := s.grid.Cursor(); ok && at < len(r.Cells) && r.Cells[at].ID == s.selected {
		return at
	}
	return slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return c.ID == s.selected })
}

// place puts the cursor of every layout on a cell.
func (s *Screen) place(r *engine.RolloutView, at int) {
	s.grid.Place(at)
	if at, ok := s.grid.Cursor(); ok && at < len(r.Cells) {
		s.selected = r.Cells[at].ID
		s.table.Select(s.selected)
	}
}

// cell is the cell under the cursor; nil when there is none.
func (s *Screen) cell() *engine.Cell {
	r := s.view()
	if r == nil {
		return nil
	}
	if at := s.index(r); at >= 0 {
		return &r.Cells[at]
	}
	return nil
}

// Find implements desk.Finder: a rollout by its id, or a server in the rollout that is live.
func (s *Screen) Find(id string) bool {
	s.filter.Clear()
	s.renew() // what Init asks for would be lost here
	if s.picker.Pick(id) {
		s.take()
		return true
	}
	for i := len(s.desk.Current.Rollouts) - 1; i >= 0; i-- {
		r := &s.desk.Current.Rollouts[i]
		at := slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return string(c.Server) == id || c.ID == id })
		if at >= 0 {
			s.picker.Pick(r.ID)
			s.take()
			s.place(r, at)
			return true
		}
	}
	return false
}

// Typing implements desk.Typist.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Type implements desk.Typist.
func (s *Screen) Type(k part.Key) {
	s.filter.Type(k)
	s.narrow()
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	list := append(append(s.holdBindings(), s.serverBindings()...), s.rollbackBinding(), s.desk.UndoBinding("take back your last pause, skip, retry or exclusion, as far as that is possible", "Rollout", engine.Skip{}))
	const group = "Look"
	list = append(list,
		part.Binding{Keys: []string{"enter"}, Help: "everything known of the server", Hint: "open", Group: group, Run: s.open, Disabled: s.noCell},
		part.Binding{Keys: []string{"v"}, Help: "grid, table, by update, by error code", Hint: "view", Group: group, Run: s.turn},
		part.Binding{Keys: []string{"l"}, Help: "what the audit trail says of the server", Hint: "log", Group: group, Run: s.history, Disabled: s.noCell},
		part.Binding{Keys: []string{"n"}, Help: "the next server in trouble", Hint: "next trouble", Group: group, Run: s.nextTrouble},
		part.Binding{Keys: []string{"E"}, Help: "emergency layout: counters in large type, what needs you, one key to halt", Group: group, Run: s.emergency},
		part.Binding{Keys: []string{"P"}, Help: "replay: how this rollout went, from the audit trail", Group: group, Run: s.replay, Disabled: s.noCell},
		part.Binding{Keys: []string{"w"}, Help: "the window that is open", Group: group, Run: s.toWindow},
		part.Binding{Keys: []string{"c"}, Help: "the charts of the window, or more room for the servers", Group: group, Run: s.toggleCharts},
	)
	list = append(append(list, s.pickBindings()...), s.copyBindings()...)
	list = append(list, s.sortBindings()...)
	if s.layout == asTable {
		list = append(list, s.filter.Binding())
		if s.filter.Active() {
			list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
				Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
		}
	} else {
		list = append(list, part.Binding{Keys: []string{"/"}, Help: "find servers by words: the table, filtered", Group: group, Run: s.find})
	}
	list = append(list, s.picker.Bindings("rollout", group, s.take)...)
	return append(list, s.moves()...)
}

// find goes to the table, the layout that can be narrowed: the cells of a grid stay in their places.
func (s *Screen) find() part.Cmd {
	for s.layout != asTable {
		s.turn()
	}
	s.filter.Open()
	return nil
}

func (s *Screen) noCell() string {
	if s.cell() == nil {
		return "no server is selected"
	}
	return ""
}

// moves are the keys that move the cursor of the layout in front.
func (s *Screen) moves() []part.Binding {
	switch s.layout {
	case asTable:
		return s.following(s.table.Moves(), s.afterTable)
	case byCode:
		return s.codes.list.Moves()
	case byUpdate:
		return s.updates.list.Moves()
	default:
		return s.following(s.gridMoves(), s.afterGrid)
	}
}

// following makes each binding take note of the cell that it moved to.
func (s *Screen) following(moves []part.Binding, after func()) []part.Binding {
	for i := range moves {
		run := moves[i].Run
		moves[i].Run = func() part.Cmd {
			command := run()
			after()
			return command
		}
	}
	return moves
}

func (s *Screen) afterGrid() {
	if r := s.view(); r != nil {
		if at, ok := s.grid.Cursor(); ok {
			s.place(r, at)
		}
	}
}

func (s *Screen) afterTable() {
	if id := s.table.SelectedID(); id != "" {
		s.selected = id
		if at := s.index(s.view()); at >= 0 {
			s.grid.Place(at)
		}
	}
}

// turn shows the next layout.
func (s *Screen) turn() part.Cmd {
	s.layout = (s.layout + 1) % layouts
	s.filter.Clear()
	s.narrow()
	if r := s.view(); r != nil {
		s.takeGroups(r)
	}
	return nil
}

func (s *Screen) open() part.Cmd {
	c := s.cell()
	return s.desk.Open(&page{screen: s, rollout: s.rollout, cell: *c})
}

func (s *Screen) history() part.Cmd {
	c := s.cell()
	return s.desk.Open(history.New(s.desk, c.Name, string(c.Server)))
}

// emergency lays the same rollout out for a bad night.
func (s *Screen) emergency() part.Cmd {
	return s.desk.Open(emergency.New(s.desk, s.view, s.holdBindings, s.jump))
}

// replay opens the past of the rollout that is shown.
func (s *Screen) replay() part.Cmd { return s.desk.Open(replay.New(s.desk, s.view())) }

// nextTrouble goes to the next server that a person should look at, round and round.
func (s *Screen) nextTrouble() part.Cmd {
	r := s.view()
	if r == nil || len(r.Cells) == 0 {
		return nil
	}
	from := max(0, s.index(r))
	for step := 1; step <= len(r.Cells); step++ {
		if at := (from + step) % len(r.Cells); desk.Troubled(r.Cells[at].Delivery) {
			s.place(r, at)
			return nil
		}
	}
	s.desk.Tell("no server of "+r.ID+" is in trouble", false)
	return nil
}

func (s *Screen) toggleCharts() part.Cmd {
	s.noCharts = !s.noCharts
	return nil
}

func (s *Screen) toWindow() part.Cmd {
	if r := s.view(); r != nil && len(r.Cells) > 0 {
		s.place(r, s.start(r))
	}
	return nil
}
