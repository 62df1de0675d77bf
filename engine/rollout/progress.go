package rollout

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Progress is how the window at hand goes: what it brought so far, between what it was expected to be, and what may still come. Servers are
// those that could use the window when it opened or can now; numbers are verified successes of theirs.
type Progress struct {
	Window   string        `json:"window"`
	Opens    time.Time     `json:"opens"`
	Closes   time.Time     `json:"closes"`
	At       time.Time     `json:"at"`
	Step     time.Duration `json:"-"`          // between two numbers
	Sure     int           `json:"confidence"` // percent of the plays that Late stands for, from the policy
	Servers  int           `json:"servers"`
	Verified []int         `json:"verified"` // in each step since the opening, the last of which is under way
	Planned  Corridor      `json:"planned"`  // as it looked when the window opened, before anybody had started
	Expected Corridor      `json:"expected"` // as it looks at At; of what was before then, it holds what was verified
}

// Corridor is what a window may be expected to bring: by the end of each step as many plays as the policy wants (95 of 100) have verified Low
// servers or more, and as many High or fewer. Nobody fails in a play.
type Corridor struct {
	Low    []int     `json:"low"`
	High   []int     `json:"high"`
	Likely time.Time `json:"likely,omitzero"` // when the last server that fits is through, in half of the plays
	Late   time.Time `json:"late,omitzero"`   // in as many as the policy wants
}

// Standing is how what is verified compares with what was planned.
type Standing string

const (
	Behind Standing = "behind"
	Ahead  Standing = "ahead"
	Within Standing = "as planned"
)

// progressSteps are the lengths that a step may have: the first with which a window has no more than mostSteps of them.
var progressSteps = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}

// mostSteps gives a standard window of four hours steps of ten minutes, and an emergency window of one hour steps of two.
const mostSteps = 30

// StepOf is the length of the steps in which a window is told.
func StepOf(w Window) time.Duration {
	length := w.Closes.Sub(w.Opens)
	for _, step := range progressSteps {
		if length <= mostSteps*step {
			return step
		}
	}
	return length / mostSteps
}

// Total is how many servers are verified so far.
func (p Progress) Total() int {
	n := 0
	for _, v := range p.Verified {
		n += v
	}
	return n
}

// Standing compares what is verified with what the plan has between the step that has ended and the one that is under way; empty before
// the opening.
func (p Progress) Standing() (standing Standing, low, high int) {
	at := len(p.Verified) - 1
	if at < 0 || at >= len(p.Planned.Low) {
		return "", 0, 0
	}
	if at > 0 {
		low = p.Planned.Low[at-1]
	}
	high = p.Planned.High[at]
	switch n := p.Total(); {
	case n < low:
		return Behind, low, high
	case n > high:
		return Ahead, low, high
	}
	return Within, low, high
}

// corridorPlays and corridorWork bound what a corridor costs: servers times plays, and at least so many plays.
const (
	corridorPlays = 40
	corridorLeast = 20
	corridorWork  = 20_000
)

// Progress tells how a window goes. Open holds all advertisements of the rollout; held says that nobody new starts.
func (p Prospect) Progress(w Window, held bool) Progress {
	g := Progress{Window: w.ID, Opens: w.Opens, Closes: w.Closes, At: p.Now, Sure: p.Policy.Confidence, Step: StepOf(w)}
	steps := int((w.Closes.Sub(w.Opens) + g.Step - 1) / g.Step)
	if p.Now.After(w.Opens) {
		g.Verified = make([]int, min(steps, int(p.Now.Sub(w.Opens)/g.Step)+1))
	}
	var fresh, left []*Advertisement
	for _, ad := range p.Open {
		if !ad.uses(w) {
			continue
		}
		g.Servers++
		unbegun := *ad
		unbegun.Delivery, unbegun.Started = Staged, time.Time{}
		fresh = append(fresh, &unbegun)
		switch {
		case ad.Delivery == Succeeded:
			if step := int(ad.Since.Sub(w.Opens) / g.Step); step >= 0 && step < len(g.Verified) {
				g.Verified[step]++
			}
		case !ad.Delivery.Final() && (!held || ad.Delivery.Status().Started):
			left = append(left, ad)
		}
	}
	p.Plan = &Plan{Windows: []Window{w}}
	planned := p.before(w)
	planned.Open = fresh
	g.Planned = planned.corridor(w, g.Step, nil)
	p.Open = left
	g.Expected = p.corridor(w, g.Step, g.Verified)
	return g
}

// before is what was known when the window opened.
func (p Prospect) before(w Window) Prospect {
	p.Now, p.Experience = w.Opens, maps.Clone(p.Experience)
	for base := range p.Experience {
		p.Experience[base] = max(0, p.Experience[base]-p.Gained[base])
	}
	p.Gained = nil
	return p
}

// uses tells that the advertisement could be, or was, installed in a window.
func (ad *Advertisement) uses(w Window) bool {
	switch {
	case !ad.Delivery.Status().Targeted:
		return false
	case ad.Window == w.ID:
		return true
	case !slices.Contains(ad.Windows, w.ID):
		return false
	}
	return !ad.Delivery.Final() || (ad.Delivery == Succeeded || ad.Delivery == Failed || ad.Delivery == Unreachable) && !ad.Since.Before(w.Opens)
}

// corridor plays a window from p.Now on. What was verified in the steps before is added.
func (p Prospect) corridor(w Window, step time.Duration, verified []int) Corridor {
	p.Ceiling = max(1, p.Ceiling)
	steps, before := int((w.Closes.Sub(w.Opens)+step-1)/step), 0
	for _, n := range verified {
		before += n
	}
	c := Corridor{Low: make([]int, steps), High: make([]int, steps)}
	s := p.stage()
	plays := min(corridorPlays, max(corridorLeast, corridorWork/max(1, len(p.Open))))
	brought, done := make([][]int, steps), []time.Time{} // by step and play
	for i := range plays {
		play := s.play(rand.New(rand.NewPCG(p.Seed, uint64(i))))
		if !play.done.IsZero() {
			done = append(done, play.done)
		}
		by := make([]int, steps)
		for _, end := range play.ends {
			if at := int(end.Sub(w.Opens) / step); at < steps {
				by[max(at, 0)]++
			}
		}
		n := before
		for k := range by {
			n += by[k]
			brought[k] = append(brought[k], n)
		}
	}
	past, sure := 0, p.Policy.sure()
	for k := range steps {
		slices.Sort(brought[k])
		c.Low[k], c.High[k] = brought[k][rank(plays, 1-sure)], brought[k][rank(plays, sure)]
		if k < len(verified)-1 {
			past += verified[k]
			c.Low[k], c.High[k] = past, past
		}
	}
	if slices.SortFunc(done, time.Time.Compare); len(done) > 0 {
		c.Likely, c.Late = done[rank(len(done), 0.5)], done[rank(len(done), sure)]
	}
	return c
}
