package engine

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/notice"
	"patchdeck/engine/procedure"
)

type (
	// PreviewNotice gives the text that a notice would have now, and to whom it would go. It changes nothing.
	PreviewNotice struct {
		Kind    notice.Kind
		Release string
	}
	// SendNotice composes a notice now, by hand. Again makes another one where one was composed already.
	SendNotice struct {
		Kind    notice.Kind
		Release string
		Note    string // the sender's own words, at its end
		Again   bool
	}
	// RetryNotice sends copies again that failed, were cancelled, or whose end is not known. No addressee means all of those that failed
	// or are unknown.
	RetryNotice struct{ Notice, To string }
	// CancelNotice ends copies that were not sent. No addressee means all of them.
	CancelNotice struct{ Notice, To, Reason string }
)

func (PreviewNotice) Action() string { return "notice.preview" }
func (SendNotice) Action() string    { return "notice.send" }
func (RetryNotice) Action() string   { return "notice.retry" }
func (CancelNotice) Action() string  { return "notice.cancel" }

// Poster hands one copy of a notice to a channel. It returns when the receiver has taken it (nil) or why not; an error that is no
// *notice.Trouble counts as an end that is not known. It is called outside the loop and ends with ctx.
type Poster interface {
	Post(ctx context.Context, m notice.Message) error
}

// NoticeOptions say what is told to whom, and how.
type NoticeOptions struct {
	Templates *notice.Templates // nil makes no notices
	Book      notice.Book       // the empty book sends nothing: notices are kept as history
	Posters   map[string]Poster // by road: "mail", "webhook/NAME"
	Daily     time.Duration     // when daily notices go, after local midnight
	// Calendar writes appointments as an iCalendar file, as of a time; nil attaches none to the notices of a schedule.
	Calendar func(io.Writer, []procedure.Appointment, time.Time) error
}

// noticeComposed begins a notice with all its copies.
type noticeComposed struct {
	notice.Notice
	Deliveries []notice.Delivery `json:"deliveries,omitempty"`
}

func init() {
	everybody := make([]approval.Role, len(approval.Roles))
	for i, r := range approval.Roles {
		everybody[i] = r.Role
	}
	offer((*Engine).previewNotice, everybody...)
	offer((*Engine).sendNotice, approval.Lead, approval.Administrator)
	offer((*Engine).retryNotice, approval.Lead, approval.Administrator, approval.OnCall)
	offer((*Engine).cancelNotice, approval.Lead, approval.Administrator)
	register("notice.composed",
		func(e noticeComposed) string { return e.ID },
		func(e noticeComposed) string {
			return fmt.Sprintf("%s, %s: %s", e.Kind, count(len(e.Deliveries), "addressee"), e.Subject)
		},
		func(s *state, e noticeComposed, _ time.Time) error {
			s.putNotice(e.Notice)
			for _, d := range e.Deliveries {
				s.putDelivery(d)
			}
			return nil
		})
	moved := register("notice.moved",
		func(e notice.Moved) string { return e.Notice },
		func(e notice.Moved) string {
			return strings.TrimSuffix("the copy "+e.ID+": "+e.Words, ": ")
		},
		func(s *state, e notice.Moved, at time.Time) error {
			d := s.outbox.deliveries[e.ID]
			if d == nil {
				return fmt.Errorf("the copy %s of a notice is not known", e.ID)
			}
			s.putDelivery(e.Apply(*d, at))
			return nil
		})
	moved.change = func(e any) (string, string) {
		m := e.(notice.Moved)
		return string(m.From), string(m.To)
	}
	keep("notice", (*state).putNotice, func(s *state, id string) any { return s.outbox.notices[id] })
	keep("notice-copy", (*state).putDelivery, func(s *state, id string) any { return s.outbox.deliveries[id] })
	nouns = append(nouns, noun{look: (*Engine).lookAtNotices, follow: (*Engine).followForNotices, send: (*Engine).postNotices, show: (*Engine).showNotices, needs: (*Engine).noticeNeeds})
}

// outbox is the state of the noun, with its indexes.
type outbox struct {
	notices    map[string]*notice.Notice
	byKey      map[string]string
	deliveries map[string]*notice.Delivery
	copies     map[string][]string  // deliveries by notice
	open       map[string]bool      // deliveries that the engine has something to do for
	stuck      map[string]bool      // deliveries that a person has to decide on: failed, or unknown
	told       map[string]time.Time // by incident: the newest notice of it
	tellings   map[string]time.Time // by release: the newest notice of incidents
	changes    int                  // grows with each change
}

func newOutbox() outbox {
	return outbox{notices: map[string]*notice.Notice{}, byKey: map[string]string{}, deliveries: map[string]*notice.Delivery{},
		copies: map[string][]string{}, open: map[string]bool{}, stuck: map[string]bool{}, told: map[string]time.Time{}, tellings: map[string]time.Time{}}
}

func (s *state) putNotice(n notice.Notice) {
	o := &s.outbox
	o.notices[n.ID], o.byKey[n.Key] = &n, n.ID
	for _, id := range n.Covers {
		o.told[id] = maxTime(o.told[id], n.At)
	}
	if n.Kind == notice.Incidents {
		o.tellings[n.Release] = maxTime(o.tellings[n.Release], n.At)
	}
	o.changes++
	s.mark("notice", n.ID)
}

func (s *state) putDelivery(d notice.Delivery) {
	o := &s.outbox
	if o.deliveries[d.ID] == nil {
		o.copies[d.Notice] = append(o.copies[d.Notice], d.ID)
	}
	o.deliveries[d.ID] = &d
	delete(o.open, d.ID)
	delete(o.stuck, d.ID)
	switch {
	case d.Open():
		o.open[d.ID] = true
	case d.State == notice.Failed || d.State == notice.Unknown:
		o.stuck[d.ID] = true
	}
	o.changes++
	s.mark("notice-copy", d.ID)
}

// copiesOf gives the copies of a notice in their order.
func (s *state) copiesOf(id string) []*notice.Delivery {
	var list []*notice.Delivery
	for _, copyID := range slices.SortedFunc(slices.Values(s.outbox.copies[id]), inOrder) {
		list = append(list, s.outbox.deliveries[copyID])
	}
	return list
}

// inOrder compares ids such as N-9.2 and N-10.1 as they were given: a longer one is a later one, part by part.
func inOrder(a, b string) int {
	noticeA, copyA, _ := strings.Cut(a, ".")
	noticeB, copyB, _ := strings.Cut(b, ".")
	if c := byNumber(noticeA, noticeB); c != 0 {
		return c
	}
	return byNumber("-"+copyA, "-"+copyB)
}

func (e *Engine) previewNotice(_ approval.Actor, c PreviewNotice, now time.Time) (string, error) {
	n, to, err := e.draft(engineActor, c.Kind, c.Release, "", now)
	if err != nil {
		return "", err
	}
	names := make([]string, len(to))
	for i, a := range to {
		names[i] = a.To
	}
	if len(names) == 0 {
		names = []string{"nobody (kept as history)"}
	}
	return fmt.Sprintf("To: %s\nSubject: %s\n\n%s", strings.Join(names, ", "), n.Subject, n.Body), nil
}

// draft writes a notice about a release by its newest change request. The key is that of the occasion the engine would send it on.
func (e *Engine) draft(actor approval.Actor, kind notice.Kind, release, note string, now time.Time) (notice.Notice, []notice.Addressee, error) {
	if e.options.Notices.Templates == nil {
		return notice.Notice{}, nil, fmt.Errorf("this patchdeck makes no notices")
	}
	if _, err := notice.ParseKind(string(kind)); err != nil {
		return notice.Notice{}, nil, err
	}
	matter, ok := e.matters()[release]
	if !ok {
		return notice.Notice{}, nil, fmt.Errorf("release %.60q is not known: %s", release, known(slices.Sorted(maps.Keys(e.state.releases))))
	}
	n, to := e.write(e.noticeScene(now).Occasion(matter, kind), matter, e.untold(kind, release), actor, note, now)
	return n, to, nil
}

// untold lists the open incidents of a release, for a notice of incidents that a person asks for.
func (e *Engine) untold(kind notice.Kind, release string) (ids []string) {
	for _, i := range e.state.openIncidents() {
		if kind == notice.Incidents && i.Release == release {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

func (e *Engine) sendNotice(actor approval.Actor, c SendNotice, now time.Time) (string, error) {
	n, to, err := e.draft(actor, c.Kind, c.Release, c.Note, now)
	if err != nil {
		return "", err
	}
	if was := e.state.outbox.notices[e.state.outbox.byKey[n.Key]]; was != nil && !c.Again {
		return "", approval.Clash("%s went out as %s on %s: send it with --again if it should go once more", c.Kind, was.ID,
			was.At.In(e.options.Zone).Format("2 Jan 15:04"))
	}
	for base, i := n.Key, 2; e.state.outbox.byKey[n.Key] != ""; i++ {
		n.Key = fmt.Sprintf("%s/%d", base, i)
	}
	e.compose(n, to, actor, now)
	if len(to) == 0 {
		return fmt.Sprintf("%s is kept as history: nobody is configured to get it", n.ID), nil
	}
	return fmt.Sprintf("%s goes to %s", n.ID, count(len(to), "addressee")), nil
}

// newestOf is the newest notice of a kind about a release.
func (e *Engine) newestOf(release string, kind notice.Kind) (newest *notice.Notice) {
	for _, n := range e.state.outbox.notices {
		if n.Release == release && n.Kind == kind && (newest == nil || byNumber(newest.ID, n.ID) < 0) {
			newest = n
		}
	}
	return newest
}

// chooseCopies finds the copies of a notice that a person means.
func (e *Engine) chooseCopies(id, to string) ([]*notice.Delivery, error) {
	if e.state.outbox.notices[id] == nil {
		return nil, fmt.Errorf("notice %.40q is not known: see patchdeck notice list", id)
	}
	all := e.state.copiesOf(id)
	if to == "" {
		return all, nil
	}
	for _, d := range all {
		if strings.EqualFold(d.To, to) {
			return []*notice.Delivery{d}, nil
		}
	}
	return nil, fmt.Errorf("%s has no copy for %.100q: see patchdeck notice show %s", id, to, id)
}

func (e *Engine) retryNotice(actor approval.Actor, c RetryNotice, now time.Time) (string, error) {
	copies, err := e.chooseCopies(c.Notice, c.To)
	if err != nil {
		return "", err
	}
	n := 0
	for _, d := range copies {
		if c.To == "" && d.State != notice.Failed && d.State != notice.Unknown && d.State != notice.Waiting {
			continue
		}
		m, err := d.Retry(now)
		if err != nil {
			return "", err
		}
		e.must(m, actor, "", now)
		e.post.road(d.Addressee()).until = time.Time{} // who retries knows that it answers again
		n++
	}
	if n == 0 {
		return "", approval.Clash("no copy of %s failed or is unknown: name an addressee to send a cancelled one", c.Notice)
	}
	return fmt.Sprintf("%s: %s sent again", c.Notice, wordCopies(n)), nil
}

func (e *Engine) cancelNotice(actor approval.Actor, c CancelNotice, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	copies, err := e.chooseCopies(c.Notice, c.To)
	if err != nil {
		return "", err
	}
	n := 0
	for _, d := range copies {
		if c.To == "" && !notice.Allowed(d.State, notice.Cancelled) {
			continue
		}
		m, err := d.Cancel(c.Reason)
		if err != nil {
			return "", err
		}
		e.must(m, actor, c.Reason, now)
		n++
	}
	if n == 0 {
		return "", approval.Clash("no copy of %s waits, failed or is unknown", c.Notice)
	}
	return fmt.Sprintf("%s: %s not sent", c.Notice, wordCopies(n)), nil
}

// NoticeView is a notice with its copies.
type NoticeView struct {
	notice.Notice
	Deliveries []notice.Delivery
}

// Counts gives how many copies are in each state.
func (n NoticeView) Counts() map[notice.State]int {
	counts := map[notice.State]int{}
	for _, d := range n.Deliveries {
		counts[d.State]++
	}
	return counts
}

// Told is what became of the notices of one kind about a release.
type Told struct {
	Notice string    // the newest one
	At     time.Time // when it was composed; with nobody configured that is all that happens
	Sent   time.Time // when its first copy was taken; zero before
	Copies int
	Open   int // copies that are neither taken nor given up
}

// Told tells which notices about a release exist, by kind: evidence for the procedure of the month.
func (v *View) Told(release string) map[notice.Kind]Told {
	told := map[notice.Kind]Told{}
	for _, n := range v.Notices { // newest first
		if _, newer := told[n.Kind]; newer || n.Release != release {
			continue
		}
		told[n.Kind] = toldBy(n.Notice, func(each func(notice.Delivery)) {
			for _, d := range n.Deliveries {
				each(d)
			}
		})
	}
	return told
}

// told is the same of the state, for other nouns of the engine.
func (e *Engine) told(release string, kind notice.Kind) (Told, bool) {
	n := e.newestOf(release, kind)
	if n == nil {
		return Told{}, false
	}
	return toldBy(*n, func(each func(notice.Delivery)) {
		for _, d := range e.state.copiesOf(n.ID) {
			each(*d)
		}
	}), true
}

func toldBy(n notice.Notice, copies func(func(notice.Delivery))) Told {
	t := Told{Notice: n.ID, At: n.At, Copies: n.Copies}
	copies(func(d notice.Delivery) {
		if d.Open() {
			t.Open++
		}
		if d.State == notice.Sent && (t.Sent.IsZero() || d.Since.Before(t.Sent)) {
			t.Sent = d.Since
		}
	})
	return t
}

func (e *Engine) showNotices(v *View, _ time.Time) {
	o := &e.state.outbox
	if p := &e.post; p.notices == nil || p.noticesAt != o.changes {
		p.notices, p.noticesAt = make([]NoticeView, 0, len(o.notices)), o.changes
		for _, id := range slices.SortedFunc(maps.Keys(o.notices), byNumber) {
			view := NoticeView{Notice: *o.notices[id]}
			for _, d := range e.state.copiesOf(id) {
				view.Deliveries = append(view.Deliveries, *d)
			}
			p.notices = append(p.notices, view)
		}
		slices.Reverse(p.notices)
	}
	v.Notices = e.post.notices
}
