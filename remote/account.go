package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/transport"
)

// account is one named credential and what servers said of it. A wrong password must not lock a domain account, whatever
// the size of the fleet: it is tried once per server and then held there; a password that no server has accepted yet is
// tried on one server at a time; and after three servers in a row refused it, it is tried nowhere until the hold ends. A
// server that accepted the same password before gets more patience, since a freshly started one refuses good passwords for
// a moment. A new password behind the same name lifts every hold.
type account struct {
	name    string
	resolve func(string) (Credential, error)
	hold    time.Duration
	now     func() time.Time // wall time

	trial chan struct{} // holds one token: who has it may try an unproven password

	mutex    sync.Mutex
	login    login
	err      error
	until    time.Time            // when login and err are read again
	reading  chan struct{}        // closed when a reading that is under way ends
	proven   bool                 // some server accepted the password, and not too many refused it since
	row      int                  // weight of the refusals since the last server that accepted it
	everyone time.Time            // held for all servers until then
	held     map[string]time.Time // held for one server until then, by address
	accepted map[string]bool      // servers that accepted the password, by address
}

const (
	// A refusal by a server that never accepted the password weighs refusalOfNew, by another one; at refusalLimit the
	// password is held back everywhere.
	refusalOfNew, refusalOfKnown, refusalLimit = 3, 1, 9
	// knownPatience is the part of the hold time that a server waits which accepted the password before.
	knownPatience = 15
	// A credential is read again after credentialLife, or after refusedLife when somebody may be mending it.
	credentialLife = 10 * time.Minute
	refusedLife    = 10 * time.Second
)

func newAccount(name string, o *Options) *account {
	return &account{name: name, resolve: o.Credentials, hold: o.HoldTime, now: time.Now,
		trial: make(chan struct{}, 1), held: map[string]time.Time{}, accepted: map[string]bool{}}
}

// get gives the login to use with a server, or why it may not be tried there.
func (a *account) get(ctx context.Context, address string) (login, error) {
	for {
		a.mutex.Lock()
		if a.now().Before(a.until) {
			l, err := a.login, a.err
			if err == nil {
				err = a.holds(address)
			}
			a.mutex.Unlock()
			return l, err
		}
		if a.reading == nil {
			a.reading = make(chan struct{})
			go a.read()
		}
		done := a.reading
		a.mutex.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
			return login{}, &transport.Error{Kind: transport.Ended, Err: ctx.Err()}
		}
	}
}

func (a *account) read() {
	l, err := a.resolveNow()
	a.mutex.Lock()
	defer a.mutex.Unlock()
	life := credentialLife
	if err != nil {
		err = &rollout.Failure{Class: rollout.ClassAccess, Code: "PD-CREDENTIAL", Retry: true,
			Words: clean(fmt.Sprintf("credential %q cannot be used: %v", a.name, err), longWords)}
		life = refusedLife
	}
	if l.same(a.login.Credential) && err == nil {
		l.from = a.login.from // it has tickets, and knows what the domain refused
	}
	if !l.same(a.login.Credential) {
		a.proven, a.row, a.everyone = false, 0, time.Time{}
		clear(a.held)
		clear(a.accepted)
	} else if len(a.held) > 0 {
		life = refusedLife
	}
	a.login, a.err, a.until = l, err, a.now().Add(life)
	close(a.reading)
	a.reading = nil
}

func (a *account) resolveNow() (login, error) {
	if a.resolve == nil {
		return login{}, errors.New("no credentials are configured")
	}
	credential, err := a.resolve(a.name)
	if err != nil {
		return login{}, err
	}
	return prepare(credential, a.hold)
}

// holds says why the password may not be tried on a server now.
func (a *account) holds(address string) error {
	now := a.now()
	if now.Before(a.everyone) {
		return &rollout.Failure{Class: rollout.ClassAccess, Code: "PD-LOGON-HELD", Words: clean(fmt.Sprintf(
			"credential %q is held back: servers in a row refused %s; correct it", a.name, a.login.proof), longWords)}
	}
	if now.Before(a.held[address]) {
		return &rollout.Failure{Class: rollout.ClassAccess, Code: "PD-LOGON-HELD", Words: clean(fmt.Sprintf(
			"the server refused %s of credential %q and it is not tried again before %s, so that the account is not locked",
			a.login.proof, a.name, a.held[address].UTC().Format(time.RFC3339)), longWords)}
	}
	return nil
}

// admit is asked just before the password is tried on a server. It waits while another server tries an unproven one.
func (a *account) admit(ctx context.Context, address string) (tried func(error), err error) {
	if tried, err, ok := a.enter(address); ok {
		return tried, err
	}
	select {
	case a.trial <- struct{}{}:
	case <-ctx.Done():
		return nil, &transport.Error{Kind: transport.Ended, Err: ctx.Err()}
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err := a.holds(address); err != nil {
		<-a.trial
		return nil, err
	}
	return func(err error) {
		a.learn(address, err)
		<-a.trial
	}, nil
}

// enter answers for an account that is proven or held; ok is false when its password needs a trial.
func (a *account) enter(address string) (tried func(error), err error, ok bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err := a.holds(address); err != nil {
		return nil, err, true
	}
	return func(err error) { a.learn(address, err) }, nil, a.proven
}

// learn takes in what became of a try.
func (a *account) learn(address string, err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	var failure *transport.Error
	switch {
	case err == nil:
		a.proven, a.row, a.accepted[address] = true, 0, true
		delete(a.held, address)
	case errors.As(err, &failure) && failure.Kind == transport.LogonRefused:
		a.refused(address, a.now())
	}
}

func (a *account) refused(address string, now time.Time) {
	hold, weight := a.hold, refusalOfNew
	if a.accepted[address] {
		hold, weight = a.hold/knownPatience, refusalOfKnown
		delete(a.accepted, address)
	}
	a.held[address] = now.Add(hold)
	if a.row += weight; a.row >= refusalLimit {
		a.proven, a.everyone = false, now.Add(a.hold)
	}
	a.doubt(now)
}

// doubt makes the credential be read again soon: somebody may be correcting it.
func (a *account) doubt(now time.Time) {
	if soon := now.Add(refusedLife); soon.Before(a.until) {
		a.until = soon
	}
}

// refusedByDomain takes in that a domain controller refused the account. The client that asked it holds it back.
func (a *account) refusedByDomain() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.doubt(a.now())
}

// proof names what servers refuse, for messages.
func (a *account) proof() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.login.proof
}
