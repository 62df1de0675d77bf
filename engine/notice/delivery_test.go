package notice

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 10, 21, 0, 0, 0, time.UTC)

// Whatever senders answer and people ask for, a copy moves only as the table says, is never sent again once it was taken, and an end that is
// not known leads to one more attempt at the most.
func TestACopyMovesOnlyAsTheTableSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, now := Delivery{ID: "N-1.1", Notice: "N-1", To: "a@example.com", State: Waiting}, start
		unknown, sent := 0, false
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "passed")))
			var m Moved
			var err error
			step := rapid.SampledFrom([]string{"order", "taken", "temporary", "permanent", "unreached", "uncertain", "lost", "retry", "cancel"}).Draw(t, "step")
			if sending := d.State == Sending; sending == (step == "order") && step != "retry" && step != "cancel" || step == "order" && d.State != Waiting {
				continue
			}
			switch step {
			case "order":
				m = d.Order()
			case "taken":
				m = d.Answer(nil, now)
			case "temporary":
				m = d.Answer(&Trouble{Words: "452"}, now)
			case "permanent":
				m = d.Answer(&Trouble{Words: "550", Permanent: true}, now)
			case "unreached":
				m = d.Answer(&Trouble{Words: "refused", Unreached: true}, now)
			case "uncertain":
				m = d.Answer(&Trouble{Words: "broke", Uncertain: true}, now)
			case "lost":
				m = d.Lost("ended", now)
			case "retry":
				m, err = d.Retry(now)
			case "cancel":
				m, err = d.Cancel("no")
			}
			if err != nil {
				continue
			}
			if !Allowed(m.From, m.To) || m.From != d.State {
				t.Fatalf("%s: %s -> %s is not in the table", step, m.From, m.To)
			}
			if sent {
				t.Fatalf("a copy that was taken moved to %s by %s", m.To, step)
			}
			switch {
			case m.Reset:
				unknown = 0
			case m.Unknown:
				unknown++
			}
			if unknown > 2 || unknown == 2 && m.Unknown && m.To != Unknown {
				t.Fatalf("after %d unknown ends the copy is %s", unknown, m.To)
			}
			if m.To == Waiting && m.From == Sending && !m.Next.After(now) {
				t.Fatalf("%s: the next attempt has no pause", step)
			}
			if step == "unreached" && m.To != Waiting {
				t.Fatalf("a channel that is not reached made the copy %s", m.To)
			}
			d = m.Apply(d, now)
			sent = d.State == Sent
		}
	})
}

func TestPausesGrowAndDifferBetweenCopies(t *testing.T) {
	different := map[time.Duration]bool{}
	for n, most := range map[int]time.Duration{1: 75 * time.Second, 2: 150 * time.Second, 6: 38 * time.Minute, 1000: 38 * time.Minute} {
		for _, name := range []string{"N-1.1", "N-1.2", "N-2.1"} {
			pause := Pause(name, n)
			if pause < most*3/5-time.Minute || pause > most {
				t.Errorf("attempt %d of %s: %v, want up to %v", n, name, pause, most)
			}
			different[pause] = true
		}
	}
	if len(different) < 10 {
		t.Errorf("%d different pauses of 12", len(different))
	}
	if rest := (&Trouble{After: 100 * time.Hour}).Rest("N-1.1", 1); rest != mostAsked {
		t.Errorf("a receiver asked for 100 hours and gets %v, want %v", rest, mostAsked)
	}
}

func TestWhoGetsANotice(t *testing.T) {
	b := Book{Groups: map[Group][]string{"lead": {"lead@example.com"}, "board": {"LEAD@example.com", "board@example.com"}, "viewer": {"viewer@example.com"}},
		Owners: map[string][]string{"Payments": {"pay@example.com"}, "claims": {"claims@example.com"}},
		Hooks:  []Hook{{Name: "all"}, {Name: "alarms", Kinds: []Kind{Halted}}}, Quiet: []Kind{Progress}}
	for _, c := range []struct {
		kind Kind
		want string
	}{
		{Halted, "board@example.com LEAD@example.com alarms all"},
		{ProdUpdated, "board@example.com LEAD@example.com pay@example.com all"},
		{Progress, ""},
		{HeadsUp, "all"},
	} {
		var got []string
		for _, a := range b.For(c.kind, []string{"payments", "nobody"}) {
			got = append(got, a.To)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s goes to %v, want %s", c.kind, got, c.want)
		}
	}
	b.Groups["lead"] = make([]string, 2000)
	for i := range b.Groups["lead"] {
		b.Groups["lead"][i] = strings.Repeat("x", i+1) + "@example.com"
	}
	if n := len(b.For(Halted, nil)); n != MostAddressees {
		t.Errorf("%d copies, want %d", n, MostAddressees)
	}
	if got := (Book{}).For(Emergency, []string{"payments"}); len(got) > 0 {
		t.Errorf("an empty book sends to %v", got)
	}
}

func TestTokensDifferBetweenCopiesAndStores(t *testing.T) {
	n := Notice{ID: "N-1", Key: "heads-up/r", At: start, Subject: "s"}
	to := []Addressee{{Mail, "a@example.com"}, {Mail, "b@example.com"}, {Webhook, "a@example.com"}}
	tokens := map[string]bool{}
	for _, d := range n.Address(to) {
		tokens[d.Token] = true
	}
	n.At = n.At.Add(time.Second) // another store, whose notice has the same id and key
	for _, d := range n.Address(to) {
		tokens[d.Token] = true
	}
	if len(tokens) != 6 {
		t.Errorf("%d tokens of 6 copies", len(tokens))
	}
	if a, b := n.Address(to)[0], n.Address(to)[0]; a.Token != b.Token {
		t.Error("the same copy has two tokens")
	}
}
