package notice

import (
	"cmp"
	"slices"
	"strings"
)

// Channel is the way that a copy goes.
type Channel string

const (
	Mail    Channel = "mail"
	Webhook Channel = "webhook"
)

// Addressee is who gets one copy: a mail address, or a webhook by its name.
type Addressee struct {
	Channel Channel
	To      string
}

// Road is what copies share that fail together: the mail server, or one webhook.
func (a Addressee) Road() string {
	if a.Channel == Mail {
		return string(Mail)
	}
	return string(a.Channel) + "/" + a.To
}

// Hook is a webhook that gets notices; no kinds means all.
type Hook struct {
	Name  string
	Kinds []Kind
}

// Book says who gets what. The empty book sends nothing: notices are kept as history alone.
type Book struct {
	Groups map[Group][]string
	Owners map[string][]string // by the owner of a server, without regard to case
	Hooks  []Hook
	Quiet  []Kind // kept as history, sent to nobody
}

// MostAddressees bounds the copies of one notice.
const MostAddressees = 500

// For lists who gets a notice of a kind that concerns servers of these owners, each once, in a fixed order; also are groups that get this one beside
// those of its kind.
func (b Book) For(kind Kind, owners []string, also ...Group) []Addressee {
	if slices.Contains(b.Quiet, kind) {
		return nil
	}
	var list []Addressee
	mail := func(addresses []string) {
		for _, a := range addresses {
			list = append(list, Addressee{Mail, a})
		}
	}
	for _, g := range append(slices.Clone(lineOf(kind).Groups), also...) {
		mail(b.Groups[g])
	}
	if kind.ForOwners() {
		for name, addresses := range b.Owners {
			if slices.ContainsFunc(owners, func(o string) bool { return strings.EqualFold(o, name) }) {
				mail(addresses)
			}
		}
	}
	for _, h := range b.Hooks {
		if len(h.Kinds) == 0 || slices.Contains(h.Kinds, kind) {
			list = append(list, Addressee{Webhook, h.Name})
		}
	}
	key := func(a Addressee) string { return string(a.Channel) + " " + strings.ToLower(a.To) }
	slices.SortFunc(list, func(a, b Addressee) int { return cmp.Or(strings.Compare(key(a), key(b)), strings.Compare(a.To, b.To)) })
	list = slices.CompactFunc(list, func(a, b Addressee) bool { return key(a) == key(b) })
	return list[:min(len(list), MostAddressees)]
}
