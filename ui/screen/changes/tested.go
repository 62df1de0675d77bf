package changes

import (
	"fmt"
	"maps"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// resultTones lends the results of acceptance the looks of the statuses that mean the same.
var resultTones = map[pilot.Result]rollout.Tone{
	pilot.Pending: rollout.TonePlain, pilot.Passed: rollout.ToneGood, pilot.FailedTest: rollout.ToneBad,
	pilot.NotTried: rollout.ToneMissed, pilot.NoResponse: rollout.ToneFaint, pilot.Workaround: rollout.ToneMissed,
}

// tested is the matrix of the minimum tests: updates by test, the worst result over the pilot's servers, and who answered for what failed.
func (s *Screen) tested(sheet *part.Sheet, c *engine.ChangeView) {
	if len(c.Minimum.Servers) == 0 {
		return
	}
	t := sheet.Theme
	sheet.Head("Minimum tests on the pilot", part.Count(len(c.Minimum.Servers), "server", "servers"))
	const kbWidth, leastWidth = 11, 10
	testWidth := func(test pilot.MinimumTest) int { return max(leastWidth, len(test.Test)+1) }
	sheet.Row(func(l *part.Line) {
		l.Space(kbWidth)
		for _, test := range pilot.MinimumTests {
			l.Column(t.Dim, string(test.Test), testWidth(test))
		}
	})
	sums := c.Minimum.ByUpdate()
	for _, kb := range slices.Sorted(maps.Keys(sums)) {
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, kb, kbWidth)
			for _, test := range pilot.MinimumTests {
				l.Column(t.Tone(resultTones[sums[kb][test.Test]]), string(sums[kb][test.Test]), testWidth(test))
			}
		})
	}
	names := desk.Names(s.desk.Current)
	for _, f := range c.Minimum.Failed() {
		sheet.Fact("failed", t.Tone(rollout.ToneBad), failureWords(f, names))
	}
	for _, kb := range slices.Sorted(maps.Keys(c.Minimum.Workarounds)) {
		w := c.Minimum.Workarounds[kb]
		sheet.Fact("workaround", t.Tone(rollout.ToneMissed), fmt.Sprintf("%s: %s (%s, %s)", kb, w.Note, w.By, s.desk.Day(w.At)))
	}
}

// acceptance lists what the applications' owners found.
func (s *Screen) acceptance(sheet *part.Sheet, c *engine.ChangeView) {
	t, d := sheet.Theme, s.desk
	a := c.Acceptance
	state := "opens when Dev is through"
	switch {
	case a.Closed:
		state = "closed " + d.Day(a.Deadline)
	case !a.Deadline.IsZero():
		state = "until " + d.Day(a.Deadline)
	}
	sheet.Head("Acceptance by application", state)
	for _, name := range slices.Sorted(maps.Keys(a.Results)) {
		answer := a.Results[name]
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, name, 16).Space(1).Column(t.Tone(resultTones[answer.Result]), string(answer.Result), 12).Space(1)
			if answer.By != "" {
				l.Put(t.Dim, answer.By+" ")
			}
			if answer.Update != "" {
				l.Put(t.Normal, answer.Update+" ")
			}
			l.Put(t.Dim, answer.Note)
		})
	}
}
