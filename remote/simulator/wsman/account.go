package wsman

import (
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"patchdeck/remote/simulator/wsman/ntlm"
)

// accountName strips the domain of DOMAIN\user and user@domain.
func accountName(user string) string {
	if _, name, found := strings.Cut(user, `\`); found {
		return name
	}
	name, _, _ := strings.Cut(user, "@")
	return name
}

func accountKey(user string) string { return strings.ToLower(accountName(user)) }

var (
	errLocked  = errors.New("the account is locked")
	errUnknown = errors.New("there is no such account")
)

// authenticate checks the proof of a password and counts wrong ones.
func (e *Endpoint) authenticate(acceptor *ntlm.Acceptor, proof []byte) (*ntlm.Login, error) {
	user, err := ntlm.User(proof)
	if err != nil {
		return nil, err
	}
	password, ok := e.machine.Password(accountName(user))
	if !ok {
		return nil, errUnknown
	}
	account, err := acceptor.Authenticate(proof, password)
	if err == nil || errors.Is(err, ntlm.ErrPassword) {
		if !e.countLogon(user, err == nil) {
			return nil, errLocked
		}
	}
	return account, err
}

// checkPassword checks a password that came in clear text, and counts wrong ones.
func (e *Endpoint) checkPassword(user, given string) bool {
	password, ok := e.machine.Password(accountName(user))
	if !ok {
		return false
	}
	right := subtle.ConstantTimeCompare([]byte(password), []byte(given)) == 1
	return e.countLogon(user, right) && right
}

// failures are wrong passwords in a row.
type failures struct {
	count int
	last  time.Time
}

// failuresOf gives the wrong passwords of an account that still count.
func (e *Endpoint) failuresOf(key string) failures {
	f := e.wrong[key]
	switch {
	case f == nil:
		return failures{}
	case e.options.LockoutTime > 0 && e.options.Now().Sub(f.last) >= e.options.LockoutTime:
		delete(e.wrong, key)
		return failures{}
	}
	return *f
}

// countLogon keeps the count of wrong passwords and tells whether the account is open.
func (e *Endpoint) countLogon(user string, right bool) (open bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	key := accountKey(user)
	before := e.failuresOf(key)
	if threshold := e.options.LockoutThreshold; threshold > 0 && before.count >= threshold {
		return false
	}
	if right {
		delete(e.wrong, key)
		return true
	}
	if e.wrong == nil {
		e.wrong = make(map[string]*failures)
	}
	e.wrong[key] = &failures{before.count + 1, e.options.Now()}
	return true
}
