package serve

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound what connections may take. The zero value of each field is its default.
type Limits struct {
	Connections        int           // at once, logged in or not; default 128
	SessionsConnection int           // at once on one connection; default 8
	SessionsPerson     int           // at once by one person; default 16
	Login              time.Duration // from connecting to the first session; default 20 s
	Idle               time.Duration // a console without a key press; default 30 min
	KeepAlive          time.Duration // between two questions to a client; a client that leaves one unanswered for as long is gone; default 30 s
	Grace              time.Duration // a session that is told to end may take so long; default 2 s
}

var defaultLimits = Limits{
	Connections: 128, SessionsConnection: 8, SessionsPerson: 16,
	Login: 20 * time.Second, Idle: 30 * time.Minute, KeepAlive: 30 * time.Second, Grace: 2 * time.Second,
}

// complete fills in the defaults and refuses what would lock everybody out.
func (l Limits) complete() (Limits, error) {
	for _, n := range []struct {
		value *int
		usual int
		name  string
	}{
		{&l.Connections, defaultLimits.Connections, "connections"},
		{&l.SessionsConnection, defaultLimits.SessionsConnection, "sessions on one connection"},
		{&l.SessionsPerson, defaultLimits.SessionsPerson, "sessions of one person"},
	} {
		if *n.value < 0 {
			return l, fmt.Errorf("limit of %s: %d is less than nothing", n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.usual
		}
	}
	for _, d := range []struct{ value, usual *time.Duration }{
		{&l.Login, &defaultLimits.Login}, {&l.Idle, &defaultLimits.Idle},
		{&l.KeepAlive, &defaultLimits.KeepAlive}, {&l.Grace, &defaultLimits.Grace},
	} {
		if *d.value < 0 {
			return l, errors.New("a time limit is less than nothing")
		}
		if *d.value == 0 {
			*d.value = *d.usual
		}
	}
	return l, nil
}
