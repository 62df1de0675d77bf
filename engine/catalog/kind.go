package catalog

import (
	"fmt"
	"strings"
)

// Kind is what an update is, in the vendor's terms. It is not its severity.
type Kind string

const (
	SecurityPatch         Kind = "security patch"
	CriticalUpdate        Kind = "critical update"
	PlainUpdate           Kind = "update"
	Hotfix                Kind = "hotfix"
	UpdateRollup          Kind = "update rollup"
	ServicePack           Kind = "service pack"
	IntegratedServicePack Kind = "integrated service pack"
	FeaturePack           Kind = "feature pack"
)

// Kinds is every kind with what follows from it.
var Kinds = []struct {
	Kind    Kind
	Rated   bool // carries a severity
	Meaning string
}{
	{SecurityPatch, true, "closes a vulnerability; the only kind that carries a severity"},
	{CriticalUpdate, false, "fixes a critical problem that is no security matter"},
	{PlainUpdate, false, "fixes a problem that is neither critical nor a security matter"},
	{Hotfix, false, "fixes one customer's problem; not to be passed on"},
	{UpdateRollup, false, "a tested collection of fixes; a bulletin rates it by the security patches in it"},
	{ServicePack, false, "all fixes since the product's release"},
	{IntegratedServicePack, false, "a product with its service pack in one package"},
	{FeaturePack, false, "new functions between two releases of a product"},
}

// ParseKind reads a kind without regard to case; dashes may stand for blanks.
func ParseKind(word string) (Kind, error) {
	var known []string
	for _, k := range Kinds {
		if strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(word), "-", " "), string(k.Kind)) {
			return k.Kind, nil
		}
		known = append(known, string(k.Kind))
	}
	return "", fmt.Errorf("kind %s is not known: use one of %s", quote(word), strings.Join(known, ", "))
}

// Rated tells whether updates of the kind carry a severity.
func (k Kind) Rated() bool {
	for _, row := range Kinds {
		if row.Kind == k {
			return row.Rated
		}
	}
	return false
}

// subTypes are the bulletin's words for kinds, in lower case. Whatever has none of them is a security patch: a bulletin is about
// vulnerabilities.
var subTypes = []struct {
	word string
	kind Kind
}{
	{"service pack", ServicePack}, {"rollup", UpdateRollup}, {"cumulative", UpdateRollup}, {"feature", FeaturePack},
}

// KindOf gives the update's kind: as it was recorded, or as the bulletin's words say.
func (u Update) KindOf() Kind {
	if u.Kind != "" {
		return u.Kind
	}
	word := strings.ToLower(u.SubType)
	for _, s := range subTypes {
		if strings.Contains(word, s.word) {
			return s.kind
		}
	}
	return SecurityPatch
}
