package serve

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine/approval"
)

func TestAPlaceIsKeptAnHourForItsPersonAlone(t *testing.T) {
	var p places
	began := time.Date(2026, 11, 11, 22, 0, 0, 0, time.UTC)
	state := []byte("rollout R-3")
	p.keep("k.osei", state, began)
	state[0] = 'X'
	for _, c := range []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"k.osei", 0, "rollout R-3"},
		{"k.osei", placesKept - time.Second, "rollout R-3"},
		{"k.osei", placesKept, ""},
		{"m.silva", 0, ""},
	} {
		if got := string(p.recall(c.name, began.Add(c.after))); got != c.want {
			t.Errorf("%s after %v: %q, want %q", c.name, c.after, got, c.want)
		}
	}
	p.touch("k.osei", began.Add(30*time.Minute))
	if p.recall("k.osei", began.Add(80*time.Minute)) == nil {
		t.Error("the hour did not begin with the end of the session")
	}
	p.touch("k.osei", began.Add(3*time.Hour))
	if p.recall("k.osei", began.Add(3*time.Hour)) != nil {
		t.Error("a place that was over came back")
	}
	p.keep("m.silva", []byte("x"), began.Add(4*time.Hour))
	if len(p.left) != 1 {
		t.Errorf("%d places are held, one of them for nobody", len(p.left))
	}
	for name, state := range map[string][]byte{"nothing": nil, "too much": make([]byte, mostPlace+1)} {
		p.keep("k.osei", []byte("before"), began)
		p.keep("k.osei", state, began)
		if p.recall("k.osei", began) != nil {
			t.Errorf("%s left the place of before", name)
		}
	}
}

// placed is a console that takes note of its last key and tells where it began.
type placed struct{ drawing }

func (m *placed) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	_, command := m.drawing.Update(message)
	if _, ok := message.(tea.KeyMsg); ok {
		m.visitor.Keep([]byte("at " + m.last))
	}
	return m, command
}

func (m *placed) View() string { return "began " + string(m.visitor.Place) + ", " + m.drawing.View() }

// addressed is a console that tells where its person came in.
type addressed struct{ drawing }

func (m *addressed) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	_, command := m.drawing.Update(message)
	return m, command
}

func (m *addressed) View() string { return "came to " + m.visitor.Address + "." }

// A console names the address that its person reached in the commands that it shows them.
func TestAConsoleKnowsTheAddressThatItsPersonReached(t *testing.T) {
	h := open(t, func(o *Options) {
		o.NewModel = func(v Visitor) tea.Model { return &addressed{drawing{visitor: v}} }
	})
	h.console(h.enter(h.person("k.osei", approval.Lead))).sees("came to " + h.address + ".")
}

func TestALostSessionIsTakenUpWhereItWas(t *testing.T) {
	h := open(t, func(o *Options) {
		o.NewModel = func(v Visitor) tea.Model { return &placed{drawing{visitor: v}} }
	})
	key := h.person("k.osei", approval.Lead)
	client := h.enter(key)
	s := h.console(client)
	s.sees("began ,")
	s.press("j")
	s.sees("key j")
	again := h.console(h.enter(key)) // the old session is not known to be lost yet
	again.sees("began at j,")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	h.console(h.enter(h.person("m.silva"))).sees("began ,")

	again.press("U") // a place that breaks the console must not break the next one
	again.leaves()
	h.console(h.enter(key)).sees("began ,")
}
