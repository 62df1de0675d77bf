package uitest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Given is one command as it was given.
type Given struct {
	Actor   approval.Actor
	Command engine.Command
}

// Console answers with a view that a test sets, and records the commands that it is given. It refuses what the roles forbid,
// as the engine does. It is safe for concurrent use.
type Console struct {
	mutex    sync.Mutex
	view     *engine.View
	entries  [][]byte
	given    []Given
	refusal  error
	watchers map[chan struct{}]bool
}

// NewConsole makes a console over a view.
func NewConsole(view *engine.View) *Console {
	entries, _ := Trail(int(view.Head.Seq))
	return &Console{view: view, entries: entries, watchers: map[chan struct{}]bool{}}
}

// Show publishes another view and wakes who watches.
func (c *Console) Show(view *engine.View) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.view = view
	for wake := range c.watchers {
		select {
		case wake <- struct{}{}:
		default: // one token is enough
		}
	}
}

// Refuse makes every later command fail with err; nil ends that.
func (c *Console) Refuse(err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.refusal = err
}

// SetEntries replaces the trail by these raw lines.
func (c *Console) SetEntries(raw ...[]byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.entries = raw
}

// Given lists the commands so far.
func (c *Console) Given() []Given {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return append([]Given(nil), c.given...)
}

// Watchers is how many watch now.
func (c *Console) Watchers() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.watchers)
}

// View implements engine.Console.
func (c *Console) View() *engine.View {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.view
}

// Watch implements engine.Console.
func (c *Console) Watch() (<-chan struct{}, func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	wake := make(chan struct{}, 1)
	c.watchers[wake] = true
	return wake, func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.watchers[wake] {
			delete(c.watchers, wake)
			close(wake)
		}
	}
}

// Do implements engine.Console.
func (c *Console) Do(_ context.Context, actor approval.Actor, command engine.Command) (string, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.given = append(c.given, Given{actor, command})
	if c.refusal != nil {
		return "", c.refusal
	}
	if !engine.May(actor, command.Action()) {
		return "", approval.NeedsRole(actor, command.Action(), engine.RolesFor(command.Action())...)
	}
	if preview, ok := command.(engine.PreviewNotice); ok {
		return fmt.Sprintf("notice.preview done\nTo: support@corp.example, security@corp.example\nSubject: %s: %s\n\nWhat people read, and what they have to do by when.", preview.Release, preview.Kind), nil
	}
	return command.Action() + " done", nil
}

// History implements engine.Console.
func (c *Console) History(object string, most int) ([]engine.HistoryLine, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var lines []engine.HistoryLine
	for seq := len(c.entries); seq > 0 && len(lines) < most; seq-- {
		e := entry(seq)
		if e.Object == object {
			lines = append(lines, engine.HistoryLine{Seq: uint64(seq), At: e.At, Actor: e.Actor, Action: e.Action, Words: words(e)})
		}
	}
	return lines, nil
}

func words(e trail.Entry) string {
	return strings.TrimSpace(strings.Join([]string{e.Before, "→", e.After, e.Reason}, " "))
}

// Entries implements engine.Console.
func (c *Console) Entries(from uint64, each func(seq uint64, raw []byte) error) error {
	c.mutex.Lock()
	entries := c.entries
	c.mutex.Unlock()
	for seq := max(from, 1); seq <= uint64(len(entries)); seq++ {
		if err := each(seq, entries[seq-1]); err != nil {
			return err
		}
	}
	return nil
}

// JobLog implements engine.Console: every job that ever began writes three lines.
func (c *Console) JobLog(_ context.Context, actor approval.Actor, ad string, after int) (engine.JobLog, error) {
	if !engine.May(actor, "inventory.sweep") {
		return engine.JobLog{}, approval.Refuse("to read a server takes another role")
	}
	view := c.View()
	for i := range view.Rollouts {
		for _, cell := range view.Rollouts[i].Cells {
			if cell.ID != ad || cell.Attempt == 0 {
				continue
			}
			return engine.JobLog{Job: fmt.Sprintf("%s-install-%d", ad, cell.Attempt), Kind: rollout.JobInstall, Lines: jobLines[min(after, len(jobLines)):]}, nil
		}
	}
	return engine.JobLog{}, nil
}

var jobLines = []rollout.JobLine{
	{Seq: 1, At: At.Add(-11 * time.Minute), Phase: "starting"},
	{Seq: 2, At: At.Add(-9 * time.Minute), Phase: "downloading", Percent: 20, KB: "KB5072033", Text: "content is there already"},
	{Seq: 3, At: At.Add(-6 * time.Minute), Phase: "installing", Percent: 55, KB: "KB5072033"},
}

// ExportTrail implements engine.Console: it records the command that the engine would give itself.
func (c *Console) ExportTrail(ctx context.Context, actor approval.Actor, reason string) (string, error) {
	head := c.View().Head
	return c.Do(ctx, actor, engine.RecordExport{Where: "/srv/patchdeck/exports/trail.jsonl", Entries: head.Seq, Head: head.String(), Reason: reason})
}

// AddFile implements engine.Console: it reads the file and records the command that the engine would give itself.
func (c *Console) AddFile(ctx context.Context, actor approval.Actor, kb, name, origin string, content io.Reader) (string, error) {
	size, err := io.Copy(io.Discard, content)
	if err != nil {
		return "", err
	}
	return c.Do(ctx, actor, engine.AddFile{KB: kb, Origin: origin, File: catalog.SourceFile{Name: name, Size: size}})
}

// Facts implements engine.Console.
func (c *Console) Facts(_ context.Context, _ approval.Actor, server inventory.ServerID) (inventory.Facts, error) {
	for _, s := range c.View().Servers {
		if s.ID == server && s.Facts != nil {
			return *s.Facts, nil
		}
	}
	return inventory.Facts{}, fmt.Errorf("no answer from %s in 20 s", server)
}

// Trail makes a real chain of so many entries.
func Trail(entries int) ([][]byte, trail.Head) {
	var head trail.Head
	raws := make([][]byte, entries)
	for i := range raws {
		raw, next, err := head.Append(entry(i + 1))
		if err != nil {
			panic(err) // an entry of this package is wrong
		}
		raws[i], head = raw, next
	}
	return raws, head
}

func entry(seq int) trail.Entry {
	server := fmt.Sprintf("s%05d", 58+spread(seq, 9))
	e := trail.Entry{At: At.Add(time.Duration(seq-301) * 17 * time.Second), Actor: "engine", Via: "engine", Action: "advertisement.moved", Object: server}
	switch seq % 5 {
	case 0:
		e.Before, e.After = "staged", "running"
	case 1:
		e.Before, e.After = "running", "restarting"
	case 2:
		e.Before, e.After = "restarting", "verifying"
	case 3:
		e.Before, e.After = "verifying", "succeeded"
	case 4:
		e.Actor, e.Roles, e.Via, e.Action, e.Object = "k.osei", []string{"lead"}, "ssh", "rollout.hold", ProdID
		e.Before, e.After, e.Reason = "running", "paused", "storage team asks for ten minutes"
	}
	return e
}
