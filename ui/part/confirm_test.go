package part

import (
	"strings"
	"testing"
	"time"
)

var opened = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// asked opens a question that notes the reason with which it was done.
func asked(reason bool) (*Confirm, *[]string) {
	var done []string
	return Ask(Question{Title: "Halt R-3?", Says: []string{"5 servers will finish."}, Names: []string{"a", "b"}, Verb: "Halt", Reason: reason,
		Do: func(reason string) Cmd { done = append(done, reason); return nil }}, opened), &done
}

func answer(c *Confirm, after time.Duration, names ...string) (closed bool) {
	for _, name := range names {
		key := Key{Name: name}
		if len(name) == 1 {
			key.Text = name
		}
		closed, _ = c.Key(key, opened.Add(after))
	}
	return closed
}

func TestKeysTypedBeforeAQuestionCouldBeSeenDoNotAnswerIt(t *testing.T) {
	c, done := asked(true)
	if answer(c, 299*time.Millisecond, "x", "tab", "tab", "enter") || len(*done) > 0 || c.field.Text() != "" || c.focus != onReason {
		t.Errorf("type-ahead moved the question: focus %d, reason %q, done %q", c.focus, c.field.Text(), *done)
	}
	if !answer(c, 300*time.Millisecond, "o", "k", "tab", "tab", "enter") || strings.Join(*done, "") != "ok" {
		t.Errorf("after the grace the question was done with %q", *done)
	}
}

func TestEscapeCancelsAtAnyTime(t *testing.T) {
	c, done := asked(true)
	if !answer(c, 0, "esc") || len(*done) > 0 {
		t.Error("esc did not cancel")
	}
}

func TestEnterAloneCancels(t *testing.T) {
	for _, reason := range []bool{false, true} {
		c, done := asked(reason)
		closed := false
		for range 3 {
			closed = closed || answer(c, time.Second, "enter")
		}
		if !closed || len(*done) > 0 {
			t.Errorf("reason %v: closed %v, done %q", reason, closed, *done)
		}
	}
}

func TestNothingIsDoneWithoutAReason(t *testing.T) {
	c, done := asked(true)
	if answer(c, time.Second, "space", "tab", "right", "enter") || len(*done) > 0 {
		t.Fatalf("it was done with %q", *done)
	}
	theme := newTheme(nothing, false, false)
	if text := strings.Join(c.Render(&theme, 80, 20), "\n"); !strings.Contains(text, "write the reason first") {
		t.Errorf("it does not say what lacks:\n%s", text)
	}
	if !answer(c, time.Second, "w", "h", "y", "tab", "tab", "enter") || strings.Join(*done, "") != "why" {
		t.Errorf("with a reason it was done with %q", *done)
	}
}

func TestAQuestionShowsItsButtonsHoweverLittleRoomThereIs(t *testing.T) {
	theme := newTheme(nothing, false, false)
	c, _ := asked(true)
	c.Says = append(c.Says, strings.Repeat("very long ", 400))
	for height := 8; height < 30; height++ {
		lines := c.Render(&theme, 78, height)
		text := strings.Join(lines, "\n")
		if len(lines) > height || !strings.Contains(text, "Cancel") || !strings.Contains(text, "Reason") {
			t.Errorf("height %d: %d lines:\n%s", height, len(lines), text)
		}
	}
}
