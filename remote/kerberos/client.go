package kerberos

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Client gets tickets for one account and keeps them for their life time. It is safe for many callers at once.
type Client struct {
	user    types.PrincipalName
	realm   string
	config  *config.Config
	makeKey keyMaker
	cached  bool // the login comes from a cache: only who wrote it can renew it
	hold    time.Duration
	now     func() time.Time

	asking sync.Mutex           // held while a KDC is asked for a login; guards hints
	hints  types.PADataSequence // what the domain last said about the account's key

	mutex        sync.Mutex
	granting     *Ticket // the login: the ticket that gives tickets
	tickets      map[string]*Ticket
	refused      *Error
	refusedUntil time.Time
}

// Ticket lets an account log in to one server.
type Ticket struct {
	ticket      messages.Ticket
	key         types.EncryptionKey
	user        types.PrincipalName
	realm       string
	from, until time.Time
	drop        func()
}

// Drop makes the next login ask for another ticket: the server may have got a new key, as when it was set up anew.
func (t *Ticket) Drop() { t.drop() }

// margin is how long a ticket must still be good for to be used.
const margin = 2 * time.Minute

func (t *Ticket) good(now time.Time) bool { return t != nil && now.Before(t.until.Add(-margin)) }

// fresh tells whether a login is in the first five sixths of its life.
func (t *Ticket) fresh(now time.Time) bool {
	return t.good(now) && now.Before(t.until.Add(-t.until.Sub(t.from)/6))
}

// Ticket gives the ticket for the WinRM service of a server, named as the domain knows it. The error is an *Error.
func (c *Client) Ticket(ctx context.Context, server string) (*Ticket, error) {
	if net.ParseIP(server) != nil {
		return nil, failed(NoTicket, "kerberos needs the server's DNS name in the inventory, not its address %s", server)
	}
	service := "HTTP/" + strings.ToLower(strings.TrimSuffix(server, "."))
	c.mutex.Lock()
	kept := c.tickets[service]
	c.mutex.Unlock()
	if kept.good(c.now()) {
		return kept, nil
	}
	type answer struct {
		ticket *Ticket
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		ticket, err := c.ask(service)
		answers <- answer{ticket, err}
	}()
	select {
	case a := <-answers:
		return a.ticket, a.err
	case <-ctx.Done():
		return nil, &Error{Kind: Ended, Err: ctx.Err()}
	}
}

func (c *Client) ask(service string) (ticket *Ticket, err error) {
	defer recovered(&err)
	granting, err := c.login()
	if err != nil {
		return nil, err
	}
	ticket, err = c.ticketFor(types.NewPrincipalName(nametype.KRB_NT_SRV_INST, service), granting)
	if err != nil {
		failure := explain(err, NoTicket)
		return nil, &Error{Kind: failure.Kind, Err: fmt.Errorf("no ticket for %s: %w", service, failure.Err)}
	}
	ticket.drop = func() { c.forget(service, ticket) }
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.tickets[service] = ticket
	return ticket, nil
}

func (c *Client) forget(service string, ticket *Ticket) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.tickets[service] == ticket {
		delete(c.tickets, service)
	}
}

// login gives the ticket that gives tickets, asking a KDC for one when there is none. One caller at a time asks.
func (c *Client) login() (*Ticket, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	c.mutex.Lock()
	granting, refused, now := c.granting, c.refused, c.now()
	if !now.Before(c.refusedUntil) {
		refused = nil
	}
	c.mutex.Unlock()
	switch {
	case granting.fresh(now), c.cached && granting.good(now):
		return granting, nil
	case c.cached:
		return nil, failed(Refused, "the login in the credential cache has expired: run kinit")
	case refused != nil:
		return nil, refused
	}
	granting, err := c.logOn()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err == nil {
		c.granting, c.refused = granting, nil
		return granting, nil
	}
	failure := explain(err, Refused)
	if failure.Kind == Refused {
		c.refused, c.refusedUntil = failure, c.now().Add(c.hold)
	}
	return nil, failure
}
