package audit

import (
	"fmt"
	"strconv"

	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen, desk.Typist and desk.Returner.
type Screen struct {
	table   // its records are the newest of the trail, without a gap
	jump    jump
	filter  desk.Filter
	shown   []int32
	reading bool
	wanted  uint64 // the entry to go back to, once the trail is read so far; 0 is none
	err     error
}

// New makes the screen; jump goes to the thing with an id.
func New(d *desk.Desk, jump jump) *Screen {
	s := &Screen{jump: jump}
	s.table = newTable(d, func(row int) *record { return &s.records[s.shown[row]] })
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Audit" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.newer() }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		return s.newer()
	case entriesRead:
		s.take(m)
		if len(m.records) == 0 {
			return nil // a trail that lost its end would be asked for ever; the next view asks again
		}
		return part.Batch(s.back(), s.newer())
	}
	return nil
}

// newer reads what the trail got since the last reading.
func (s *Screen) newer() part.Cmd {
	head := s.desk.Current.Head.Seq
	if s.reading || s.err != nil || head == 0 || len(s.records) > 0 && s.records[0].seq >= head {
		return nil
	}
	from := uint64(1)
	if head > pageSize {
		from = head - pageSize + 1
	}
	if len(s.records) > 0 {
		from = max(from, s.records[0].seq+1)
	}
	s.reading = true
	return read(s.desk.Console, from, head)
}

// older reads the page before the oldest entry at hand.
func (s *Screen) older() part.Cmd {
	if s.reading || len(s.records) == 0 || len(s.records) >= mostKept || s.records[len(s.records)-1].seq <= 1 {
		return nil
	}
	to := s.records[len(s.records)-1].seq - 1
	from := uint64(1)
	if to > pageSize {
		from = to - pageSize + 1
	}
	s.reading = true
	return read(s.desk.Console, from, to)
}

// take joins what was read with what is at hand. After a long absence the stretches do not touch; then the newer one replaces
// the older, since a trail with a hole would mislead.
func (s *Screen) take(m entriesRead) {
	s.reading, s.err = false, m.err
	if m.err != nil || len(m.records) == 0 {
		return
	}
	switch {
	case len(s.records) == 0:
		s.records = m.records
	case m.records[len(m.records)-1].seq == s.records[0].seq+1:
		s.records = append(m.records, s.records...)
	case m.records[0].seq+1 == s.records[len(s.records)-1].seq:
		s.records = append(s.records, m.records...)
	case m.records[0].seq > s.records[0].seq:
		s.records = m.records
	}
	s.records = s.records[:min(len(s.records), mostKept)]
	s.narrow()
}

func (s *Screen) narrow() {
	following := s.atTop()
	s.shown = s.shown[:0]
	for i := range s.records {
		r := &s.records[i]
		if !s.filter.Active() || s.filter.Match(r.entry.Actor, r.entry.Action, r.entry.Object, r.words(), strconv.FormatUint(r.seq, 10)) {
			s.shown = append(s.shown, int32(i))
		}
	}
	records, shown := s.records, s.shown
	s.list.Set(len(shown), func(row int) string { return strconv.FormatUint(records[shown[row]].seq, 10) })
	if following {
		s.list.First()
	}
}

// atTop tells that the cursor is on the newest entry: it stays there as the trail grows.
func (s *Screen) atTop() bool {
	row, ok := s.list.Selected()
	return !ok || row == 0
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
	const group = "Audit"
	list := []part.Binding{
		s.filter.Binding(),
		{Keys: []string{"f"}, Help: "search the whole trail: words, who, what, object, time", Hint: "search", Group: group,
			Run: func() part.Cmd { return s.desk.Open(newSearchPage(s.desk, s.jump)) }},
		{Keys: []string{"V"}, Help: "verify the whole trail", Hint: "verify", Group: group, Run: func() part.Cmd { return s.desk.Open(newVerifyPage(s.desk)) }},
		{Keys: []string{"e"}, Help: "export the trail to a file that anybody can verify", Hint: "export", Group: group,
			Run: func() part.Cmd { return s.desk.Open(&exportPage{desk: s.desk}) }},
	}
	list = append(s.entryBindings(s.jump, s.selected), list...)
	if s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
	}
	if s.desk.Copy != nil {
		list = append(list, part.Binding{Keys: []string{"y"}, Help: "copy the head's hash", Group: group, Run: func() part.Cmd {
			s.desk.Copy(s.desk.Current.Head.String())
			s.desk.Tell("the head's hash is on your clipboard", false)
			return nil
		}})
	}
	for _, move := range s.list.Moves() {
		run := move.Run
		move.Run = func() part.Cmd {
			run()
			s.wanted = 0 // who has moved is where they want to be
			if row, ok := s.list.Selected(); ok && row == s.list.Len()-1 {
				return s.older()
			}
			return nil
		}
		list = append(list, move)
	}
	return list
}

func (s *Screen) selected() *record {
	row, ok := s.list.Selected()
	if !ok {
		return nil
	}
	return &s.records[s.shown[row]]
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, head := s.desk.Theme, s.desk.Current.Head
	top := t.Line(width).Put(t.Title, "Audit trail").Space(2)
	s.filter.Draw(top, t)
	top.End(t.Dim, s.extent())
	lines := []string{top.String(), t.Line(width).Put(t.Dim, fmt.Sprintf("head %d ", head.Seq)).Put(t.Normal, head.String()).String()}
	if s.err != nil {
		return append(lines, "", t.Text(t.Tone(rollout.ToneBad), width, "the trail could not be read: "+s.err.Error()))
	}
	if s.list.Len() == 0 {
		return append(lines, "", t.Text(t.Dim, width, s.emptyWords()))
	}
	return append(lines, s.list.Render(t, width, height-len(lines))...)
}

func (s *Screen) extent() string {
	words := fmt.Sprintf("newest %s", part.Number(len(s.records)))
	if s.filter.Active() {
		words = fmt.Sprintf("%s of the newest %s", part.Number(len(s.shown)), part.Number(len(s.records)))
	}
	return words + " of " + part.Count(int(s.desk.Current.Head.Seq), "entry", "entries")
}

func (s *Screen) emptyWords() string {
	switch {
	case s.filter.Active():
		return "nothing matches among the entries read so far; esc clears the filter"
	case s.reading:
		return "reading"
	default:
		return "the trail is empty"
	}
}
