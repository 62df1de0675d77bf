package engine

import (
	"context"
	"io"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// Console is what a console may do with the engine: read the newest view, wait for a newer one, and give commands. The
// engine itself is one; so is a connection to a daemon.
type Console interface {
	// View is the newest snapshot. It never blocks.
	View() *View
	// Watch returns a channel that gets a token, at most ten times a second, when a newer view exists. stop closes the channel; a
	// reader that does not read costs the engine nothing.
	Watch() (wake <-chan struct{}, stop func())
	// Do gives one command and returns when its outcome is durable. Answer is a short line for the person. An error is an
	// *approval.Denied when a role or rule forbids it.
	Do(ctx context.Context, actor approval.Actor, command Command) (answer string, err error)
	// History gives what the audit trail says of one object, newest first, at most the given number of lines.
	History(object string, most int) ([]HistoryLine, error)
	// Entries gives the raw audit entries from a sequence number on, in order; they hash to View().Head.
	Entries(from uint64, each func(seq uint64, raw []byte) error) error
	// ExportTrail writes the trail as it stands now into a file on the machine that this console runs on, and records that.
	ExportTrail(ctx context.Context, actor approval.Actor, reason string) (answer string, err error)
	// JobLog reads the progress lines of an advertisement's newest host job now, after the given line; at most MostJobLines.
	JobLog(ctx context.Context, actor approval.Actor, ad string, after int) (JobLog, error)
	// Facts reads one server's facts now.
	Facts(ctx context.Context, actor approval.Actor, server inventory.ServerID) (inventory.Facts, error)
	// AddFile reads a source file of an update to its end, keeps it and records what its signature is worth; origin is the vendor's
	// address that it came from.
	AddFile(ctx context.Context, actor approval.Actor, kb, name, origin string, content io.Reader) (answer string, err error)
}

// HistoryLine is one audit entry in short.
type HistoryLine struct {
	Seq    uint64
	At     time.Time
	Actor  string
	Action string
	Words  string
}
