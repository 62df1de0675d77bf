package simulator

import (
	"slices"
	"time"
)

// course is the way of a job through its phases, laid out when its process begins: progress is then a matter of looking
// at the clock.
type course []stretch

// stretch is one phase of a course for one update; a zero until never ends.
type stretch struct {
	phase       string
	kb          string
	from, until time.Time
}

const (
	searching   = "searching"
	downloading = "downloading"
	installing  = "installing"
)

const (
	// lineStep is how many percent of a phase lie between two lines.
	lineStep = 5
	// A stretch without an end goes this slowly, and stays where installations that hang like to stay.
	hangingPace, hangingPercent = 20 * time.Second, 42
)

// lay appends a stretch; a course that is empty begins at the moment at.
func (c course) lay(phase, kb string, at time.Time, took time.Duration) course {
	if len(c) > 0 {
		at = c[len(c)-1].until
	}
	return append(c, stretch{phase, kb, at, at.Add(took.Truncate(time.Millisecond))})
}

// end is when the course is over; ok is false when it never is.
func (c course) end() (at time.Time, ok bool) {
	at = c[len(c)-1].until
	return at, !at.IsZero()
}

// at is the index of the stretch that the moment lies in, the last one after the end.
func (c course) at(now time.Time) int {
	i := slices.IndexFunc(c, func(s stretch) bool { return s.until.IsZero() || now.Before(s.until) })
	if i < 0 {
		return len(c) - 1
	}
	return i
}

// cut ends the course at the moment at.
func (c course) cut(at time.Time) course {
	for i, s := range c {
		if s.until.IsZero() || !s.until.Before(at) {
			kept := slices.Clone(c[:i+1])
			kept[i].until = at
			return kept
		}
	}
	return c
}

// abortTime is how long the agent needs to give up a download.
const abortTime = 5 * time.Second

// stopped is the course after a request to stop at the moment at. A search goes on to its end, a download is given up, an
// installation is finished for the update that it is at. It is the same course when there is nothing left to stop.
func (c course) stopped(at time.Time) (shorter course, changed bool) {
	i := c.at(at)
	switch s := c[i]; {
	case s.phase == downloading:
		if at = at.Add(abortTime); at.Before(s.until) {
			return c.cut(at), true
		}
		return c[:i+1], i+1 < len(c)
	default:
		return c[:i+1], i+1 < len(c)
	}
}

// done tells whether the course went through everything that was laid out for an update, up to the phase.
func (c course) done(phase, kb string, whole course) bool {
	is := func(s stretch) bool { return s.phase == phase && s.kb == kb }
	i := slices.IndexFunc(c, is)
	if i < 0 {
		return !slices.ContainsFunc(whole, is)
	}
	j := slices.IndexFunc(whole, is)
	return j >= 0 && c[i].until.Equal(whole[j].until)
}

// percent is how far a stretch is at the moment now.
func (s stretch) percent(now time.Time) int {
	if s.until.IsZero() {
		return min(int(now.Sub(s.from)/hangingPace), hangingPercent)
	}
	whole := s.until.Sub(s.from)
	if whole <= 0 || !now.Before(s.until) {
		return 100
	}
	return int(100 * now.Sub(s.from) / whole)
}

// moment is the time at which a stretch reaches a percentage.
func (s stretch) moment(percent int) time.Time {
	whole := s.until.Sub(s.from)
	if s.until.IsZero() {
		whole = 100 * hangingPace
	}
	return s.from.Add(whole * time.Duration(percent) / 100).Truncate(time.Millisecond)
}

// line is one entry of a job's progress. Percent belongs to the phase.
type line struct {
	Seq     int    `json:"seq"`
	At      stamp  `json:"at"`
	Phase   string `json:"phase"`
	Percent int    `json:"percent"`
	KB      string `json:"kb"`
	Text    string `json:"text"`
}

// lines is the progress by the moment now, oldest first, numbered after the lines before. Times are fleet time.
func (c course) lines(before []line, now time.Time) []line {
	all := before
	for _, s := range c {
		for percent := 0; percent <= s.percent(now) && !s.moment(percent).After(now); percent += lineStep {
			all = append(all, line{Seq: len(all) + 1, At: stamp(s.moment(percent)), Phase: s.phase, Percent: percent, KB: s.kb})
		}
	}
	return all
}
