package store

import (
	"log/slog"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Option changes how a store is opened.
type Option func(*settings)

type settings struct {
	minFree uint64
	ballast uint64
	logger  *slog.Logger
	free    func(dir string) (uint64, error)
	fill    func(*Store) error // puts the first content into a new store, before it counts as one
	accept  bool               // the trail counts, whatever the anchor says
	wrote   func()             // called after each synced write; tests kill the process there
}

func defaults() settings {
	return settings{
		minFree: 256 << 20,
		logger:  slog.New(slog.DiscardHandler),
		free:    FreeSpace,
		wrote:   func() {},
	}
}

// WithMinFree sets how many bytes must stay free on the disk for a commit to be taken. The default is 256 MiB; 0 takes
// every commit.
func WithMinFree(bytes uint64) Option { return func(s *settings) { s.minFree = bytes } }

// WithBallast keeps a file of so many bytes beside the store. It is given up when the disk is too full to start, so
// that the store can be opened and the lead can act; it comes back when there is room. The default is none.
func WithBallast(bytes uint64) Option { return func(s *settings) { s.ballast = bytes } }

// WithAcceptedTrail opens a store whose anchor is gone or does not agree with its trail: Accepted says what was wrong. The anchor
// agrees again with the next commit, which should be the entry that says who accepted it and why.
func WithAcceptedTrail() Option { return func(s *settings) { s.accept = true } }

// WithLogger tells Badger's warnings, and its news at debug level, to a logger. The default is silence.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.logger = logger } }

// magic marks the database as ours in Badger's own manifest.
const magic = 0x7064

// badgerOptions are measured choices; doc.go says why.
func (s settings) badgerOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(true).
		WithDetectConflicts(false). // there is one writer
		WithNumVersionsToKeep(1).
		WithMemTableSize(16 << 20).
		WithNumMemtables(2).
		WithValueLogFileSize(1 << 20).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(8 << 20).
		WithNumCompactors(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(6).
		WithCompactL0OnClose(true).
		WithChecksumVerificationMode(options.NoVerification). // tables.go has verified all of them before
		WithMetricsEnabled(false).
		WithExternalMagic(magic).
		WithLogger(badgerLog{s.logger})
}
