package servers

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
)

// question is what has to be worked out over all servers beside the session's loop. Two questions that are equal have the same answer.
type question struct {
	first       *inventory.Server // of the view's servers: they are replaced as a whole
	servers     int
	expr        string
	field       string // whose values are to be proposed
	collections string // their names and revisions
}

// again tells a question that a person asked already, about servers of which some are known better since.
func (q question) again(before question) bool {
	q.first = before.first
	return q == before
}

// workPace is how long, by the engine's clock, such an answer stands at least.
const workPace = 2 * time.Second

// answer is what came of a question.
type answer struct {
	screen    *Screen
	asked     question
	matches   map[inventory.ServerID]bool // by the expression; nil when there is none
	undecided string                      // why the expression gave no answer on some servers
	holds     map[string]holding
	values    []string
}

// holding is what a collection holds.
type holding struct {
	members   map[inventory.ServerID]bool
	excluded  int
	undecided int
	trouble   string
}

func (s *Screen) question() question {
	view := s.desk.Current
	q := question{servers: len(view.Servers), expr: s.query.expr}
	if len(view.Servers) > 0 {
		q.first = &view.Servers[0]
	}
	if s.query.typing {
		q.field = s.query.valueField()
	}
	var names strings.Builder
	for i := range view.Collections {
		c := &view.Collections[i]
		fmt.Fprintf(&names, "%s %d ", c.Name, c.Rev)
		for _, x := range c.Exclusions {
			if x.Holds(view.At) {
				names.WriteByte('x') // exclusions end by themselves
			}
		}
	}
	q.collections = names.String()
	return q
}

// work answers the question that stands now, one at a time: what changes meanwhile is asked when the answer is there.
func (s *Screen) work() part.Cmd {
	asked := s.question()
	if s.busy || asked == s.answered || asked.again(s.answered) && s.desk.Current.At.Sub(s.asked) < workPace {
		return nil
	}
	s.busy, s.asked = true, s.desk.Current.At
	view, filter, known := s.desk.Current, s.query.filter, s.answered
	holds := s.holds
	return func() part.Msg {
		a := answer{screen: s, asked: asked, holds: holds}
		if asked.expr != "" && filter != nil {
			a.matches, a.undecided = match(filter, view.Servers)
		}
		if asked.first != known.first || asked.servers != known.servers || asked.collections != known.collections {
			a.holds = hold(view)
		}
		if asked.field != "" {
			a.values = inventory.FilterValues(asked.field, view.Servers)
		}
		return a
	}
}

func match(filter *inventory.Filter, servers []inventory.Server) (matches map[inventory.ServerID]bool, undecided string) {
	matches = map[inventory.ServerID]bool{}
	failed, why := 0, ""
	for i := range servers {
		ok, err := filter.Match(servers[i])
		switch {
		case err != nil:
			if failed++; why == "" {
				why = err.Error()
			}
		case ok:
			matches[servers[i].ID] = true
		}
	}
	if failed > 0 {
		undecided = fmt.Sprintf("no answer on %s: %s", part.Count(failed, "server", "servers"), why)
	}
	return matches, undecided
}

func hold(view *engine.View) map[string]holding {
	all := make(map[string]holding, len(view.Collections))
	for i := range view.Collections {
		c := &view.Collections[i]
		selection, err := c.Holds()
		h := holding{members: make(map[inventory.ServerID]bool, len(selection.Members)), excluded: len(selection.Excluded), undecided: len(selection.Undecided)}
		for _, id := range selection.Members {
			h.members[id] = true
		}
		if err != nil {
			h.trouble = err.Error()
		}
		all[c.Name] = h
	}
	return all
}

// take shows an answer; what has changed since it was asked is asked at once.
func (s *Screen) take(a answer) part.Cmd {
	s.busy, s.answered = false, a.asked
	s.matches, s.undecided, s.holds = a.matches, a.undecided, a.holds
	if a.asked.field != "" {
		s.query.learn(a.asked.field, a.values)
	}
	s.narrow()
	if s.wanted != "" {
		s.table.Select(s.wanted)
		s.wanted = ""
	}
	return s.work()
}

// narrow chooses the rows.
func (s *Screen) narrow() {
	servers := s.desk.Current.Servers
	s.shown = s.shown[:0]
	var members map[inventory.ServerID]bool
	if s.collection != "" {
		members = s.holds[s.collection].members
	}
	for i := range servers {
		v := &servers[i]
		switch {
		case s.collection != "" && !members[v.ID]:
		case s.query.expr != "" && s.matches != nil && !s.matches[v.ID]:
		case len(s.query.words) > 0 && !s.says(i):
		default:
			s.shown = append(s.shown, int32(i))
		}
	}
	shown := s.shown
	s.table.Set(len(shown), func(row int) string { return string(servers[shown[row]].ID) })
}

// says tells whether every plain word occurs in one of the server's texts.
func (s *Screen) says(index int) bool {
	v := &s.desk.Current.Servers[index]
	s.texts = s.texts[:0]
	for i := range columns {
		if columns[i].text != nil && !columns[i].spare {
			s.texts = append(s.texts, columns[i].text(v))
		}
	}
	s.texts = append(append(s.texts, s.standings.Of(index).Words, v.OS), v.Applications...)
	return s.query.says(s.texts)
}
