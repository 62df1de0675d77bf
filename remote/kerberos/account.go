package kerberos

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Account is who logs in, with what, and where the domain is. Exactly one of Password, Keytab and Cache is set.
type Account struct {
	User     string // user@REALM; with a cache it may be empty
	Password string
	Keytab   []byte // contents of a keytab file
	Cache    []byte // contents of a credential cache file; who writes it also renews it

	Config string        // text of a krb5.conf; empty finds the realm's KDCs by DNS
	Hold   time.Duration // how long a KDC's refusal is believed without asking again
}

// strong are the only ciphers that are used, best first.
var strong = []int32{etypeID.AES256_CTS_HMAC_SHA1_96, etypeID.AES128_CTS_HMAC_SHA1_96,
	etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA256_128}

// New makes a client for an account. It asks nobody yet.
func New(a Account) (c *Client, err error) {
	defer recovered(&err)
	set := 0
	for _, has := range []bool{a.Password != "", len(a.Keytab) > 0, len(a.Cache) > 0} {
		if has {
			set++
		}
	}
	if set != 1 {
		return nil, errors.New("kerberos needs one of password, keytab and credential cache")
	}
	c = &Client{hold: a.Hold, tickets: map[string]*Ticket{}, now: time.Now}
	if len(a.Cache) > 0 {
		if err := c.takeCache(a); err != nil {
			return nil, err
		}
	} else {
		user, realm, found := strings.Cut(a.User, "@")
		if !found || user == "" || realm == "" || strings.ContainsAny(a.User, `\ `) {
			return nil, fmt.Errorf("user %q: kerberos wants it as user@REALM", a.User)
		}
		c.user, c.realm = types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, user), strings.ToUpper(realm)
	}
	if c.config, err = configuration(a.Config, c.realm); err != nil {
		return nil, err
	}
	switch {
	case len(a.Keytab) > 0:
		err = c.takeKeytab(a.Keytab)
	case a.Password != "":
		c.makeKey = c.fromPassword(a.Password)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// configuration reads a krb5.conf and takes away from it what is weak.
func configuration(text, realm string) (*config.Config, error) {
	read := config.New()
	read.LibDefaults.DNSLookupKDC = true
	if text != "" {
		var err error
		if read, err = config.NewFromString(text); err != nil {
			return nil, fmt.Errorf("the Kerberos configuration is not readable: %w", err)
		}
	}
	read.LibDefaults.DefaultRealm = realm
	read.LibDefaults.DefaultTktEnctypeIDs, read.LibDefaults.DefaultTGSEnctypeIDs, read.LibDefaults.PermittedEnctypeIDs = strong, strong, strong
	return read, nil
}

func (c *Client) takeKeytab(contents []byte) error {
	table := keytab.New()
	if err := table.Unmarshal(contents); err != nil {
		return fmt.Errorf("the keytab is not readable: %w", err)
	}
	c.makeKey = c.fromKeytab(table)
	if _, _, err := c.key(nil); err != nil {
		return fmt.Errorf("the keytab holds no AES key of %s@%s", c.user.PrincipalNameString(), c.realm)
	}
	return nil
}

// takeCache takes the login from a credential cache. It is never renewed here.
func (c *Client) takeCache(a Account) error {
	cache := new(credentials.CCache)
	if err := cache.Unmarshal(bytes.Clone(a.Cache)); err != nil {
		return fmt.Errorf("the credential cache is not readable: %w", err)
	}
	c.user, c.realm = cache.GetClientPrincipalName(), cache.GetClientRealm()
	owner := c.user.PrincipalNameString() + "@" + c.realm
	if a.User != "" && !strings.EqualFold(a.User, owner) {
		return fmt.Errorf("the credential cache is of %s, not of %s", owner, a.User)
	}
	for _, entry := range cache.GetEntries() {
		if server := entry.Server.PrincipalName.PrincipalNameString(); server != "krbtgt/"+c.realm {
			continue
		}
		var granting messages.Ticket
		if err := granting.Unmarshal(entry.Ticket); err != nil {
			return fmt.Errorf("the credential cache is not readable: %w", err)
		}
		c.granting = &Ticket{ticket: granting, key: entry.Key, from: entry.AuthTime, until: entry.EndTime}
		c.cached = true
		return nil
	}
	return fmt.Errorf("the credential cache of %s holds no login (krbtgt/%s): run kinit", owner, c.realm)
}

// recovered turns a panic of gokrb5 over hostile bytes into an error.
func recovered(err *error) {
	if cause := recover(); cause != nil {
		*err = failed(Unreadable, "the bytes are not what Kerberos allows")
	}
}
