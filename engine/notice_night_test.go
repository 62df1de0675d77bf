package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/assets"
	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
	"patchdeck/store/storetest"
	"patchdeck/ui/command"
)

// postbox is a mail server that remembers what it took; it outlives the engine.
type postbox struct {
	mu     sync.Mutex
	took   map[string][]notice.Message // by token
	tries  int
	refuse func(m notice.Message, now time.Time) error
	lose   func(m notice.Message) bool // taken, and the answer is lost
	takes  time.Duration
}

func newPostbox() *postbox { return &postbox{took: map[string][]notice.Message{}, takes: time.Second} }

func (p *postbox) Post(ctx context.Context, m notice.Message) error {
	moment := time.NewTimer(p.takes)
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-ctx.Done():
		return &notice.Trouble{Words: "stopped", Unreached: true}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries++
	if p.refuse != nil {
		if err := p.refuse(m, time.Now()); err != nil {
			return err
		}
	}
	p.took[m.Token] = append(p.took[m.Token], m)
	if p.lose != nil && p.lose(m) {
		return &notice.Trouble{Words: "the connection broke", Uncertain: true}
	}
	return nil
}

var book = notice.Book{Groups: map[notice.Group][]string{
	"lead": {"lead@example.com"}, "security": {"security@example.com"}, notice.Technology: {"sql@example.com", "LEAD@example.com"}},
	Owners: map[string][]string{"Team": {"team@example.com"}, "others": {"others@example.com"}},
	Hooks:  []notice.Hook{{Name: "chat", Kinds: []notice.Kind{notice.Halted}}}}

// house is a night whose engine sends notices.
type house struct {
	*night
	mail *postbox
	book notice.Book
	zone *time.Location
	// retry names a notice to retry, when somebody does.
	retry func(*engine.View) (id string, now bool)
	// then is what people do with the engine when the condition holds.
	then func(do func(approval.Actor, engine.Command) error, view func() *engine.View)
}

func newHouse(t *testing.T, servers int, fates map[string]enginetest.Fate) *house {
	return &house{night: newNight(t, servers, 7, fates), mail: newPostbox(), book: book, zone: time.UTC}
}

// play runs people and engine until a condition holds or the store crashes, and tells which.
func (h *house) play(reached func(*engine.View) bool) bool {
	h.t.Helper()
	templates, err := notice.ParseTemplates(assets.Templates())
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*24*time.Hour)
	defer cancel()
	e, err := engine.New(engine.Options{Store: h.store, Fleet: h.world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy(), Zone: h.zone,
		Heartbeat: time.Minute, Notices: engine.NoticeOptions{Templates: templates, Book: h.book, Daily: 8 * time.Hour, Calendar: command.WriteCalendar,
			Posters: map[string]engine.Poster{"mail": h.mail, "webhook/chat": h.mail}}})
	if err != nil {
		h.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	wake, stop := e.Watch()
	defer stop()
	for !reached(e.View()) {
		if h.retry != nil {
			h.mail.mu.Lock()
			id, now := h.retry(e.View())
			h.mail.mu.Unlock()
			if now {
				if _, err := e.Do(ctx, rehearsal.Lead, engine.RetryNotice{Notice: id}); err != nil {
					h.t.Fatal(err)
				}
			}
		}
		if act, ok := h.script.Next(e.View()); ok {
			if _, err := e.Do(ctx, act.Who, act.Command); errors.Is(err, engine.ErrStopped) {
				<-ended
				h.crashes++
				return false
			} else if err != nil {
				h.t.Fatalf("%s: %v", act.Command.Action(), err)
			}
			continue
		}
		select {
		case <-wake:
		case err := <-ended:
			if err == nil {
				h.t.Fatal("twenty days passed")
			}
			h.crashes++
			return false
		}
	}
	if h.then != nil {
		h.then(func(who approval.Actor, c engine.Command) error { _, err := e.Do(ctx, who, c); return err }, e.View)
		h.then = nil
	}
	h.view = e.View()
	cancel()
	if err := <-ended; err != nil {
		h.t.Fatal(err)
	}
	return true
}

// settled tells that the night is over and nothing waits to be sent.
func settled(v *engine.View) bool {
	return rehearsal.Over(v) && kinds(v)[notice.Summary] > 0 && waiting(v) == 0
}

func waiting(v *engine.View) (n int) {
	for _, view := range v.Notices {
		for _, d := range view.Deliveries {
			if d.Open() {
				n++
			}
		}
	}
	return n
}

func kinds(v *engine.View) map[notice.Kind]int {
	counts := map[notice.Kind]int{}
	for _, n := range v.Notices {
		counts[n.Kind]++
	}
	return counts
}

// onceEach holds the outbox against what the mail server took: every copy that is sent was taken, exactly once by its token, nothing was
// taken that is not known, and no two notices have one key.
func (h *house) onceEach(t *testing.T) {
	t.Helper()
	keys, known := map[string]string{}, map[string]bool{}
	for _, n := range h.view.Notices {
		if was := keys[n.Key]; was != "" {
			t.Errorf("%s and %s are one notice: %s", was, n.ID, n.Key)
		}
		keys[n.Key] = n.ID
		for _, d := range n.Deliveries {
			known[d.Token] = true
			if d.State == notice.Sent && len(h.mail.took[d.Token]) == 0 {
				t.Errorf("%s to %s counts as sent and never arrived", d.ID, d.To)
			}
		}
	}
	for token, copies := range h.mail.took {
		if !known[token] {
			t.Errorf("%s to %s arrived and is not in the outbox", copies[0].ID, copies[0].To)
		}
	}
	foldsToItsRecords(t, h.store)
}

// Handbook section 6, tasks 5, 13, 21, 27 and 31: the notices of a month come by themselves, each once, to those who are to get it.
func TestAMonthTellsEveryoneOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 20, nil)
		h.play(settled)
		for kind, want := range map[notice.Kind]int{notice.HeadsUp: 1, notice.Advance: 1, notice.Update: 1, notice.Schedule: 1, notice.DevComplete: 1, notice.ProdUpdated: 1,
			notice.Summary: 1, notice.Emergency: 0, notice.Halted: 0, notice.Overdue: 0, notice.Incidents: 0} {
			if got := kinds(h.view)[kind]; got != want {
				t.Errorf("%d notices of kind %s, want %d", got, kind, want)
			}
		}
		for _, copies := range h.mail.took {
			if len(copies) != 1 {
				t.Errorf("%s went to %s %d times", copies[0].Kind, copies[0].To, len(copies))
			}
		}
		told := h.view.Told(h.view.Releases[0].ID)
		if got := told[notice.HeadsUp]; got.Copies != 3 || got.Open != 0 || got.Sent.IsZero() {
			t.Errorf("the heads-up: %+v, want three copies, all sent", got)
		}
		if got := told[notice.Schedule]; got.Copies != 4 { // security, sql, one lead of two spellings, the owners
			t.Errorf("the schedule went to %d addressees, want 4", got.Copies)
		}
		for _, n := range h.view.Notices {
			if n.Kind == notice.Schedule && !strings.Contains(n.Body, "20 servers") && !strings.Contains(n.Body, "servers. Servers are patched") {
				t.Errorf("the schedule does not count its servers:\n%s", n.Body)
			}
			if attached := strings.Count(n.Calendar, "BEGIN:VEVENT"); (attached > 0) != (n.Kind == notice.Schedule) || strings.Contains(n.Calendar, ".task-") {
				t.Errorf("%s carries %d appointments, want windows and acceptance on the schedule alone:\n%s", n.Kind, attached, n.Calendar)
			}
			if strings.Contains(n.Body, "could not write") {
				t.Errorf("%s:\n%s", n.Kind, n.Body)
			}
		}
		h.onceEach(t)
	})
}

func TestWithNobodyConfiguredNoticesAreHistoryAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		h.book = notice.Book{}
		h.play(settled)
		if len(h.mail.took) != 0 || kinds(h.view)[notice.ProdUpdated] != 1 {
			t.Errorf("%d copies went out; notices %v", len(h.mail.took), kinds(h.view))
		}
		if told := h.view.Told(h.view.Releases[0].ID)[notice.HeadsUp]; told.At.IsZero() || !told.Sent.IsZero() {
			t.Errorf("the heads-up: %+v, want one that was composed and not sent", told)
		}
	})
}

// The mail server is down for six hours: nothing is lost, nothing twice, and it is asked seldom.
func TestAMailServerThatIsDownForSixHoursLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		down := time.Now().Add(6 * time.Hour)
		asked := 0
		h.mail.refuse = func(_ notice.Message, now time.Time) error {
			if now.Before(down) {
				asked++
				return &notice.Trouble{Words: "connection refused", Unreached: true}
			}
			return nil
		}
		urgent := false
		h.play(func(v *engine.View) bool {
			for _, n := range v.Needs {
				urgent = urgent || strings.Contains(n.Words, "wait for mail since") && strings.Contains(n.Words, "connection refused")
			}
			return settled(v)
		})
		if !urgent {
			t.Error("nobody was told that copies wait for the mail server")
		}
		if asked < 10 || asked > 40 {
			t.Errorf("the server was asked %d times in six hours, want a few an hour", asked)
		}
		for _, n := range h.view.Notices {
			for _, d := range n.Deliveries {
				if d.State != notice.Sent || len(h.mail.took[d.Token]) != 1 {
					t.Errorf("%s to %s is %s and arrived %d times: %s", n.Kind, d.To, d.State, len(h.mail.took[d.Token]), d.Words)
				}
			}
		}
		h.onceEach(t)
	})
}

// Who mended the mail server need not wait for the pause to end.
func TestARetryGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		down, retried := true, time.Time{}
		h.mail.refuse = func(notice.Message, time.Time) error {
			if down {
				return &notice.Trouble{Words: "connection refused", Unreached: true}
			}
			return nil
		}
		h.retry = func(v *engine.View) (string, bool) {
			if !retried.IsZero() || h.mail.tries < 6 || len(v.Notices) == 0 {
				return "", false
			}
			down, retried = false, v.At
			return v.Notices[len(v.Notices)-1].ID, true
		}
		h.play(func(v *engine.View) bool {
			return len(v.Notices) > 0 && v.Notices[len(v.Notices)-1].Counts()[notice.Sent] == 3
		})
		if waited := h.view.At.Sub(retried); retried.IsZero() || waited > time.Minute {
			t.Errorf("a retried notice went after %v, want at once", waited)
		}
	})
}

func TestOneAddresseeThatIsRefusedHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		h.mail.refuse = func(m notice.Message, _ time.Time) error {
			switch m.To {
			case "sql@example.com":
				return &notice.Trouble{Words: "550 no such user", Permanent: true}
			case "security@example.com":
				return &notice.Trouble{Words: "452 mailbox full"}
			}
			return nil
		}
		h.play(settled)
		ends := map[string]notice.State{"sql@example.com": notice.Failed, "security@example.com": notice.Failed, "lead@example.com": notice.Sent, "team@example.com": notice.Sent}
		for _, n := range h.view.Notices {
			for _, d := range n.Deliveries {
				if want := ends[strings.ToLower(d.To)]; d.State != want {
					t.Errorf("%s to %s is %s, want %s: %s", n.Kind, d.To, d.State, want, d.Words)
				}
				if d.To == "security@example.com" && !strings.Contains(d.Words, "given up after three days") {
					t.Errorf("%s to %s: %q", n.Kind, d.To, d.Words)
				}
			}
		}
		if !slices.ContainsFunc(h.view.Needs, func(n engine.Need) bool {
			return strings.Contains(n.Words, "did not surely reach 2 of 3 addressees")
		}) {
			t.Errorf("nobody is told of the copies that failed: %v", h.view.Needs)
		}
		h.onceEach(t)
	})
}

// The rule for an end that is not known: once more with the same token, then a person decides.
func TestACopyWhoseEndIsUnknownGoesOnceMoreUnderTheSameToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		h.mail.lose = func(m notice.Message) bool {
			return m.To == "sql@example.com" || m.To == "security@example.com" && len(h.mail.took[m.Token]) == 1
		}
		h.play(settled)
		for _, n := range h.view.Notices {
			for _, d := range n.Deliveries {
				got, state, want := len(h.mail.took[d.Token]), d.State, notice.Sent
				arrivals := 1
				switch d.To {
				case "sql@example.com":
					arrivals, want = 2, notice.Unknown
				case "security@example.com":
					arrivals = 2
				}
				if got != arrivals || state != want {
					t.Errorf("%s to %s arrived %d times and is %s, want %d and %s", n.Kind, d.To, got, state, arrivals, want)
				}
			}
		}
	})
}

// A crash at any commit, before or after it became durable: no notice is lost or composed twice, and a copy arrives once, or twice under one
// token where the end was not known.
func TestACrashAtAnyCommitLosesNoNotice(t *testing.T) {
	commits := 0
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 8, nil)
		h.play(settled)
		commits = h.store.Commits()
	})
	step := 15
	if testing.Short() {
		step = 61
	}
	t.Logf("%d commits, a crash before and after each %d.", commits, step)
	for at := 1; at <= commits; at += step {
		for _, when := range []storetest.Moment{storetest.Before, storetest.After} {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, 8, nil)
				h.store = storetest.NewMemory(storetest.CrashAt(at, when))
				if h.play(settled) {
					if at < commits*3/4 { // what arrives together may share a commit, so nights differ by a few
						t.Fatalf("the store did not crash at commit %d of %d", at, commits)
					}
					return
				}
				h.store = h.store.Reopen()
				h.play(settled)
				twice := 0
				for _, copies := range h.mail.took {
					switch {
					case len(copies) > 2:
						t.Errorf("crash at %d: %s reached %s %d times", at, copies[0].Kind, copies[0].To, len(copies))
					case len(copies) == 2:
						twice++
					}
				}
				if twice > 8 {
					t.Errorf("crash at %d: %d copies arrived twice, more than were under way", at, twice)
				}
				for _, n := range h.view.Notices {
					for _, d := range n.Deliveries {
						if d.State != notice.Sent {
							t.Errorf("crash at %d: %s to %s is %s", at, n.Kind, d.To, d.State)
						}
					}
				}
				if got := len(h.view.Told(h.view.Releases[0].ID)); got < 7 {
					t.Errorf("crash at %d: %d kinds of notices, want 7", at, got)
				}
				h.onceEach(t)
			})
		}
	}
}
