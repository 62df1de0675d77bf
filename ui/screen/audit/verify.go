package audit

import (
	"errors"
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// verifyPage checks every entry of the trail against the one before it, and the last against the head that the engine knows. It
// reads as the search does: a stretch a command.
type verifyPage struct {
	desk     *desk.Desk
	run      int
	head     trail.Head // when the check began; later entries are not its business
	verifier *trail.Verifier
	report   trail.Report
	checking bool
	stopped  bool
	err      error
	scroll   part.Scroll
}

// stretchVerified is what one command found.
type stretchVerified struct {
	page   *verifyPage
	run    int
	report trail.Report
	err    error
}

func newVerifyPage(d *desk.Desk) *verifyPage { return &verifyPage{desk: d} }

// Title implements desk.Screen.
func (p *verifyPage) Title() string { return "Verify the audit trail" }

// Init implements desk.Screen. The first look begins the check.
func (p *verifyPage) Init() part.Cmd {
	if p.run > 0 {
		return nil
	}
	return p.begin()
}

func (p *verifyPage) begin() part.Cmd {
	p.run++
	p.head, p.verifier, p.report = p.desk.Current.Head, trail.NewVerifier(), trail.Report{}
	p.checking, p.stopped, p.err = true, false, nil
	return p.next()
}

func (p *verifyPage) next() part.Cmd {
	return verifyStretch(p, p.desk.Console, p.verifier, p.run, p.head.Seq)
}

// verifyStretch checks the entries after those that the verifier has seen. Only one command at a time has the verifier.
func verifyStretch(p *verifyPage, console engine.Console, verifier *trail.Verifier, run int, head uint64) part.Cmd {
	return func() part.Msg {
		from := verifier.Report().Last + 1
		to := min(head, from+stretchSize-1)
		err := console.Entries(from, func(seq uint64, raw []byte) error {
			if seq > to {
				return errEnough
			}
			return verifier.Add(raw)
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		if report := verifier.Report(); err == nil && report.Last < to {
			err = fmt.Errorf("the trail ends with entry %d, but the engine knows entry %d: it lost its end; keep this copy as evidence and restore a backup", report.Last, head)
		}
		return stretchVerified{p, run, verifier.Report(), err}
	}
}

// Update implements desk.Screen.
func (p *verifyPage) Update(message part.Msg) part.Cmd {
	m, ok := message.(stretchVerified)
	if !ok || m.page != p || m.run != p.run || !p.checking {
		return nil
	}
	p.report, p.err = m.report, m.err
	if p.err == nil && p.report.Last < p.head.Seq {
		return p.next()
	}
	p.checking = false
	if p.err == nil && p.report.Head != p.head {
		p.err = fmt.Errorf("entry %d has the hash %s, but the engine knows %s: the trail was replaced; keep this copy as evidence and restore a backup", p.report.Last, p.report.Head, p.head)
	}
	return nil
}

// Bindings implements desk.Screen.
func (p *verifyPage) Bindings() []part.Binding {
	const group = "Verify"
	return append([]part.Binding{
		{Keys: []string{"x"}, Help: "stop", Hint: "stop", Group: group, Disabled: func() string {
			if !p.checking {
				return "nothing is being checked"
			}
			return ""
		}, Run: func() part.Cmd { p.checking, p.stopped = false, true; return nil }},
		{Keys: []string{"u"}, Help: "check again, up to what is the newest entry now", Hint: "again", Group: group, Disabled: func() string {
			if p.checking {
				return "the trail is being checked"
			}
			return ""
		}, Run: p.begin},
	}, p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *verifyPage) View(width, height int) []string {
	t, r := p.desk.Theme, p.report
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), "")
	ink, words := t.Tone(rollout.ToneGood), fmt.Sprintf("%s verified, %d to %d: none changed, none missing", part.Count(int(r.Entries), "entry", "entries"), r.First, r.Last)
	switch {
	case p.err != nil:
		ink, words = t.Tone(rollout.ToneBad), p.err.Error()
	case p.checking:
		ink, words = t.Normal, fmt.Sprintf("%s of %s checked, %d %%: x stops", part.Number(int(r.Entries)), part.Number(int(p.head.Seq)), r.Entries*100/max(p.head.Seq, 1))
	case p.stopped:
		ink, words = t.Tone(rollout.ToneMissed), fmt.Sprintf("stopped after %s of %s: what was checked is whole, the rest was not looked at", part.Number(int(r.Entries)), part.Number(int(p.head.Seq)))
	case p.head.Seq == 0:
		ink, words = t.Dim, "the trail is empty"
	}
	sheet.Say(ink, words)
	if r.Entries > 0 {
		sheet.Gap()
		sheet.Fact("from", t.Normal, p.desk.DayAndSecond(r.Since))
		sheet.Fact("until", t.Normal, p.desk.DayAndSecond(r.Till))
		sheet.Fact("hash", t.Normal, r.Head.String())
	}
	sheet.Gap()
	sheet.Say(t.Dim, "Each entry is hashed with the hash of the one before. Whoever changed one would have to change all after it, and the head that is written down elsewhere: compare the hash with your newest export.")
	return p.scroll.Render(t, sheet.Lines, width, height)
}
