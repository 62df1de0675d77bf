package catalog

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Site is where a vendor speaks for itself: its hosts, with everything below them.
type Site []string

// microsoft are the hosts of the vendor whose bulletins are imported.
var microsoft = Site{"microsoft.com", "windowsupdate.com"}

// SiteOf gives the vendor's own site of an update: that of the page that was named when the update was added by hand.
func (u Update) SiteOf() Site {
	if u.Site == "" {
		return microsoft
	}
	host, err := secureHost(u.Site)
	if err != nil {
		return nil
	}
	return Site{strings.TrimPrefix(host, "www.")}
}

// Owns refuses an address that is not on the vendor's own site, reached over https.
func (s Site) Owns(address string) error {
	host, err := secureHost(address)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s, func(own string) bool { return host == own || strings.HasSuffix(host, "."+own) }) {
		return fmt.Errorf("%s is not on the vendor's own site: use an address on %s", quote(host), strings.Join(s, ", "))
	}
	return nil
}

// mostAddress bounds an address.
const mostAddress = 2000

// secureHost gives the host of an https address.
func secureHost(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > mostAddress || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", fmt.Errorf("%s is no address on a vendor's site: use https://HOST/PATH", quote(address))
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), nil
}

// CheckPage refuses a page that cannot be a vendor's.
func CheckPage(address string) error {
	_, err := secureHost(address)
	return err
}
