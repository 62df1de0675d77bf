package status

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// Limits of the site. A page is a view old at most, so nobody gains from asking more often.
const (
	mostConnections = 128
	mostHeader      = 8 << 10
	headerTime      = 5 * time.Second
	answerTime      = 15 * time.Second
	idleTime        = 60 * time.Second
)

// Server is a site that listens.
type Server struct {
	http    *http.Server
	address net.Addr
}

// Addr is where the site answers.
func (s *Server) Addr() net.Addr { return s.address }

// Serve begins to answer at a listener, and takes it over.
func Serve(l net.Listener, o Options) *Server {
	s := &Server{address: l.Addr(), http: &http.Server{Handler: New(o), ReadHeaderTimeout: headerTime, ReadTimeout: answerTime, WriteTimeout: answerTime,
		IdleTimeout: idleTime, MaxHeaderBytes: mostHeader}}
	go s.http.Serve(netutil.LimitListener(l, mostConnections))
	return s
}

// Close ends the site; answers under way get until the end of ctx.
func (s *Server) Close(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		return s.http.Close()
	} else {
		return err
	}
}
