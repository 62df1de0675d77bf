package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// event names a thing that truly happened on a server.
type event string

const (
	jobStarted       event = "job_started"       // a job's process began to run
	jobFinished      event = "job_finished"      // it ended by itself; result and code say how
	jobLost          event = "job_lost"          // a restart ended it
	jobRemoved       event = "job_removed"       // its task and work files were removed
	downloaded       event = "downloaded"        // the content of an update arrived
	installStaged    event = "install_staged"    // a cumulative update waits for the restart that completes it
	installed        event = "installed"         // the update is on the server: its build, or its KB, is there
	installFailed    event = "install_failed"    // an installation ended without the update; code says why
	removed          event = "removed"           // the update is gone: for cumulative ones during the start
	removeFailed     event = "remove_failed"     // an update could not be removed; code says why
	rolledBack       event = "rolled_back"       // the start undid a cumulative update that waited for it
	nodeSuspended    event = "node_suspended"    // a node of a cluster was drained and paused; by says for whom
	nodeDrained      event = "node_drained"      // everything has left it
	drainFailed      event = "drain_failed"      // not everything could leave it
	nodeResumed      event = "node_resumed"      // it serves its cluster again
	roleMoved        event = "role_moved"        // an operation master role left it for another domain controller; by says for which
	roleReturned     event = "role_returned"     // such a role came back to it
	roleRefused      event = "role_refused"      // such a role did not leave it; code says why
	monitoringSet    event = "monitoring"        // its monitoring was suspended or resumed; by says which, and for which change
	monitoringFailed event = "monitoring_failed" // the owners' script for that ended with an error
	restartIgnored   event = "restart_ignored"   // a restart was accepted and does not happen; by says which
	networkGoes      event = "network_lost"      // nobody can reach it, while it works on
	networkBack      event = "network_back"      // it can be reached again
	goesDown         event = "going_down"        // a restart has begun; by says by which order
	restarted        event = "restarted"         // the server started again; boot says when, by which order
)

// entry is one line of the ledger.
type entry struct {
	At     stamp  `json:"at"`
	Server string `json:"server"`
	Event  event  `json:"event"`
	Job    string `json:"job,omitempty"`
	Kind   string `json:"kind,omitempty"`
	KB     string `json:"kb,omitempty"`
	Build  string `json:"build"` // the server's build after the event
	Result string `json:"result,omitempty"`
	Code   string `json:"code,omitempty"`
	Boot   stamp  `json:"boot,omitzero"`
	By     string `json:"by,omitempty"` // the id of the restart order
}

// stamp is a moment of fleet time as servers and the ledger write it: RFC 3339 in UTC with milliseconds.
type stamp time.Time

func (s stamp) IsZero() bool { return time.Time(s).IsZero() }

func (s stamp) MarshalText() ([]byte, error) {
	if s.IsZero() {
		return nil, nil
	}
	return time.Time(s).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

// ledger writes what happens. A line is one Write, so that lines of several writers to one file never mix. The first
// error is kept: a ledger with a hole in it must not pass for the truth.
type ledger struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

func (l *ledger) write(e entry) {
	if l.out == nil {
		return
	}
	line, err := json.Marshal(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("ledger line of %s: %w", e.Server, err)
	}
}

func (l *ledger) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
