package plain

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
)

// Options are what one plain session works with.
type Options struct {
	Console engine.Console
	Actor   approval.Actor
	Zone    *time.Location // nil is UTC
	In      io.Reader
	Out     io.Writer // lines end in "\n"
	// Raw is a terminal that sends every key and shows none: the session writes what is typed and edits it.
	Raw bool
	// Command runs one typed command and prints what it has to say.
	Command func(ctx context.Context, line string)
	// Active is told of every line that is typed; nil is nobody.
	Active func()
}

// pace is the least time between two batches of news, and countPace between two counts of the same rollout.
const (
	pace      = time.Second
	countPace = 15 * time.Second
)

// Words that are no commands of the tree.
const help = `Changes are told as they happen, at most once a second. Type a command and press enter:
  status             how everything stands
  needs              what waits for a person
  news off, news on  stop and go on telling changes
  quit               leave; rollouts go on
  an empty line      ends a command that goes on and on
Everything else is a command of patchdeck, for instance: rollout servers R-1, inventory list, change show CHG-1, --help.`

// Run tells news and takes commands until the person leaves, In ends, or ctx does.
func Run(ctx context.Context, o Options) error {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wake, stop := o.Console.Watch()
	defer stop()
	typed := make(chan string)
	s := &session{Options: o, typed: typed, shown: o.Console.View()}
	s.say("patchdeck, plain mode, for %s (%s). Type help for help.", o.Actor.Name, strings.Join(o.Actor.RoleNames(), ", "))
	s.lines(Standing(s.shown, o.Zone))
	go readLines(ctx, o, typed)
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for s.failed == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, more := <-s.typed:
			if !more || s.obey(ctx, line) {
				return nil
			}
		case _, more := <-wake:
			if !more {
				s.say("patchdeck ends. Rollouts go on at its next start.")
				return nil
			}
			s.stale = true
		case <-ticker.C:
			if s.stale && !s.silent {
				s.tell()
			}
		}
	}
	return s.failed
}

// session is the state of one Run.
type session struct {
	Options
	typed   <-chan string
	shown   *engine.View // what the person was last told about
	counted time.Time    // when counts were last said, by the wall's clock
	stale   bool
	silent  bool
	failed  error
}

func (s *session) say(format string, args ...any) {
	if s.failed == nil {
		_, s.failed = fmt.Fprintln(s.Out, part.Clean(fmt.Sprintf(format, args...)))
	}
}

func (s *session) lines(list []string) {
	for _, line := range list {
		s.say("%s", line)
	}
}

// tell says what is new.
func (s *session) tell() {
	now := s.Console.View()
	counts := time.Since(s.counted) >= countPace
	lines := News(s.shown, now, s.Zone, counts)
	if len(lines) > 0 || counts {
		s.counted = time.Now()
	}
	if !counts && len(lines) == 0 && uncounted(s.shown, now) {
		return // their counts are still to be told, so what was shown stays the old view
	}
	s.stale, s.shown = false, now
	s.lines(lines)
}

// uncounted tells whether counts differ that have not been said.
func uncounted(before, after *engine.View) bool {
	return len(before.Rollouts) != len(after.Rollouts) || slices.ContainsFunc(after.Rollouts, func(r engine.RolloutView) bool {
		i := slices.IndexFunc(before.Rollouts, func(b engine.RolloutView) bool { return b.ID == r.ID })
		return i < 0 || !sameCounts(before.Rollouts[i].Counts, r.Counts)
	})
}

// obey does what was typed; over says that the person leaves.
func (s *session) obey(ctx context.Context, line string) (over bool) {
	if s.Active != nil {
		s.Active()
	}
	switch line = strings.TrimSpace(line); strings.ToLower(line) {
	case "":
	case "quit", "exit", "q":
		s.say("Left. Rollouts go on.")
		return true
	case "help", "?":
		for text := range strings.Lines(help) {
			s.say("%s", strings.TrimSuffix(text, "\n"))
		}
	case "status":
		s.shown, s.stale = s.Console.View(), false
		s.lines(Standing(s.shown, s.Zone))
	case "needs":
		for _, n := range s.Console.View().Needs {
			s.say("%s", needLine("Needs you", n))
		}
	case "news off":
		s.silent = true
		s.say("Changes are no longer told. news on goes on.")
	case "news on":
		s.silent = false
		s.say("Changes are told again.")
	default:
		return s.run(ctx, strings.TrimPrefix(line, "patchdeck "))
	}
	return false
}

// run runs a command of the tree, then those that were typed meanwhile. An empty line ends one that goes on and on.
func (s *session) run(ctx context.Context, line string) (over bool) {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Command(running, line)
	}()
	var waiting []string
	for typed := s.typed; ; {
		select {
		case <-ended:
			for _, line := range waiting {
				if s.obey(ctx, line) {
					return true
				}
			}
			return over
		case next, more := <-typed:
			switch {
			case !more:
				typed, over = nil, true // what was typed before the end is done all the same
			case next == "":
				cancel()
			case len(waiting) < mostWaiting:
				waiting = append(waiting, next)
			}
		}
	}
}

// mostWaiting bounds the lines that are kept while a command runs.
const mostWaiting = 100
