package config

import (
	"strings"

	"patchdeck/engine/rollout"
)

// rollout reads the rollout policy: a key for each setting of the table, those of one group under the group's own key.
func (r *reader) rollout(v value, p *rollout.Policy) {
	keys, groups := fields{}, map[string]fields{}
	for _, s := range rollout.Settings {
		take := func(v value) {
			if text := r.text(v); text != "" {
				if err := s.Set(p, text); err != nil {
					r.fail(v.line, "%s is %s: %v", s.Name, quote(text), err)
				}
			}
		}
		group, key, grouped := strings.Cut(s.Name, ".")
		if !grouped {
			keys[s.Name] = take
			continue
		}
		if groups[group] == nil {
			groups[group] = fields{}
		}
		groups[group][key] = take
	}
	for group, within := range groups {
		keys[group] = func(v value) { r.mapping(v, within) }
	}
	problems := len(r.problems)
	r.mapping(v, keys)
	if err := p.Check(); err != nil && len(r.problems) == problems {
		r.fail(v.line, "%v", err)
	}
}
