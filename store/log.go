package store

import (
	"fmt"
	"log/slog"
	"strings"
)

// badgerLog carries Badger's messages to slog. What Badger calls information is of use to debug Badger only.
type badgerLog struct{ to *slog.Logger }

func (l badgerLog) Errorf(format string, v ...any) {
	l.to.Error("badger", "message", message(format, v))
}
func (l badgerLog) Warningf(format string, v ...any) {
	l.to.Warn("badger", "message", message(format, v))
}
func (l badgerLog) Infof(format string, v ...any) {
	l.to.Debug("badger", "message", message(format, v))
}
func (l badgerLog) Debugf(format string, v ...any) {
	l.to.Debug("badger", "message", message(format, v))
}

func message(format string, v []any) string { return strings.TrimSpace(fmt.Sprintf(format, v...)) }
