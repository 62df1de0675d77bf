package part

import (
	"errors"
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

func TestAPromptIsTakenWithTheReasonAndSendsAWrongAnswerBack(t *testing.T) {
	c, done := asked(true)
	var taken string
	c = Ask(Question{Title: "Exclude?", Verb: "Exclude", Reason: true, Do: c.Do, Prompt: &Prompt{Label: "Until", Hint: "a day", Take: func(answer string) error {
		if answer != "ok" {
			return errors.New("no day")
		}
		taken = answer
		return nil
	}}}, opened)
	theme := newTheme(nothing, false, false)
	if drawn := strings.Join(c.Render(&theme, 60, 20), "\n"); !strings.Contains(drawn, "a day") {
		t.Errorf("the hint is not shown:\n%s", drawn)
	}
	if answer(c, time.Second, "o", "enter", "r", "tab", "tab", "enter") || c.lacks != "no day" || len(*done) > 0 {
		t.Fatalf("a wrong answer was taken: lacks %q, done %q", c.lacks, *done)
	}
	if !answer(c, time.Second, "k", "tab", "tab", "tab", "enter") || taken != "ok" || strings.Join(*done, "") != "r" {
		t.Errorf("taken %q, done %q", taken, *done)
	}
}
