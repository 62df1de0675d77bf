package rollout

import (
	"strings"
	"testing"
)

func TestTheTablesOfStatesAgree(t *testing.T) {
	in, out := map[Delivery]bool{NotReceived: true}, map[Delivery]bool{}
	for _, tr := range Transitions {
		in[tr.To], out[tr.From] = true, true
		if tr.From.Status().Final && tr.By != "person" {
			t.Errorf("%s is final, and %s leads on to %s", tr.From, tr.By, tr.To)
		}
		if tr.Why == "" {
			t.Errorf("%s -> %s does not say why", tr.From, tr.To)
		}
	}
	for _, s := range Statuses {
		shown := s.Delivery == Waiting || s.Delivery == Received // how a screen shows staged and not received servers
		switch {
		case !shown && !in[s.Delivery]:
			t.Errorf("nothing leads to %s", s.Delivery)
		case !shown && !s.Final && !out[s.Delivery]:
			t.Errorf("nothing leads out of %s: a night could not end", s.Delivery)
		case s.Started && AfterCrash[s.Delivery] == "" && s.Delivery != RestartPending:
			t.Errorf("a crash in %s has no meaning", s.Delivery)
		case s.Final && s.Started:
			t.Errorf("%s is both final and started", s.Delivery)
		}
	}
}

// Every started state has a way to its end that needs no answer from the host.
func TestTimeAloneEndsEveryStartedState(t *testing.T) {
	ends := map[Delivery]bool{}
	for _, tr := range Transitions {
		if tr.By == "time" && (tr.To == Failed || tr.To == Unknown) {
			ends[tr.From] = true
		}
	}
	for _, tr := range Transitions {
		if tr.From == Running && tr.To == Failed {
			ends[Running] = true
		}
	}
	for _, s := range Statuses {
		if s.Started && !ends[s.Delivery] {
			t.Errorf("%s waits for its host for ever", s.Delivery)
		}
	}
}

func TestGlyphsAreDistinctWithoutColour(t *testing.T) {
	tones := map[string]Tone{}
	for _, s := range Statuses {
		for _, mark := range []string{s.Glyph, s.ASCII} {
			if was, ok := tones[mark]; ok && was != s.Tone {
				t.Errorf("%q stands for the tones %s and %s", mark, was, s.Tone)
			}
			tones[mark] = s.Tone
		}
		if strings.ContainsFunc(s.ASCII, func(r rune) bool { return r > 126 }) || len(s.ASCII) != 1 {
			t.Errorf("%s: %q is not one ASCII character", s.Delivery, s.ASCII)
		}
	}
}

func TestWhatHasStartedFinishes(t *testing.T) {
	for _, s := range Statuses {
		ad := &Advertisement{ID: "r1-s1", Delivery: s.Delivery}
		_, err := ad.Narrow(Cancelled, "test")
		if allowed := !s.Started && !s.Final; (err == nil) != allowed {
			t.Errorf("skipping a server that is %s: %v", s.Delivery, err)
		}
		_, err = ad.Again([]string{"W1"}, "test")
		if err == nil && !Allowed(s.Delivery, NotReceived) {
			t.Errorf("a server that is %s was tried again", s.Delivery)
		}
	}
}

func TestAnInstalledServerStaysInTheAccount(t *testing.T) {
	ad := &Advertisement{ID: "r1-s1", Delivery: Failed, Attempts: 1}
	if _, err := ad.Narrow(Excluded, "test"); err == nil {
		t.Error("a server whose installation failed was taken out of the account")
	}
}

func TestCountsAlwaysAddUp(t *testing.T) {
	c := Counts{}
	for i, s := range Statuses {
		c[s.Delivery] = i + 1
	}
	total, targeted, open := 0, 0, 0
	for _, s := range Statuses {
		total += c[s.Delivery]
		if s.Targeted {
			targeted += c[s.Delivery]
		}
		if s.Targeted && !s.Final {
			open += c[s.Delivery]
		}
	}
	if c.Targeted() != targeted || c.Open() != open || c.Targeted()+c[Excluded]+c[NotApplicable] != total {
		t.Errorf("targeted %d, open %d of %d", c.Targeted(), c.Open(), total)
	}
}
